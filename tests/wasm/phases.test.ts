/** An aborted call stops where it is: no later phase starts, and the next call works. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLikeness } from 'image-likeness';
import { InferenceSession } from 'onnxruntime-web/wasm';
import { codeOf } from '../support/errors.js';
import { startServer } from '../support/file-server.js';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';
import { tinyModel } from '../support/tiny-model.js';

const png = new Uint8Array(writePng(testPixels(64, 48)));

/** The class behind the type, whose methods every session of this process has. */
const { prototype } = InferenceSession as unknown as {
  readonly prototype: { run: (...args: unknown[]) => unknown };
};

/** Counts what ONNX Runtime is asked for in this process, and tells before it answers. */
class Watch implements Disposable {
  sessions = 0;
  runs = 0;
  onSession: () => void = () => undefined;
  onRun: () => void = () => undefined;
  private readonly create = InferenceSession.create;
  private readonly run = prototype.run;

  constructor() {
    const { create, run } = this;
    Object.assign(InferenceSession, {
      create: (...args: Parameters<typeof create>) => {
        this.sessions += 1;
        this.onSession();
        return Reflect.apply(create, InferenceSession, args);
      },
    });
    const count = (): void => {
      this.runs += 1;
      this.onRun();
    };
    prototype.run = function (...args) {
      count();
      return Reflect.apply(run, this, args);
    };
  }

  [Symbol.dispose](): void {
    Object.assign(InferenceSession, { create: this.create });
    prototype.run = this.run;
  }
}

test('while the model is downloaded: no session is built', async () => {
  using watch = new Watch();
  const controller = new AbortController();
  await using server = await startServer((_request, response) => {
    response.write(tinyModel.bytes.subarray(0, 100));
    controller.abort();
  });
  const { bytes, ...entry } = tinyModel;
  const model = { ...entry, url: `${server.origin}/slow.onnx`, size: bytes.length };
  const phases = new Set<string>();
  const loading = createLikeness({
    model,
    signal: controller.signal,
    onProgress: ({ phase }) => phases.add(phase),
  });
  assert.equal(await codeOf(loading), 'aborted');
  assert.equal(watch.sessions, 0);
  assert.ok(!phases.has('session'));
  await using likeness = await createLikeness({ model: tinyModel });
  await likeness.embed(png);
});

test('while the session is built: the self-test does not run', async () => {
  using watch = new Watch();
  const controller = new AbortController();
  watch.onSession = () => controller.abort();
  const { signal } = controller;
  assert.equal(await codeOf(createLikeness({ model: tinyModel, signal })), 'aborted');
  assert.deepEqual([watch.sessions, watch.runs], [1, 0]);
  watch.onSession = () => undefined;
  await using likeness = await createLikeness({ model: tinyModel });
  await likeness.embed(png);
});

test('while an image is decoded: no forward pass is made', async () => {
  using watch = new Watch();
  await using likeness = await createLikeness({ model: tinyModel });
  const expected = await likeness.embed(png);
  const before = watch.runs;
  const controller = new AbortController();
  const file = new Blob([png]);
  const read = file.arrayBuffer.bind(file);
  file.arrayBuffer = () => {
    controller.abort();
    return read();
  };
  assert.equal(await codeOf(likeness.embed(file, { signal: controller.signal })), 'aborted');
  assert.equal(watch.runs, before);
  assert.deepEqual(await likeness.embed(png), expected);
});

test('during a forward pass: no other one is made', async () => {
  using watch = new Watch();
  await using likeness = await createLikeness({ model: tinyModel });
  const expected = await likeness.embed(png);
  const before = watch.runs;
  const controller = new AbortController();
  watch.onRun = () => controller.abort();
  const options = { orientations: true, signal: controller.signal };
  assert.equal(await codeOf(likeness.compare(png, png, options)), 'aborted');
  assert.equal(watch.runs, before + 1);
  watch.onRun = () => undefined;
  assert.deepEqual(await likeness.embed(png), expected);
});

test('every call takes a signal', async () => {
  await using likeness = await createLikeness({ model: tinyModel });
  const signal = AbortSignal.abort();
  const embedding = await likeness.embed(png);
  const calls = [
    likeness.embed(png, { signal }),
    likeness.embedAll([png], { signal }).next(),
    likeness.compare(png, png, { signal }),
    likeness.similarity(embedding, embedding, { signal }),
    likeness.preprocess(png, { signal }),
    likeness.memory({ signal }),
  ];
  for (const call of calls) assert.equal(await codeOf(call), 'aborted');
  assert.deepEqual(await likeness.embed(png), embedding);
});
