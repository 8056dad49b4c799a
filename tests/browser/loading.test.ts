/** Loading in Chromium: the cache by hash, aborts at each phase, regions on both pixel roads. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { ANSWER_HELLO, alterWorker, openPage } from '../support/browser.js';
import { withOrientation, writeJpeg } from '../support/jpeg.js';
import { tellOutcome } from '../support/outcomes.js';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';

const openHarness = () => openPage({ directory: 'build/harness' });

const modelsAsked = (requests: readonly string[]): number =>
  requests.filter((url) => url.endsWith('.onnx')).length;

/** Loads the model, embeds a picture and ends. */
const loadOnce = (page: Page, cache = true): Promise<number[]> =>
  page.evaluate(async (kept) => {
    const { harness } = window;
    const likeness = await harness.createLikeness({ cache: kept });
    const { vector } = await likeness.embed(harness.picture(80, 60));
    await likeness.dispose();
    return [...vector];
  }, cache);

/** Lengths of what the cache holds. */
const cached = (page: Page): Promise<number[]> =>
  page.evaluate(async () => {
    const cache = await caches.open('image-likeness');
    const kept = await Promise.all((await cache.keys()).map((key) => cache.match(key)));
    return Promise.all(kept.map(async (entry) => (await entry?.arrayBuffer())?.byteLength ?? 0));
  });

test('a model is kept under its hash, and is then not asked for again', async () => {
  await using opened = await openHarness();
  const { page, requests } = opened;
  const expected = await loadOnce(page);
  assert.equal(modelsAsked(requests), 1);
  const [size = 0, ...others] = await cached(page);
  assert.ok(size > 100_000 && others.length === 0);
  assert.deepEqual(await loadOnce(page), expected);
  assert.equal(modelsAsked(requests), 1);
  await loadOnce(page, false);
  assert.equal(modelsAsked(requests), 2);
  assert.deepEqual(opened.problems, []);
});

test('an altered entry is deleted, and the model fetched once more', async (t) => {
  await using opened = await openHarness();
  const { page, requests } = opened;
  const expected = await loadOnce(page);
  const sizes = await cached(page);
  const steps = await page.evaluate(async () => {
    const cache = await caches.open('image-likeness');
    const [key] = await cache.keys();
    const entry = key && (await cache.match(key));
    const bytes = new Uint8Array(await (entry ?? new Response()).arrayBuffer());
    bytes[1000] = (bytes[1000] ?? 0) ^ 1;
    if (key !== undefined) await cache.put(key, new Response(bytes));
    const seen: { phase: string; loaded: number; total: number }[] = [];
    const likeness = await window.harness.createLikeness({ onProgress: (step) => seen.push(step) });
    await likeness.dispose();
    return seen.filter(({ phase }) => phase === 'model');
  });
  assert.equal(modelsAsked(requests), 2);
  for (const [at, { loaded, total }] of steps.entries()) {
    assert.ok(loaded <= total && loaded > (steps[at - 1]?.loaded ?? -1));
  }
  assert.deepEqual(await cached(page), sizes);
  assert.deepEqual(await loadOnce(page), expected);
  assert.equal(modelsAsked(requests), 2);
  tellOutcome(t, 'a stored model altered by one byte', 'deleted, and fetched once more');
});

test('a gzip file that unpacks to more than the model is read no further', async (t) => {
  await using opened = await openHarness();
  const { page } = opened;
  const zeros = 1 << 27;
  const bomb = gzipSync(Buffer.alloc(zeros), { level: 1 });
  await page.route('**/bomb.gz', (route) => route.fulfill({ body: bomb }));
  const { code, unpacked } = await page.evaluate(async () => {
    const { harness } = window;
    const { DecompressionStream: original } = window;
    let count = 0;
    window.DecompressionStream = class extends original {
      override readonly readable = super.readable.pipeThrough(
        new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
          transform(chunk, controller) {
            count += chunk.byteLength;
            controller.enqueue(chunk);
          },
        }),
      );
    };
    const modelUrl = new URL('bomb.gz', location.href);
    const loading = harness.createLikeness({ cache: false, modelUrl });
    return { code: await harness.codeOf(loading), unpacked: count };
  });
  assert.equal(code, 'model-load-failed');
  assert.ok(unpacked > 700_000 && unpacked < 3_000_000, `${unpacked} of ${zeros} bytes unpacked`);
  tellOutcome(t, 'a model of 128 MB of zeros, as a gzip file', `${code}, read up to its limit`);
});

test('a full disk is no obstacle', async (t) => {
  await using opened = await openHarness();
  const { page, requests, url } = opened;
  const browser = await page.context().newCDPSession(page);
  const { origin } = new URL(url);
  await browser.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 10_000 });
  const refused = await page.evaluate(async () => {
    const probe = await caches.open('probe');
    const put = probe.put('/probe', new Response(new Uint8Array(500_000)));
    return put.then(
      () => 'kept',
      (error: Error) => error.name,
    );
  });
  assert.equal(refused, 'QuotaExceededError');
  const expected = await loadOnce(page);
  assert.deepEqual(await cached(page), []);
  assert.deepEqual(await loadOnce(page), expected);
  assert.equal(modelsAsked(requests), 2);
  tellOutcome(t, 'the storage quota full', 'the model is used from memory, and fetched each time');
});

/** Chromium tells of a terminated worker's end a moment later. */
async function allWorkersGone(page: Page): Promise<void> {
  await Promise.all(page.workers().map((worker) => worker.waitForEvent('close')));
  assert.equal(page.workers().length, 0);
}

/** Tells the page which phase a worker is in; decoding waits until it is told to go on. */
const TELL_PHASES = `${ANSWER_HELLO} {
  const channel = new BroadcastChannel('phases');
  const { instantiate, instantiateStreaming } = WebAssembly;
  let instances = 0;
  const counted = (original) => (...args) => {
    instances += 1;
    if (instances === 2) channel.postMessage('session');
    return original.apply(WebAssembly, args);
  };
  WebAssembly.instantiate = counted(instantiate);
  WebAssembly.instantiateStreaming = counted(instantiateStreaming);
  const decode = createImageBitmap;
  self.createImageBitmap = async (image, ...rest) => {
    if (image instanceof Blob) {
      channel.postMessage('decode');
      await new Promise((go) => { channel.onmessage = go; });
    }
    return decode(image, ...rest);
  };
  const { prototype } = OffscreenCanvasRenderingContext2D;
  const { getImageData } = prototype;
  prototype.getImageData = function (...args) {
    channel.postMessage('pixels');
    return getImageData.apply(this, args);
  };
}`;

test('a call aborted at any phase goes no further, and the next call works', async (t) => {
  await using opened = await openHarness();
  const { page } = opened;
  const expected = await loadOnce(page);
  await page.evaluate(() => caches.delete('image-likeness'));

  await t.test('download', async () => {
    const held = new Promise<() => void>((arrived) => {
      void page.route('**/*.onnx*', (route) => {
        arrived(() => void route.abort().catch(() => undefined));
      });
    });
    const code = page.evaluate(() => {
      const { harness } = window;
      const controller = new AbortController();
      Object.assign(window, { stop: () => controller.abort() });
      return harness.codeOf(harness.createLikeness({ signal: controller.signal }));
    });
    const release = await held;
    await page.evaluate(() => (window as unknown as { stop(): void }).stop());
    assert.equal(await code, 'aborted');
    await allWorkersGone(page);
    release();
    await page.unroute('**/*.onnx*');
    assert.deepEqual(await loadOnce(page), expected);
  });

  await alterWorker(page, TELL_PHASES);

  await t.test('session creation', async () => {
    const found = await page.evaluate(async () => {
      const { harness } = window;
      const controller = new AbortController();
      const channel = new BroadcastChannel('phases');
      const seen: string[] = [];
      channel.onmessage = ({ data }) => {
        seen.push(data);
        if (data === 'session') controller.abort();
      };
      const phases = new Set<string>();
      const code = await harness.codeOf(
        harness.createLikeness({
          signal: controller.signal,
          onProgress: ({ phase, loaded }) => phases.add(`${phase} ${loaded}`),
        }),
      );
      channel.close();
      return { code, seen: seen.includes('session'), done: phases.has('session 1') };
    });
    assert.deepEqual(found, { code: 'aborted', seen: true, done: false });
    await allWorkersGone(page);
    assert.deepEqual(await loadOnce(page), expected);
  });

  await t.test('decoding and forward pass', async () => {
    const buffer = writePng(testPixels(80, 60));
    await page.locator('input').setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer });
    const found = await page.evaluate(async () => {
      const { harness } = window;
      const [file] = harness.files();
      if (file === undefined) throw new Error('no file');
      const likeness = await harness.createLikeness({ workers: 1 });
      const channel = new BroadcastChannel('phases');
      await harness.channelsOpen();
      let seen: string[] = [];
      let onPhase: (phase: string) => void = () => undefined;
      channel.onmessage = ({ data }) => {
        seen.push(data);
        onPhase(data);
      };
      const abortIn = async (phase: string): Promise<{ code: string; seen: string[] }> => {
        const controller = new AbortController();
        seen = [];
        onPhase = (reached) => {
          if (reached === phase) controller.abort();
          if (reached === 'decode') setTimeout(() => channel.postMessage('go'));
        };
        const code = await harness.codeOf(likeness.embed(file, { signal: controller.signal }));
        // What comes after the aborted call in the worker's queue shows where that one stopped.
        await likeness.memory();
        return { code, seen: [...seen] };
      };
      const decode = await abortIn('decode');
      const run = await abortIn('pixels');
      onPhase = (reached) => {
        if (reached === 'decode') channel.postMessage('go');
      };
      const vector = [...(await likeness.embed(file)).vector];
      await likeness.dispose();
      return { decode, run, vector };
    });
    assert.deepEqual(found.decode, { code: 'aborted', seen: ['decode'] });
    assert.deepEqual(found.run, { code: 'aborted', seen: ['decode', 'pixels'] });
    assert.deepEqual(found.vector, expected);
  });
});

test('the two images of one comparison are read side by side', async () => {
  await using opened = await openHarness();
  const { page } = opened;
  await alterWorker(page, TELL_PHASES);
  const buffer = writePng(testPixels(80, 60));
  await page.locator('input').setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer });
  const score = await page.evaluate(async () => {
    const { harness } = window;
    const [file] = harness.files();
    if (file === undefined) throw new Error('no file');
    const likeness = await harness.createLikeness({ workers: 2 });
    const picture = harness.picture(64, 64);
    while ((await likeness.memory()).handles < 4) await likeness.compare(picture, picture);
    const channel = new BroadcastChannel('phases');
    await harness.channelsOpen();
    let reading = 0;
    channel.onmessage = ({ data }) => {
      if (data !== 'decode') return;
      reading += 1;
      // Neither goes on before both have begun; one after the other, they would wait for ever.
      if (reading === 2) channel.postMessage('go');
    };
    return (await likeness.compare(file, file)).score;
  });
  assert.equal(score, 100);
});

test('the core and the worker can come from elsewhere', async () => {
  await using opened = await openHarness();
  const { page, requests } = opened;
  const expected = await loadOnce(page);
  const cores = (): number => requests.filter((url) => url.includes('likeness-core')).length;
  const before = cores();
  const found = await page.evaluate(async () => {
    const { harness } = window;
    const wasmBinary = await (await fetch(harness.coreUrl)).arrayBuffer();
    let made = 0;
    const workerFactory = (): Worker => {
      made += 1;
      return harness.spawnWorker();
    };
    const likeness = await harness.createLikeness({ wasmBinary, workerFactory, workers: 1 });
    const { vector } = await likeness.embed(harness.picture(80, 60));
    await likeness.dispose();
    const elsewhere = await harness.createLikeness({ wasmUrl: harness.coreUrl });
    await elsewhere.dispose();
    return { vector: [...vector], made };
  });
  assert.deepEqual(found, { vector: expected, made: 1 });
  // Once by the test itself, once from the address given.
  assert.equal(cores(), before + 2);
  const codes = await page.evaluate(() => {
    const { harness } = window;
    const broken = [
      harness.createLikeness({ wasmUrl: 'nowhere.wasm' }),
      harness.createLikeness({ wasmUrl: './' }),
      harness.createLikeness({
        workerFactory() {
          throw new Error('no worker today');
        },
      }),
      harness.createLikeness({ workerFactory: () => new Worker('nowhere.js') }),
      harness.createLikeness({ workers: 0 }),
    ];
    return Promise.all(broken.map((call) => harness.codeOf(call)));
  });
  assert.deepEqual(codes, [
    'wasm-load-failed',
    'wasm-load-failed',
    'backend-failed',
    'backend-failed',
    'invalid-argument',
  ]);
});

test('a region gives the same bits on both pixel roads', async () => {
  const pixels = testPixels(200, 150);
  await using opened = await openHarness();
  const { page } = opened;
  await page.locator('input').setInputFiles([
    { name: 'a.png', mimeType: 'image/png', buffer: writePng(pixels) },
    {
      name: 'turned.jpg',
      mimeType: 'image/jpeg',
      buffer: withOrientation(writeJpeg(pixels), 6),
    },
  ]);
  const found = await page.evaluate(async () => {
    const { harness } = window;
    const [png, turned] = harness.files();
    if (png === undefined || turned === undefined) throw new Error('no file');
    const region = { x: 31, y: 17, width: 90, height: 101 };
    const picture = harness.picture(200, 150);
    const bitmap = await createImageBitmap(picture);
    const context = new OffscreenCanvas(90, 101).getContext('2d');
    context?.putImageData(picture, -region.x, -region.y);
    const cut = context?.getImageData(0, 0, 90, 101);
    if (cut === undefined) throw new Error('no canvas');
    const results: string[] = [];
    const codes: string[] = [];
    for (const pixelRoad of ['canvas', 'core'] as const) {
      const likeness = await harness.createLikeness({ pixelRoad, workers: 1 });
      const embed = async (image: File | ImageData | ImageBitmap, part?: typeof region) => {
        const { vector, fingerprint } = await likeness.embed(image, part && { region: part });
        return JSON.stringify([[...vector], fingerprint?.digest, [...(fingerprint?.luma ?? [])]]);
      };
      results.push(await embed(cut), await embed(png, region), await embed(picture, region));
      results.push(await embed(bitmap, region));
      // Upright, the second file is 150 wide and 200 high.
      for (const [x, y] of [
        [140, 190],
        [190, 140],
      ] as const) {
        const corner = { x, y, width: 10, height: 10 };
        codes.push(await harness.codeOf(likeness.embed(turned, { region: corner })));
      }
      await likeness.dispose();
    }
    return { results, codes };
  });
  assert.equal(found.results.length, 8);
  assert.equal(new Set(found.results).size, 1);
  assert.deepEqual(found.codes, ['fine', 'invalid-argument', 'fine', 'invalid-argument']);
});

test('a bitmap given away is gone, and one that is not stays', async () => {
  await using opened = await openHarness();
  const widths = await opened.page.evaluate(async () => {
    const { harness } = window;
    const likeness = await harness.likeness();
    const picture = harness.picture(60, 40);
    const expected = (await likeness.embed(picture)).vector;
    const [kept, given] = [await createImageBitmap(picture), await createImageBitmap(picture)];
    const kinds = [
      (await likeness.embed(kept)).vector,
      (await likeness.embed(given, { transfer: true })).vector,
    ];
    const same = kinds.every((vector) => vector.every((value, at) => value === expected[at]));
    return { kept: kept.width, given: given.width, same };
  });
  assert.deepEqual(widths, { kept: 60, given: 0, same: true });
});
