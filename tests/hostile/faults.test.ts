/**
 * Faults of the machine that no other test injects, in the real parts. (Lost graphics devices, killed
 * workers, full disks and altered entries: tests/browser/, tests/wasm/workers.test.ts; broken
 * downloads: tests/models/.)
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { createLikeness } from 'image-likeness';
import type { Page } from 'playwright-core';
import { openPage } from '../support/browser.js';
import { codeOf } from '../support/errors.js';
import { startServer } from '../support/file-server.js';
import { plainPng } from '../support/hostile.js';
import { tellOutcome } from '../support/outcomes.js';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';
import { tinyModel } from '../support/tiny-model.js';

const pixels = testPixels(64, 48);

/** 1.5 GB of rows: more than the core's memory has room for beside the picture itself. */
const vast = new Uint8Array(plainPng(16_000, 16_000, 16, 2));

test('the core runs out of memory', async (t) => {
  await using likeness = await createLikeness({ limits: { maxPixels: 1e9 } });
  const expected = await likeness.embed(pixels);
  assert.equal(await codeOf(likeness.embed(vast)), 'out-of-memory');
  assert.deepEqual(await likeness.embed(pixels), expected);
  tellOutcome(t, 'a PNG of 1.5 GB, the limits raised', 'out-of-memory; the next call works');
});

test('the core runs out of memory in a page', async (t) => {
  await using opened = await openPage({ directory: 'build/harness' });
  const { page } = opened;
  await page
    .locator('input')
    .setInputFiles([{ name: 'vast.png', mimeType: 'image/png', buffer: Buffer.from(vast) }]);
  const found = await page.evaluate(async () => {
    const { harness } = window;
    const limits = { maxPixels: 1e9 };
    const likeness = await harness.createLikeness({ limits, pixelRoad: 'core', workers: 1 });
    const picture = harness.picture(64, 48);
    const expected = String((await likeness.embed(picture)).vector);
    const [file] = harness.files();
    const code = await harness.codeOf(likeness.embed(file ?? picture));
    return { code, same: String((await likeness.embed(picture)).vector) === expected };
  });
  assert.deepEqual(found, { code: 'out-of-memory', same: true });
  tellOutcome(
    t,
    'the same in Chromium, by the core’s decoder',
    'out-of-memory; the next call works',
  );
});

test('a model is truncated, or altered by one byte', async (t) => {
  const { bytes } = tinyModel;
  const altered = bytes.slice();
  altered[bytes.length >> 1] = (altered[bytes.length >> 1] ?? 0) ^ 1;
  const cut = bytes.slice(0, -1000);
  const hash = (file: Uint8Array): string => createHash('sha256').update(file).digest('hex');
  for (const [what, file] of [
    ['a model without its last 1,000 bytes', cut],
    ['a model altered by one byte', altered],
  ] as const) {
    const code = await codeOf(createLikeness({ model: { ...tinyModel, bytes: file } }));
    assert.equal(code, 'model-hash-mismatch');
    tellOutcome(t, what, `${code}; nothing is computed with it`);
  }
  const code = await codeOf(
    createLikeness({ model: { ...tinyModel, bytes: cut, sha256: hash(cut) } }),
  );
  assert.equal(code, 'backend-failed');
  tellOutcome(
    t,
    'a truncated model that comes with a hash of its own',
    `${code}: it can’t be loaded`,
  );
  await using likeness = await createLikeness({ model: tinyModel });
  assert.equal((await likeness.embed(pixels)).dimension, 16);
});

test('the network goes half-way through an image', async (t) => {
  const file = writePng(testPixels(300, 200));
  let broken = true;
  await using server = await startServer((_request, response) => {
    response.writeHead(200, { 'content-length': file.length });
    if (!broken) return response.end(file);
    response.write(file.subarray(0, file.length >> 1), () =>
      setTimeout(() => response.destroy(), 20),
    );
    return undefined;
  });
  await using likeness = await createLikeness({ model: tinyModel });
  const url = new URL(`${server.origin}/a.png`);
  const code = await codeOf(likeness.embed(url));
  assert.equal(code, 'fetch-failed');
  broken = false;
  assert.deepEqual((await likeness.embed(url)).vector, (await likeness.embed(file)).vector);
  tellOutcome(t, 'the network gone half-way through an image', `${code}; the next call works`);
});

test('the network goes half-way through the model of a page', async (t) => {
  await using opened = await openPage({ directory: 'build/harness' });
  const { page } = opened;
  let broken = true;
  await page.route('**/*.onnx', async (route) => {
    const response = await route.fetch();
    const body = await response.body();
    if (!broken) return route.fulfill({ response, body });
    return route.fulfill({ response, body: body.subarray(0, body.length >> 1) });
  });
  const load = (): Promise<string> =>
    page.evaluate(async () => {
      const { harness } = window;
      const loading = harness.createLikeness();
      const code = await harness.codeOf(loading);
      if (code === 'fine') await (await loading).dispose();
      return code;
    });
  assert.match(await load(), /^model-(?:hash-mismatch|load-failed)$/);
  const kept = await page.evaluate(async () => {
    return (await (await caches.open('image-likeness')).keys()).length;
  });
  assert.equal(kept, 0, 'half a model is not kept');
  broken = false;
  assert.equal(await load(), 'fine');
  tellOutcome(
    t,
    'the network gone half-way through the model',
    'an error that names it; half a model is not kept, and the next try works',
  );
});

test('two tabs load at once', async (t) => {
  await using opened = await openPage({ directory: 'build/harness' });
  const { page, url } = opened;
  const other = await page.context().newPage();
  await other.goto(url);
  const [first, second] = await Promise.all(
    [page, other].map((tab) =>
      tab.evaluate(async () => {
        const likeness = await window.harness.createLikeness();
        const vectors: string[] = [];
        for (let seed = 1; seed <= 3; seed += 1) {
          vectors.push(String((await likeness.embed(window.harness.picture(80, 60, seed))).vector));
        }
        return vectors;
      }),
    ),
  );
  assert.deepEqual(first, second);
  const kept = await page.evaluate(async () => {
    const keys = await (await caches.open('image-likeness')).keys();
    await window.harness.createLikeness().then((likeness) => likeness.dispose());
    return keys.length;
  });
  assert.equal(kept, 1);
  assert.deepEqual(opened.problems, []);
  tellOutcome(
    t,
    'two tabs at once',
    'the same answers in both; one model in the cache, and usable',
  );
});

/** What the debugger answers to a command. */
interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/**
 * A tab that the browser really hides: pages that Playwright opens count as visible for ever.
 * @returns what evaluates an expression in it, and what sends it a command of the debugger
 */
async function openBackgroundTab(page: Page, url: string) {
  const debug = await page.context().browser()?.newBrowserCDPSession();
  assert.ok(debug !== undefined);
  const targets: string[] = [];
  const open = async (url: string): Promise<string> => {
    const { targetId } = await debug.send('Target.createTarget', { url });
    targets.push(targetId);
    return targetId;
  };
  const targetId = await open(url);
  const { sessionId } = await debug.send('Target.attachToTarget', { targetId, flatten: false });
  const answers = new Map<number, (answer: Answer) => void>();
  debug.on('Target.receivedMessageFromTarget', ({ message }) => {
    const answer = JSON.parse(message) as Answer;
    answers.get(answer.id)?.(answer);
  });
  const send = async (method: string, params: object = {}): Promise<unknown> => {
    const id = answers.size;
    const answered = new Promise<Answer>((resolve) => answers.set(id, resolve));
    const message = JSON.stringify({ id, method, params });
    await debug.send('Target.sendMessageToTarget', { sessionId, message });
    const { result, error } = await answered;
    if (error !== undefined) throw new Error(error.message);
    return result;
  };
  const evaluate = async (expression: string): Promise<unknown> => {
    const options = { expression, returnByValue: true, awaitPromise: true };
    const { result } = (await send('Runtime.evaluate', options)) as { result: { value: unknown } };
    return result.value;
  };
  const cover = async (): Promise<void> => {
    await debug.send('Target.activateTarget', { targetId: await open('about:blank') });
  };
  return {
    send,
    evaluate,
    cover,
    async [Symbol.asyncDispose]() {
      for (const targetId of targets) await debug.send('Target.closeTarget', { targetId });
    },
  };
}

/** Waits for what no event tells of. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((later) => setTimeout(later, 50));
}

test('a page is hidden and frozen while it works', async (t) => {
  await using opened = await openPage({ directory: 'build/harness' });
  await using tab = await openBackgroundTab(opened.page, opened.url);
  // Until its document is there, it can be asked for nothing.
  const isLoaded = () =>
    tab.evaluate('typeof harness').then(
      (type) => type === 'object',
      () => false,
    );
  await until(isLoaded);
  await tab.evaluate(`
    events = [];
    for (const event of ['freeze', 'resume', 'visibilitychange']) {
      document.addEventListener(event, () => events.push(event));
    }
    work = (async () => {
      const likeness = await harness.createLikeness();
      const scores = [];
      while (!events.includes('resume') || scores.length < 5) {
        const picture = harness.picture(300, 200, scores.length + 1);
        scores.push((await likeness.compare(picture, picture)).score);
      }
      return scores;
    })();
    undefined`);
  await tab.cover();
  await until(async () => (await tab.evaluate('document.visibilityState')) === 'hidden');
  await tab.send('Page.setWebLifecycleState', { state: 'frozen' });
  await new Promise((later) => setTimeout(later, 200));
  await tab.send('Page.setWebLifecycleState', { state: 'active' });
  const scores = (await tab.evaluate('work')) as number[];
  assert.ok(scores.length >= 5 && scores.every((score) => score === 100), `${scores}`);
  assert.deepEqual(await tab.evaluate('events'), ['visibilitychange', 'freeze', 'resume']);
  tellOutcome(t, 'the page hidden, then frozen, while it works', 'it goes on where it was');
});
