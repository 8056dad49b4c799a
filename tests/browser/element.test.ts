/** `<image-likeness>` in Chromium, under a policy that allows no inline style and no eval. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { type OpenPage, openPage, screenshot } from '../support/browser.js';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';
import { TemporaryDirectory } from '../support/temporary.js';

const pictures = new TemporaryDirectory();
process.on('exit', () => pictures[Symbol.dispose]());
mkdirSync(pictures.file('pictures'));
for (const [name, width, height, seed] of [
  ['a', 320, 240, 1],
  ['b', 240, 320, 7],
] as const) {
  writeFileSync(pictures.file(`pictures/${name}.png`), writePng(testPixels(width, height, seed)));
}
writeFileSync(pictures.file('pictures/broken.png'), 'not a picture');

// One page for all tests: starting ONNX Runtime takes longer than all they do.
let opened: OpenPage;
let page: Page;
let element: Locator;

before(async () => {
  opened = await openPage({
    directory: 'build/harness',
    path: 'element.html',
    mounts: { '/pictures/': pictures.file('pictures') },
    viewport: { width: 760, height: 620 },
  });
  page = opened.page;
  element = page.locator('image-likeness');
});

after(() => opened[Symbol.asyncDispose]());

/** The number in the element, once there is one. */
async function scoreShown(): Promise<number> {
  await element.locator('[part=score]').waitFor();
  return Number.parseFloat(await element.locator('[part=score]').innerText());
}

/** Waits for an event of the element while something is done to it. */
function duringEvent(name: string, act: string): Promise<string> {
  return page.evaluate(
    ([event, code]) =>
      new Promise<string>((resolve) => {
        const element = document.querySelector('image-likeness');
        if (element === null || code === undefined || event === undefined) throw new Error('none');
        element.addEventListener(
          event,
          (said) => resolve((said as CustomEvent).detail.code ?? 'answered'),
          {
            once: true,
          },
        );
        if (code === 'same') element.b = 'pictures/a.png';
        if (code === 'explain') element.explain = true;
        if (code === 'broken') element.setAttribute('b', 'pictures/broken.png');
        if (code === 'missing') element.setAttribute('b', 'pictures/missing.png');
        if (code === 'mended') element.setAttribute('b', 'pictures/b.png');
        if (code === 'strange') element.b = 'http://[';
        if (code === 'unknown model') element.setAttribute('model', 'nobody');
        if (code === 'known model') element.removeAttribute('model');
        if (code === 'whole' || code === 'centre') element.setAttribute('view', code);
        if (code === 'usual view') element.removeAttribute('view');
      }),
    [name, act],
  );
}

test('two addresses give images, score, verdict and events', async () => {
  assert.ok((await scoreShown()) >= 0);
  const cosine = await page.evaluate(
    () => document.querySelector('image-likeness')?.result?.cosine,
  );
  assert.ok(cosine !== undefined && cosine < 1);
  assert.equal(await element.locator('[part=image] img').count(), 2);
  assert.match(await element.locator('[part=status]').innerText(), /^Compared in /);
  const said = await page.evaluate(() => window.said);
  assert.equal(said.at(-1), 'likeness-result');
  assert.ok(said.includes('likeness-progress'));
  assert.ok(!said.includes('likeness-error'));
  await screenshot(page, 'element');

  await duringEvent('likeness-result', 'same');
  assert.equal(await scoreShown(), 100);
  assert.match(await element.locator('[part=verdict]').innerText(), /^Identical/);
  const result = await page.evaluate(() => document.querySelector('image-likeness')?.result);
  assert.equal(result?.verdict, 'identical');
  assert.deepEqual(opened.problems, []);
});

test('explain lays the match map over the images, for the pointer and the keyboard', async () => {
  await scoreShown();
  await duringEvent('likeness-result', 'centre');
  await duringEvent('likeness-result', 'explain');
  const cells = element.locator('[data-side=a] .map button');
  assert.equal(await cells.count(), 16);
  assert.equal(await element.locator('[data-side=b] .partner').count(), 3);
  await screenshot(page, 'element-explained');
  await cells.nth(5).hover();
  const readout = element.locator('[part=readout]');
  assert.match(await readout.innerText(), /^In the first image, row 2, column 2/);
  await cells.nth(5).focus();
  await page.keyboard.press('ArrowRight');
  assert.match(await readout.innerText(), /^In the first image, row 2, column 3/);
  // The map covers the square that the model sees, in the middle of the picture.
  const frame = await element.locator('[data-side=a]').boundingBox();
  const map = await element.locator('[data-side=a] .map').boundingBox();
  assert.ok(frame && map);
  assert.ok(Math.abs(map.width - map.height) < 1);
  assert.ok(Math.abs(map.x + map.width / 2 - frame.x - frame.width / 2) < 1);
  assert.deepEqual(opened.problems, []);
});

test('the map over a whole picture has its shape and covers all of it', async () => {
  assert.equal(await duringEvent('likeness-result', 'mended'), 'answered');
  assert.equal(await duringEvent('likeness-result', 'whole'), 'answered');
  const maps = await element.evaluate((host) =>
    ['a', 'b'].map((side) => {
      const frame = host.shadowRoot?.querySelector(`[data-side=${side}]`);
      const map = frame?.querySelector('.map')?.getBoundingClientRect();
      const box = frame?.getBoundingClientRect();
      return { map, box, cells: frame?.querySelectorAll('.map button').length };
    }),
  );
  for (const [index, aspect] of [4 / 3, 3 / 4].entries()) {
    const { map, box, cells } = maps[index] ?? {};
    assert.ok(map !== undefined && box !== undefined);
    assert.ok(Math.abs(map.width / map.height - aspect) < 0.02, `${map.width} × ${map.height}`);
    const filled = Math.max(map.width / box.width, map.height / box.height);
    assert.ok(filled > 0.97 && filled <= 1.001, `fills ${filled} of its frame`);
    assert.equal(cells, 20);
  }
  assert.equal(await duringEvent('likeness-result', 'usual view'), 'answered');
  assert.equal(await duringEvent('likeness-result', 'same'), 'answered');
});

test('screen readers get names, roles and live regions', async () => {
  await scoreShown();
  const images = page.getByRole('img');
  assert.equal(await images.count(), 2);
  assert.equal(await page.getByRole('img', { name: 'A pattern' }).count(), 1);
  assert.equal(await page.getByRole('img', { name: 'Another pattern' }).count(), 1);
  assert.equal(await page.getByRole('status').count(), 1);
  assert.equal(
    await element.locator('[aria-live=polite]').first().getAttribute('aria-busy'),
    'false',
  );
});

test('every image source can be a property', async () => {
  await scoreShown();
  const verdicts = await page.evaluate(async () => {
    const shown = document.querySelector('image-likeness');
    if (shown === null) throw new Error('no element');
    const file = await (await fetch('pictures/a.png')).blob();
    const bitmap = await createImageBitmap(file);
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: bitmap.width, height: bitmap.height });
    const context = canvas.getContext('2d');
    context?.drawImage(bitmap, 0, 0);
    const image = new Image();
    image.src = 'pictures/a.png';
    await image.decode();
    const pixels = context?.getImageData(0, 0, bitmap.width, bitmap.height);
    const bytes = await file.arrayBuffer();
    const frame = new VideoFrame(canvas, { timestamp: 0 });
    const sources = {
      Blob: file,
      ArrayBuffer: bytes,
      Uint8Array: new Uint8Array(bytes),
      ImageData: pixels,
      ImageBitmap: bitmap,
      HTMLImageElement: image,
      HTMLCanvasElement: canvas,
      VideoFrame: frame,
      URL: new URL('pictures/a.png', document.baseURI),
    };
    const found: Record<string, string> = {};
    for (const [name, source] of Object.entries(sources)) {
      found[name] = await new Promise<string>((resolve) => {
        shown.addEventListener('likeness-result', ({ detail }) => resolve(detail.verdict), {
          once: true,
        });
        shown.addEventListener('likeness-error', ({ detail }) => resolve(detail.message), {
          once: true,
        });
        shown.b = source;
      });
    }
    frame.close();
    return found;
  });
  assert.equal(Object.keys(verdicts).length, 9);
  for (const [name, verdict] of Object.entries(verdicts)) assert.equal(verdict, 'identical', name);
  assert.deepEqual(opened.problems, []);
});

test('errors are said and shown, and the next image works', async () => {
  await scoreShown();
  const failures = [
    ['broken', 'unsupported-format'],
    ['missing', 'fetch-failed'],
    ['strange', 'invalid-argument'],
  ] as const;
  for (const [act, code] of failures) {
    assert.equal(await duringEvent('likeness-error', act), code);
    assert.match(await page.getByRole('alert').innerText(), new RegExp(`\\(${code}\\)$`));
    assert.equal(await element.locator('[part=score]').count(), 0);
    await duringEvent('likeness-result', 'mended');
    assert.equal(await page.getByRole('alert').count(), 0);
  }
  await screenshot(page, 'element-mended');
  assert.equal(await duringEvent('likeness-error', 'unknown model'), 'invalid-argument');
  await duringEvent('likeness-result', 'known model');
  assert.ok((await scoreShown()) >= 0);
});

test('parts and custom properties style it, and colours follow the page', async () => {
  await scoreShown();
  await page.emulateMedia({ colorScheme: 'dark' });
  await screenshot(page, 'element-dark');
  const ink = (): Promise<string> => element.evaluate((found) => getComputedStyle(found).color);
  assert.equal(await ink(), 'rgb(236, 238, 241)');
  await page.emulateMedia({ colorScheme: 'light' });
  assert.equal(await ink(), 'rgb(29, 33, 41)');
  await element.evaluate((found) => found.classList.add('styled'));
  const styles = await element.evaluate((found) => {
    const within = (selector: string): CSSStyleDeclaration => {
      const inner = found.shadowRoot?.querySelector(selector);
      if (!inner) throw new Error(selector);
      return getComputedStyle(inner);
    };
    return [within('[part=score]').color, within('[part=image]').borderRadius];
  });
  assert.deepEqual(styles, ['rgb(4, 5, 6)', '0px']);
});

test('elements share one model, which goes when the last of them leaves', async () => {
  await scoreShown();
  const models = (): number => opened.requests.filter((url) => /\.onnx$/.test(url)).length;
  const loaded = models();
  await page.evaluate(async () => {
    const second = document.createElement('image-likeness');
    second.a = 'pictures/a.png';
    second.b = 'pictures/a.png';
    const answered = new Promise((resolve) => second.addEventListener('likeness-result', resolve));
    document.body.append(second);
    await answered;
    // Moving an element is no leaving.
    const again = new Promise((resolve) => second.addEventListener('likeness-result', resolve));
    document.body.prepend(second);
    await again;
    second.remove();
  });
  assert.equal(models(), loaded);
  assert.equal(page.workers().length > 0, true);
  await page.evaluate(() => document.querySelector('image-likeness')?.remove());
  while (page.workers().length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
});
