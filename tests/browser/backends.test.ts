/** Backends in Chromium: WebGPU by a software adapter, wrong numbers, lost devices, dead workers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANSWER_HELLO, alterWorker, openPage, SITE, SOFTWARE_WEBGPU } from '../support/browser.js';
import { tellOutcome } from '../support/outcomes.js';
import { tinyModel } from '../support/tiny-model.js';

/** A small model, since shaders take their time on a processor; posted as plain numbers. */
const tiny = { ...tinyModel, bytes: [...tinyModel.bytes] };

const openHarness = (flags: readonly string[] = []) =>
  openPage({ directory: 'build/harness', mounts: { '/models/': `${SITE}/models` }, flags });

test('WebGPU gives the likeness of the core, and ONNX Runtime is loaded only when chosen', async () => {
  await using opened = await openHarness(SOFTWARE_WEBGPU);
  const { page, requests } = opened;
  const builds = () => requests.filter((url) => /ort-wasm.*\.wasm$/.test(url));
  await page.evaluate(async () => {
    const { harness } = window;
    await (await harness.likeness()).embed(harness.picture(200, 150));
  });
  assert.deepEqual(builds(), []);
  const found = await page.evaluate(async () => {
    const { harness } = window;
    const core = await harness.likeness();
    const { runtime } = harness;
    const webgpu = await harness.createLikeness({ backend: 'webgpu', runtime });
    const picture = harness.picture(300, 200, 3);
    const { cosine } = await core.similarity(
      await core.embed(picture),
      await webgpu.embed(picture),
    );
    const { info } = webgpu;
    await webgpu.dispose();
    return { cosine, info };
  });
  assert.ok(builds().some((url) => url.includes('asyncify')));
  assert.equal(found.info.backend, 'webgpu', JSON.stringify(found.info.demoted));
  assert.ok(found.info.selfTest.cosine >= 0.9999, `${found.info.selfTest.cosine}`);
  assert.ok(found.cosine >= 0.9999, `${found.cosine}`);
  const { origin } = new URL(opened.url);
  assert.deepEqual(
    requests.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith(`blob:${origin}/`)),
    [],
  );
  assert.deepEqual(opened.problems, []);
});

test('without WebGPU the reason is given, and WebAssembly answers', async () => {
  await using opened = await openHarness();
  const info = await opened.page.evaluate(async () => {
    const { harness } = window;
    const backend = ['webnn', 'webgpu', 'wasm'] as const;
    const likeness = await harness.createLikeness({ backend, runtime: harness.runtime });
    await likeness.embed(harness.picture(100, 80));
    return likeness.info;
  });
  assert.equal(info.backend, 'wasm');
  assert.deepEqual(
    info.demoted.map(({ backend }) => backend),
    ['webnn', 'webgpu'],
  );
});

test('without ONNX Runtime in the app, its backends say what to install, and the core answers', async () => {
  await using opened = await openHarness();
  const found = await opened.page.evaluate(async (tiny) => {
    const { harness } = window;
    const messageOf = (call: Promise<unknown>): Promise<string> =>
      call.then(
        () => 'fine',
        (error: Error) => error.message,
      );
    const model = { ...tiny, bytes: Uint8Array.from(tiny.bytes) };
    const asked = await messageOf(harness.createLikeness({ backend: 'wasm' }));
    const onCard = await messageOf(harness.createLikeness({ backend: 'webgpu' }));
    const other = await messageOf(harness.createLikeness({ model }));
    const inOwnWorker = await messageOf(
      harness.createLikeness({ backend: 'wasm', workerFactory: harness.spawnWorker }),
    );
    const { info } = await harness.createLikeness();
    return { asked, onCard, other, inOwnWorker, info };
  }, tiny);
  assert.match(found.asked, /install onnxruntime-web, .* 'image-likeness\/onnxruntime'/);
  assert.match(found.onCard, /'image-likeness\/onnxruntime\/webgpu'/);
  assert.match(found.other, /^The core can't run this model: .*ONNX Runtime Web/);
  assert.match(found.inOwnWorker, /no ONNX Runtime Web in this worker/);
  assert.equal(found.info.backend, 'core');
  assert.deepEqual(found.info.demoted, []);
});

test('a backend that gives wrong numbers is given up', async () => {
  await using opened = await openHarness(SOFTWARE_WEBGPU);
  const { page } = opened;
  // Everything that the graphics card hands back is turned round.
  await alterWorker(
    page,
    `{
      const original = GPUBuffer.prototype.getMappedRange;
      GPUBuffer.prototype.getMappedRange = function (...args) {
        const range = original.apply(this, args);
        if (this.usage & GPUBufferUsage.MAP_READ) new Float32Array(range).reverse();
        return range;
      };
    }`,
  );
  const found = await page.evaluate(async (tiny) => {
    const { harness } = window;
    const model = { ...tiny, bytes: Uint8Array.from(tiny.bytes) };
    const { runtime } = harness;
    const likeness = await harness.createLikeness({ model, backend: 'webgpu', runtime });
    const { score } = await likeness.compare(harness.picture(90, 90), harness.picture(90, 90));
    const only = harness.createLikeness({ model, backend: ['webgpu'], runtime });
    const alone = await harness.codeOf(only);
    return { info: likeness.info, score, alone };
  }, tiny);
  assert.equal(found.info.backend, 'wasm');
  assert.match(found.info.demoted[0]?.reason ?? '', /^It gives wrong numbers: the cosine/);
  assert.equal(found.score, 100);
  assert.equal(found.alone, 'backend-failed');
});

/** The device is destroyed in the middle of a pass: once when told so, or always while armed. */
const LOSE_DEVICE = `${ANSWER_HELLO} {
  const { requestDevice } = GPUAdapter.prototype;
  const { submit } = GPUQueue.prototype;
  let device;
  let lose = false;
  const channel = new BroadcastChannel('lose');
  channel.onmessage = () => {
    lose = true;
    channel.postMessage('heard');
  };
  GPUAdapter.prototype.requestDevice = async function (...args) {
    device = await requestDevice.apply(this, args);
    lose = await caches.has('armed');
    return device;
  };
  GPUQueue.prototype.submit = function (...args) {
    if (lose) device.destroy();
    return submit.apply(this, args);
  };
}`;

test('a lost graphics device is replaced, once; then WebAssembly takes over', async (t) => {
  await using opened = await openHarness(SOFTWARE_WEBGPU);
  const { page } = opened;
  await alterWorker(page, LOSE_DEVICE);
  const found = await page.evaluate(async (tiny) => {
    const { harness } = window;
    const model = { ...tiny, bytes: Uint8Array.from(tiny.bytes) };
    const { runtime } = harness;
    const likeness = await harness.createLikeness({ model, backend: 'webgpu', runtime });
    const picture = harness.picture(120, 90);
    const channel = new BroadcastChannel('lose');
    await harness.channelsOpen();
    const lose = (): Promise<unknown> =>
      new Promise((heard) => {
        channel.onmessage = heard;
        channel.postMessage('now');
      });
    const before = await likeness.embed(picture);
    await lose();
    const after = await likeness.embed(picture);
    const replaced = likeness.info;
    await caches.open('armed');
    await lose();
    const last = await likeness.embed(picture);
    const cosines = [
      (await likeness.similarity(before, after)).cosine,
      (await likeness.similarity(before, last)).cosine,
    ];
    return { replaced, given: likeness.info, cosines };
  }, tiny);
  assert.equal(found.replaced.backend, 'webgpu', JSON.stringify(found.replaced.demoted));
  assert.deepEqual(found.replaced.demoted, []);
  assert.equal(found.given.backend, 'wasm');
  assert.match(found.given.demoted[0]?.reason ?? '', /device was lost \(destroyed\)/);
  for (const cosine of found.cosines) assert.ok(cosine >= 0.9999, `${cosine}`);
  tellOutcome(t, 'the graphics device lost in a pass', 'replaced, the call made again');
  tellOutcome(
    t,
    'the graphics device lost again and again',
    'WebAssembly takes over, with the reason',
  );
});

/** The worker ends without a word: when told so, or at every image while armed. */
const KILL_WORKER = `${ANSWER_HELLO} {
  new BroadcastChannel('kill').onmessage = () => close();
  const original = createImageBitmap;
  self.createImageBitmap = async (image, ...rest) => {
    if (image instanceof Blob && await caches.has('armed')) {
      const once = await caches.has('once');
      if (once) await caches.delete('armed');
      close();
    }
    return original(image, ...rest);
  };
}`;

test('a killed worker is replaced, idle or in the middle of a call', async (t) => {
  await using opened = await openHarness();
  const { page } = opened;
  await alterWorker(page, KILL_WORKER);
  const found = await page.evaluate(async () => {
    const { harness } = window;
    const likeness = await harness.createLikeness({ workers: 1 });
    const canvas = new OffscreenCanvas(64, 48);
    const context = canvas.getContext('2d');
    context?.putImageData(harness.picture(64, 48), 0, 0);
    const file = await canvas.convertToBlob();
    const expected = [...(await likeness.embed(file)).vector];
    const vectors: number[][] = [];

    const channel = new BroadcastChannel('kill');
    await harness.channelsOpen();
    channel.postMessage('now');
    vectors.push([...(await likeness.embed(file)).vector]);

    await caches.open('once');
    await caches.open('armed');
    vectors.push([...(await likeness.embed(file)).vector]);

    await caches.delete('once');
    await caches.open('armed');
    const hopeless = await harness.codeOf(likeness.embed(file));
    await caches.open('once');
    const bytes = new Uint8Array(await file.arrayBuffer());
    const gone = await harness.codeOf(likeness.embed(bytes, { transfer: true }));
    await caches.delete('armed');
    vectors.push([...(await likeness.embed(file)).vector]);
    return { expected, vectors, hopeless, gone, demoted: likeness.info.demoted };
  });
  assert.equal(found.vectors.length, 3);
  for (const vector of found.vectors) assert.deepEqual(vector, found.expected);
  assert.equal(found.hopeless, 'backend-failed');
  assert.equal(found.gone, 'backend-failed');
  assert.deepEqual(found.demoted, []);
  tellOutcome(t, 'a web worker killed, idle or in a call', 'replaced, the call made again');
  tellOutcome(
    t,
    'a web worker killed at every try',
    'backend-failed; the next call works once nobody kills it',
  );
});

test('threads where the page is isolated, workers where it is not', async (t) => {
  const vectors: number[][] = [];
  for (const isolated of [true, false]) {
    await using opened = await openPage({ directory: 'build/harness', isolated });
    const found = await opened.page.evaluate(async () => {
      const { harness } = window;
      const { runtime } = harness;
      const likeness = await harness.createLikeness({ threads: 2, backend: 'wasm', runtime });
      const { vector } = await likeness.embed(harness.picture(300, 200));
      return { vector: [...vector], info: likeness.info };
    });
    const { threads, workers } = found.info;
    const expected = isolated ? { threads: 2, workers: 1 } : { threads: 1, workers: 2 };
    assert.deepEqual({ threads, workers }, expected);
    assert.deepEqual(opened.problems, []);
    vectors.push(found.vector);
  }
  const [two = [], one = []] = vectors;
  const farthest = Math.max(...two.map((value, index) => Math.abs(value - (one[index] ?? 0))));
  assert.ok(farthest < 1e-4, `${farthest}`);
  t.diagnostic(`two threads and one differ by at most ${farthest}`);
});
