/** The page's compare view: two pictures that move together, changed places, pixels, ways to look at them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { violations } from '../support/axe.js';
import { type OpenPage, openPage, screenshot } from '../support/browser.js';
import { cropPixels, fillPixels, turnPixels } from '../support/edit.js';
import { answeredAs, chooseView } from '../support/pair-page.js';
import { writePng } from '../support/png.js';
import { samplePixels } from '../support/samples.js';

const fruit = samplePixels('fruit');
const { width, height } = fruit;
const STICKER = { x: 30, y: 24, width: 60, height: 50 };
const variant = cropPixels(fruit, { x: 0, y: 0, width, height });
fillPixels(variant, STICKER, [250, 20, 200]);

const png = (name: string, pixels: ImageData) => ({
  name,
  mimeType: 'image/png',
  buffer: writePng(pixels),
});
const original = png('original.png', fruit);
const changed = png('changed.png', variant);

// One page for the tests that look at the same pair.
let opened: OpenPage;
let page: Page;

before(async () => {
  opened = await openPage({
    path: '#model=mobilenetv2-lite',
    viewport: { width: 1280, height: 800 },
  });
  page = opened.page;
  await page.emulateMedia({ reducedMotion: 'reduce' });
  // Both at once, into one of the places.
  await page.getByTestId('file-b').setInputFiles([original, changed]);
  await answeredAs(page, 'variant');
  await page.getByTestId('stage').waitFor();
  await page.locator('.stage[data-all]').waitFor();
});

after(() => opened[Symbol.asyncDispose]());

/** How many CSS pixels a pixel of the picture has. */
const zoomOf = (on: Page): Promise<number> =>
  on
    .locator('.pane img')
    .first()
    .evaluate(
      (image) => image.getBoundingClientRect().width / (image as HTMLImageElement).naturalWidth,
    );

/** Where both pictures are in their panes, in CSS pixels. */
const corners = (on: Page) =>
  on.locator('.pane img').evaluateAll((images) =>
    images.map((image) => {
      const pane = image.parentElement?.getBoundingClientRect();
      const { x, y } = image.getBoundingClientRect();
      return [Math.round(x - (pane?.x ?? 0)), Math.round(y - (pane?.y ?? 0))];
    }),
  );

const middleOf = async (selector: string) => {
  const box = await page.locator(selector).first().boundingBox();
  assert.ok(box !== null);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};

test('wheel, drag and keys move and zoom both pictures; everything is a key away', async () => {
  const whole = await zoomOf(page);
  const { x, y } = await middleOf('.pane');
  await page.mouse.move(x, y);
  await page.mouse.wheel(0, -600);
  await page.waitForFunction(() => scrollY === 0);
  const zoomed = await zoomOf(page);
  assert.ok(zoomed > 2 * whole, `${whole} became ${zoomed}`);
  let [first, second] = await corners(page);
  assert.deepEqual(first, second);
  await page.mouse.down();
  await page.mouse.move(x + 60, y + 40, { steps: 4 });
  await page.mouse.up();
  const [dragged, together] = await corners(page);
  assert.deepEqual(dragged, [(first?.[0] ?? 0) + 60, (first?.[1] ?? 0) + 40]);
  assert.deepEqual(dragged, together);

  const stage = page.getByTestId('stage');
  await stage.press('ArrowLeft');
  [first, second] = await corners(page);
  assert.ok((first?.[0] ?? 0) > (dragged?.[0] ?? 0));
  assert.deepEqual(first, second);
  await stage.press('-');
  assert.ok(Math.abs((await zoomOf(page)) - zoomed / 1.5) < 0.01);
  await stage.press('0');
  assert.ok(Math.abs((await zoomOf(page)) - whole) < 0.001);
  await stage.press('+');
  assert.ok(Math.abs((await zoomOf(page)) - whole * 1.5) < 0.01);
  await page.getByTestId('zoom-fit').click();
  assert.ok(Math.abs((await zoomOf(page)) - whole) < 0.001);
});

test('where everything is shown, the wheel scrolls the page on', async () => {
  const { x, y } = await middleOf('.pane');
  await page.mouse.move(x, y);
  await page.mouse.wheel(0, 200);
  await page.waitForFunction(() => scrollY > 0);
  await page.evaluate(() => scrollTo(0, 0));
});

test('two fingers pinch both pictures', async () => {
  const whole = await zoomOf(page);
  const { x, y } = await middleOf('.pane');
  const browser = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', apart: number) =>
    browser.send('Input.dispatchTouchEvent', {
      type,
      touchPoints:
        type === 'touchEnd'
          ? []
          : [
              { x: x - apart, y, id: 1 },
              { x: x + apart, y, id: 2 },
            ],
    });
  await touch('touchStart', 40);
  await touch('touchMove', 60);
  await touch('touchMove', 80);
  await touch('touchMove', 120);
  await touch('touchEnd', 0);
  const pinched = await zoomOf(page);
  assert.ok(pinched > 2 * whole && pinched < 4 * whole, `${whole} became ${pinched}`);
  const [first, second] = await corners(page);
  assert.deepEqual(first, second);
  await page.getByTestId('stage').press('0');
});

test('a changed place is outlined in both pictures and listed; a click and keys go there', async () => {
  const outline = (side: number) => page.locator(`.overlay[data-side="${side}"] .place`);
  const shownAt = async (side: number) => {
    const [box, pane] = await Promise.all([
      outline(side).boundingBox(),
      page.locator(`.pane[data-side="${side}"]`).boundingBox(),
    ]);
    assert.ok(box !== null && pane !== null);
    return { ...box, x: box.x - pane.x, y: box.y - pane.y, pane };
  };
  const [a, b] = [await shownAt(0), await shownAt(1)];
  assert.ok(Math.abs(a.x - b.x) < 2 && Math.abs(a.y - b.y) < 2);
  const whole = await zoomOf(page);
  const [left] = (await corners(page))[0] ?? [0];
  assert.ok(Math.abs(a.x - ((left ?? 0) + STICKER.x * whole)) < 20 * whole, `${a.x}`);
  const item = page.getByTestId('changes').getByRole('button');
  assert.equal(await item.innerText(), '1. Something else is here, top left');
  // What is there in both pictures: in the middle of the second one the sticker, and not of the first.
  const middles = await page.locator('.change canvas').evaluateAll((canvases) =>
    canvases.map((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const context = (canvas as HTMLCanvasElement).getContext('2d');
      return [...(context?.getImageData(width / 2, height / 2, 1, 1).data ?? [])].join();
    }),
  );
  assert.equal(middles[1], '250,20,200,255');
  assert.notEqual(middles[0], middles[1]);
  assert.match(middles[0] ?? '', /,255$/);
  assert.deepEqual(await violations(page), []);

  for (const go of [() => item.click(), () => page.getByTestId('stage').press('n')]) {
    await go();
    await page.locator('.change[aria-current="true"]').waitFor();
    const { x, y, width: wide, height: high, pane } = await shownAt(0);
    assert.ok((await zoomOf(page)) > 1.5 * whole);
    assert.ok(x > 0 && y > 0 && x + wide < pane.width && y + high < pane.height, 'in sight');
    await page.getByTestId('stage').press('0');
  }
  await screenshot(page, 'changed-place');
});

test('pixels under the pointer, of both pictures, and the point in the other one', async () => {
  const image = await page.locator('.pane img').first().boundingBox();
  assert.ok(image !== null);
  const scale = image.width / width;
  const at = { x: STICKER.x + 20, y: STICKER.y + 20 };
  await page.mouse.move(image.x + (at.x + 0.5) * scale, image.y + (at.y + 0.5) * scale);
  const offset = 4 * (at.y * width + at.x);
  const hex = [...fruit.data.slice(offset, offset + 3)]
    .map((channel) => channel.toString(16).padStart(2, '0'))
    .join('');
  const text = await page.getByTestId('pixels').innerText();
  assert.match(text, new RegExp(`#${hex} \\(${at.x}, ${at.y}\\)`));
  assert.match(text, new RegExp(`#fa14c8 \\(${at.x}, ${at.y}\\)`));
  assert.match(text, /differ by \d+ of 255/);
  assert.equal(await page.locator('.overlay[data-side="1"] .twin').isVisible(), true);
  assert.equal(await page.locator('.overlay[data-side="0"] .twin').isVisible(), false);
  await page.mouse.move(2, 2);
  assert.equal(await page.getByTestId('pixels').innerText(), '');
});

test('blinking: by itself unless motion is unwanted, by a button, by the space bar; it stops', async () => {
  await chooseView(page, 'blink');
  const stage = page.getByTestId('stage');
  const shown = () => stage.getAttribute('data-shown');
  const first = await shown();
  await page.getByTestId('flip').click();
  assert.notEqual(await shown(), first);
  await stage.press(' ');
  assert.equal(await shown(), first);
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await page.getByTestId('pause').click();
  await page.getByTestId('pause').click();
  for (const side of ['1', '0', '1']) {
    await page.locator(`.stage[data-shown="${side}"]`).waitFor();
  }
  await page.getByTestId('pause').click();
  assert.equal(await page.getByTestId('pause').innerText(), 'Blink');
  await page.emulateMedia({ reducedMotion: 'reduce' });
});

test('the difference is black but for what has changed', async () => {
  await chooseView(page, 'difference');
  const image = await page.locator('.pane img').first().boundingBox();
  assert.ok(image !== null);
  const scale = image.width / width;
  const clip = (x: number, y: number) => ({
    x: Math.round(image.x + x * scale),
    y: Math.round(image.y + y * scale),
    width: 4,
    height: 4,
  });
  const brightness = async (x: number, y: number): Promise<number> => {
    const shot = await page.screenshot({ clip: clip(x, y), animations: 'disabled' });
    return page.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes]));
      const context = new OffscreenCanvas(4, 4).getContext('2d');
      context?.drawImage(bitmap, 0, 0);
      return Math.max(
        ...(context?.getImageData(0, 0, 4, 4).data ?? []).filter((_, at) => at % 4 < 3),
      );
    }, shot.toString('base64'));
  };
  assert.ok((await brightness(STICKER.x + 30, STICKER.y + 25)) > 60);
  assert.equal(await brightness(width * 0.7, height * 0.7), 0);
  await page.getByTestId('strength').press('End');
  assert.equal(await brightness(width * 0.7, height * 0.7), 0);
  await chooseView(page, 'side');
});

test('the whole screen, and back', async () => {
  await page.getByTestId('full-screen').click();
  await page.locator('likeness-compare:fullscreen').waitFor();
  const box = await page.getByTestId('stage').boundingBox();
  assert.ok(box !== null && box.height > 600, `${box?.height}`);
  await screenshot(page, 'full-screen');
  await page.getByTestId('stage').press('f');
  await page.locator('likeness-compare:not(:fullscreen)').waitFor();
  assert.deepEqual(opened.problems, []);
});

test('a turned copy is shown upright, and as it is when asked', async () => {
  await page.getByTestId('file-b').setInputFiles(png('turned.png', turnPixels(fruit, 90)));
  await answeredAs(page, 'near-duplicate');
  await page
    .getByTestId('alignment')
    .filter({ hasText: /lies over the first/ })
    .waitFor();
  const shapes = () =>
    page.locator('.pane img').evaluateAll((images) =>
      images.map((image) => {
        const box = image.getBoundingClientRect();
        return box.width > box.height;
      }),
    );
  assert.deepEqual(await shapes(), [true, true]);
  const [first, second] = await corners(page);
  for (const at of [0, 1]) assert.ok(Math.abs((first?.[at] ?? 0) - (second?.[at] ?? 0)) < 3);
  await page.getByTestId('as-they-are').check();
  await page
    .getByTestId('alignment')
    .filter({ hasText: /as it is/ })
    .waitFor();
  assert.deepEqual(await shapes(), [true, false]);
});

test('from right to left: nothing sticks out, axe finds nothing', async () => {
  await page.evaluate(() => {
    document.documentElement.dir = 'rtl';
  });
  assert.deepEqual(await violations(page), []);
  const overflow = 'document.documentElement.scrollWidth - innerWidth';
  assert.ok(Number(await page.evaluate(overflow)) <= 0);
  await screenshot(page, 'right-to-left');
});

for (const [wide, high] of [
  [1280, 800],
  [390, 844],
] as const) {
  test(`${wide} × ${high}: all that is needed is in sight, before and after the answer`, async () => {
    await using site = await openPage({
      path: '#model=mobilenetv2-lite',
      viewport: { width: wide, height: high },
    });
    const seen = site.page;
    const inSight = async (selector: string): Promise<void> => {
      const box = await seen.locator(selector).first().boundingBox();
      assert.ok(box !== null, `${selector} is not there`);
      assert.ok(
        box.y >= 0 && box.y + box.height <= high,
        `${selector} ends at ${box.y + box.height}`,
      );
    };
    for (const selector of ['.question', '[data-slot="a"]', '[data-slot="b"]', '.samples']) {
      await inSight(selector);
    }
    await seen.getByTestId('file-a').setInputFiles([original, changed]);
    await seen.getByTestId('stage').waitFor();
    await seen.locator('.stage[data-all]').waitFor();
    assert.equal(await seen.evaluate(() => scrollY), 0);
    for (const selector of ['.score', '.verdict', '.scale', '.stage']) await inSight(selector);
    assert.equal(await seen.getByTestId('camera').isVisible(), false);
    await seen.getByTestId('file-a').setInputFiles({
      ...original,
      name: 'broken.png',
      buffer: Buffer.from('no picture'),
    });
    const error = seen.getByTestId('error').filter({ hasText: /^First image: / });
    await error.waitFor();
    const [place, told] = [
      await seen.locator('[data-slot="a"]').boundingBox(),
      await error.boundingBox(),
    ];
    assert.ok(place !== null && told !== null);
    const below = told.y - (place.y + place.height);
    assert.ok(below >= 0 && below < 40, `told ${below} pixels below the picture`);
    assert.ok(told.x <= place.x + 2);
    await screenshot(seen, `broken-${wide}`);
  });
}
