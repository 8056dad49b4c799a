/** How an object is called from another thread, over a real message channel. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { LikenessError } from 'image-likeness';
import type { Service } from '../../dist/package/bridge/messages.js';
import { codeOf } from '../support/errors.js';
import { internalModule } from '../support/internal.js';

type ChannelFile = typeof import('../../dist/package/bridge/channel.js');
type MessagesFile = typeof import('../../dist/package/bridge/messages.js');
type PortFile = typeof import('../../dist/package/bridge/message-port.js');
type ServeFile = typeof import('../../dist/package/bridge/serve.js');

const { Channel } = await internalModule<ChannelFile>('./bridge/channel.js');
const { move } = await internalModule<MessagesFile>('./bridge/messages.js');
const { messagePort } = await internalModule<PortFile>('./bridge/message-port.js');
const { serveAt } = await internalModule<ServeFile>('./bridge/serve.js');

const disposed = (): LikenessError => new LikenessError('disposed', 'The shelf is no more.');

interface ShelfCalls {
  put(values: Float32Array): Promise<number>;
  lend(values: Float32Array): Promise<number>;
  take(): Promise<{ readonly values: Float32Array; readonly all: readonly Float32Array[] }>;
  wait(signal?: AbortSignal): Promise<void>;
  finish(signal?: AbortSignal): Promise<void>;
  fail(): Promise<void>;
  another(): Promise<ShelfCalls>;
  dispose(): Promise<void>;
}

/** Remembers arrays. */
class Shelf implements ShelfCalls {
  readonly given: Float32Array[] = [];
  stopped = 0;

  async put(values: Float32Array): Promise<number> {
    return this.given.push(values);
  }

  async lend(values: Float32Array): Promise<number> {
    return this.given.push(values);
  }

  async take() {
    const [values = new Float32Array()] = this.given;
    return { values, all: this.given };
  }

  wait(signal?: AbortSignal): Promise<void> {
    return new Promise((_, reject) => {
      signal?.addEventListener('abort', () => {
        this.stopped += 1;
        reject(new LikenessError('aborted', 'Stopped.'));
      });
    });
  }

  finish(signal?: AbortSignal): Promise<void> {
    return this.wait(signal);
  }

  async fail(): Promise<void> {
    throw new RangeError('too far');
  }

  async another(): Promise<ShelfCalls> {
    return new Shelf();
  }

  async dispose(): Promise<void> {
    this.given.length = 0;
  }
}

const SHELF: Service<ShelfCalls> = {
  put: { post: move },
  lend: {},
  take: {},
  wait: {},
  finish: { awaitsStop: true },
  fail: {},
  get another() {
    return { opens: SHELF };
  },
  dispose: { ends: disposed },
};

function connect() {
  const { port1, port2 } = new MessageChannel();
  const shelf = new Shelf();
  serveAt(port2 as unknown as MessagePort, SHELF, shelf);
  const channel = new Channel<ShelfCalls>(messagePort(port1 as unknown as MessagePort), SHELF);
  return { shelf, channel, remote: channel.remote };
}

test('arguments move where that is said, and results always do', async () => {
  const { shelf, channel, remote } = connect();
  const [moved, copied] = [Float32Array.of(1, 2), Float32Array.of(3)];
  assert.equal(await remote.put(moved), 1);
  assert.equal(await remote.lend(copied), 2);
  assert.deepEqual([moved.length, copied.length], [0, 1]);
  const { values, all } = await remote.take();
  assert.deepEqual(all, [Float32Array.of(1, 2), Float32Array.of(3)]);
  assert.equal(values.buffer, all[0]?.buffer, 'what was one array is one array');
  assert.deepEqual(
    shelf.given.map(({ length }) => length),
    [0, 0],
  );
  channel.close(disposed());
});

test('an aborted call rejects at once, or when the other side has stopped', async () => {
  const { shelf, channel, remote } = connect();
  const early = new AbortController();
  const waiting = codeOf(remote.wait(early.signal));
  early.abort();
  assert.equal(await waiting, 'aborted');
  assert.equal(shelf.stopped, 0);
  const late = new AbortController();
  const finishing = codeOf(remote.finish(late.signal));
  late.abort();
  assert.equal(await finishing, 'aborted');
  assert.equal(shelf.stopped, 2);
  assert.equal(await codeOf(remote.wait(late.signal)), 'aborted');
  channel.close(disposed());
});

test('errors come as what they are, and what can’t be posted is the call’s own error', async () => {
  const { channel, remote } = connect();
  await assert.rejects(remote.fail(), /^LikenessError: The worker failed: too far$/);
  const unfit = { values: () => 1 } as unknown as Float32Array;
  await assert.rejects(remote.lend(unfit), { name: 'DataCloneError' });
  assert.equal(await remote.lend(Float32Array.of(1)), 1);
  channel.close(disposed());
});

test('what a call opens ends with the channel, or by itself', async () => {
  const { channel, remote } = connect();
  const first = await remote.another();
  const second = await remote.another();
  await first.put(Float32Array.of(1));
  const waiting = codeOf(first.wait());
  await first.dispose();
  assert.equal(await waiting, 'disposed');
  assert.equal(await codeOf(first.take()), 'disposed');
  await first.dispose();
  const underWay = codeOf(second.wait());
  channel.close(new LikenessError('aborted', 'Enough.'));
  assert.equal(await underWay, 'backend-failed');
  assert.equal(await codeOf(second.take()), 'backend-failed');
  assert.equal(await codeOf(remote.take()), 'aborted');
});
