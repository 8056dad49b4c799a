/** What a terminal shows while many pictures are read, and which shard a file belongs to. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { internalModule } from '../support/internal.js';

const { Countdown, ProgressLine } =
  await internalModule<typeof import('../../wasm/src/cli/progress.js')>('cli/progress.js');
const { isInShard, parseShard } =
  await internalModule<typeof import('../../wasm/src/cli/shard.js')>('cli/shard.js');

/** A line and what it has written. */
function lineOn(terminal: boolean): {
  line: InstanceType<typeof ProgressLine>;
  written: string[];
} {
  const written: string[] = [];
  const io = { terminal, out: assert.fail, err: (text: string) => void written.push(text) };
  return { line: new ProgressLine(io), written };
}

test('a terminal shows count, rate and time left, and nothing else does', () => {
  for (const terminal of [true, false]) {
    const { line, written } = lineOn(terminal);
    let time = 0;
    const countdown = new Countdown(line, 'reading picture', 1000, () => time);
    // A thousand a second from the cache, then two a second.
    for (let done = 0; done < 500; done += 1) {
      time += 1;
      countdown.step();
    }
    for (let done = 0; done < 100; done += 1) {
      time += 500;
      countdown.step();
    }
    line.clear();
    if (!terminal) {
      assert.deepEqual(written, []);
      continue;
    }
    assert.equal(written[1], '\r\u001b[Kreading picture 101 of 1000, 1000 a second, 1 s left');
    assert.equal(written.at(-2), '\r\u001b[Kreading picture 600 of 1000, 2.0 a second, 4 min left');
    assert.equal(written.at(-1), '\r\u001b[K');
    assert.ok(written.length < 120, `${written.length} writes`);
  }
});

test('every file belongs to one shard, wherever and whenever it is asked', () => {
  const files = Array.from({ length: 3000 }, (_, number) => `folder/ä ${number}.jpg`);
  for (const count of [1, 2, 7]) {
    const sizes = Array.from({ length: count }, (_, shard) => {
      const numbered = parseShard(`${shard + 1}/${count}`);
      return files.filter((file) => isInShard(file, numbered)).length;
    });
    assert.equal(
      sizes.reduce((sum, size) => sum + size, 0),
      files.length,
    );
    const fair = files.length / count;
    assert.ok(
      sizes.every((size) => Math.abs(size - fair) < 5 * Math.sqrt(fair)),
      sizes.join(', '),
    );
  }
  // Fixed for good: parts that are made by different versions fit together.
  const shards = ['a.jpg', 'b/c.png', 'ä.jpg'].map((file) =>
    [1, 2, 3, 4, 5].find((number) => isInShard(file, { number, count: 5 })),
  );
  assert.deepEqual(shards, [1, 4, 2]);
  for (const text of ['', '0/3', '4/3', '1', '1/2/3', 'a/b', '-1/3', '1/0']) {
    assert.throws(() => parseShard(text), { code: 'invalid-argument' });
  }
});
