/** Every road that images take onto the built page, and what it says before its model has arrived. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { type OpenPage, openPage, screenshot } from '../support/browser.js';
import { resizePixels } from '../support/edit.js';
import { withholdModel } from '../support/page-model.js';
import { answeredAs, chooseView, modelReady } from '../support/pair-page.js';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';
import { samplePixels } from '../support/samples.js';
import { TemporaryDirectory } from '../support/temporary.js';

const FAKE_CAMERA = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

const fruit = readFileSync('dist/site/samples/fruit.jpg');
const sea = readFileSync('dist/site/samples/sea.jpg');

const jpeg = (name: string, buffer: Buffer) => ({ name, mimeType: 'image/jpeg', buffer });

async function choose(page: Page, a: Buffer, b: Buffer): Promise<void> {
  await page.getByTestId('file-a').setInputFiles(jpeg('a.jpg', a));
  await page.getByTestId('file-b').setInputFiles(jpeg('b.jpg', b));
}

/** Opens the page anew with a script that runs before its own. */
async function reopenWith(opened: OpenPage, script: string): Promise<void> {
  await opened.page.addInitScript(script);
  await opened.page.reload();
}

/** Keeps every camera stream that the page gets, so that it can be seen whether they ended. */
const KEEP_STREAMS = `{
  window.streams = [];
  const original = MediaDevices.prototype.getUserMedia;
  MediaDevices.prototype.getUserMedia = async function (...args) {
    const stream = await original.apply(this, args);
    window.streams.push(stream);
    return stream;
  };
}`;

/** What KEEP_STREAMS and a test put into the page. */
interface CameraWindow {
  readonly streams: readonly MediaStream[];
  readonly letGo?: () => void;
}

/** Runs in the page: whether that many of the cameras that were opened are still on. */
function camerasOnAre(expected: number): boolean {
  const { streams } = window as unknown as CameraWindow;
  const tracks = streams.flatMap((stream) => stream.getTracks());
  return tracks.filter(({ readyState }) => readyState !== 'ended').length === expected;
}

for (const isolated of [true, false]) {
  test(`the camera, by keyboard alone, ${isolated ? '' : 'not '}isolated, under a sub-path`, async () => {
    await using opened = await openPage({ basePath: '/repo/', isolated, flags: FAKE_CAMERA });
    const { page } = opened;
    await reopenWith(opened, KEEP_STREAMS);
    assert.equal(await page.evaluate(() => crossOriginIsolated), isolated);
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-testid'));
    const ready = () => page.getByTestId('camera-take').and(page.locator(':enabled')).waitFor();

    await page.getByTestId('camera').press('Enter');
    await ready();
    assert.equal(await focused(), 'camera-take');
    await page.waitForFunction(camerasOnAre, 1);
    await page.keyboard.press('Escape');
    await page.getByTestId('camera-dialog').waitFor({ state: 'hidden' });
    // A dialog tells that it was closed in a task of its own, later.
    await page.waitForFunction(camerasOnAre, 0);
    assert.equal(await focused(), 'camera', 'the focus is back where it was');

    // The second picture goes into the place that is still empty.
    for (const place of ['a', 'b']) {
      await page.keyboard.press('Enter');
      await ready();
      await page.keyboard.press('Enter');
      await page.locator(`[data-slot="${place}"]`).getByText('camera.png').waitFor();
      await page.waitForFunction(camerasOnAre, 0);
    }
    await page.getByTestId('score').filter({ hasText: /\d/ }).waitFor();
    assert.equal(await page.evaluate('streams.length'), 3);
    assert.deepEqual(opened.problems, []);
  });
}

test('a camera that opens after the dialog has closed is switched off', async () => {
  await using opened = await openPage({ flags: FAKE_CAMERA });
  const { page } = opened;
  await reopenWith(
    opened,
    `${KEEP_STREAMS}{
      const keeping = MediaDevices.prototype.getUserMedia;
      MediaDevices.prototype.getUserMedia = async function (...args) {
        const stream = await keeping.apply(this, args);
        await new Promise((resolve) => { window.letGo = resolve; });
        return stream;
      };
    }`,
  );
  await page.getByTestId('camera').click();
  // Functions, not strings: the page's policy lets none be evaluated again while it is waited for.
  await page.waitForFunction(() => (window as unknown as CameraWindow).letGo !== undefined);
  await page.getByTestId('camera-cancel').click();
  await page.evaluate('letGo()');
  await page.waitForFunction(camerasOnAre, 0);
});

test('why there is no picture from a camera is said', async (t) => {
  const messageOf = async ({ page }: OpenPage, expected: RegExp) => {
    await page.getByTestId('camera').click();
    await page.getByTestId('camera-message').filter({ hasText: expected }).waitFor();
    assert.equal(await page.getByTestId('camera-take').isDisabled(), true);
    await page.keyboard.press('Escape');
    await page.getByTestId('camera-dialog').waitFor({ state: 'hidden' });
    await page.getByTestId('sample-same').click();
    await page.getByTestId('score').filter({ hasText: /\d/ }).waitFor();
  };
  await t.test('none there', async () => {
    await using opened = await openPage();
    await opened.page.context().grantPermissions(['camera']);
    await messageOf(opened, /There is no camera/);
  });
  await t.test('not allowed', async () => {
    await using opened = await openPage({
      flags: ['--use-fake-device-for-media-stream', '--deny-permission-prompts'],
    });
    await messageOf(opened, /not allowed/);
  });
  await t.test('in use', async () => {
    await using opened = await openPage();
    await reopenWith(
      opened,
      `MediaDevices.prototype.getUserMedia = () => Promise.reject(new DOMException('', 'NotReadableError'))`,
    );
    await messageOf(opened, /another program/);
  });
  await t.test('an insecure page', async () => {
    await using opened = await openPage({
      isolated: false,
      flags: ['--host-resolver-rules=MAP likeness.test 127.0.0.1'],
    });
    const { page } = opened;
    await page.goto(opened.url.replace('127.0.0.1', 'likeness.test'));
    await page.getByTestId('camera').click();
    await page
      .getByTestId('camera-message')
      .filter({ hasText: /secure pages only/ })
      .waitFor();
  });
  await t.test('a browser without cameras', async () => {
    await using opened = await openPage();
    await reopenWith(opened, 'delete Navigator.prototype.mediaDevices');
    await modelReady(opened.page);
    assert.equal(await opened.page.getByTestId('camera').isVisible(), false);
  });
});

/** Stands in for the system, which opens files with the installed page: `hand(...files)` does. */
const FAKE_LAUNCH_QUEUE = `{
  let consumer;
  const waiting = [];
  const launch = (files) => consumer({ files, targetURL: location.href });
  Object.defineProperty(window, 'launchQueue', {
    value: {
      setConsumer(given) {
        consumer = given;
        for (const files of waiting.splice(0)) launch(files);
      },
    },
  });
  window.hand = (...files) => (consumer ? launch(files) : waiting.push(files));
  window.handle = (name) => ({
    kind: 'file',
    name,
    getFile: async () => {
      const response = await fetch('samples/' + name);
      if (!response.ok) throw new DOMException('A file was not found.', 'NotFoundError');
      return new File([await response.blob()], name, { type: 'image/jpeg' });
    },
  });
}`;

test('files that are opened with the installed page go into its places', async (t) => {
  const caption = (page: Page, slot: string) => page.locator(`[data-slot="${slot}"] .caption`);
  const score = (page: Page) => page.getByTestId('score').filter({ hasText: /\d/ });

  await t.test('the manifest names the page for the formats that it reads', () => {
    const manifest = JSON.parse(readFileSync('dist/site/manifest.webmanifest', 'utf8'));
    const [handler] = manifest.file_handlers;
    assert.equal(handler.action, './');
    for (const type of ['image/jpeg', 'image/png', 'image/webp', 'image/avif']) {
      assert.ok(handler.accept[type]?.every((extension: string) => extension.startsWith('.')));
    }
    assert.equal(manifest.share_target.action, './share');
  });

  await t.test('two at the start, before the page listens', async () => {
    await using opened = await openPage({ basePath: '/repo/' });
    const { page } = opened;
    await reopenWith(
      opened,
      `${FAKE_LAUNCH_QUEUE} hand(handle('fruit.jpg'), handle('fruit-copy.jpg'))`,
    );
    await score(page).waitFor();
    assert.equal(await caption(page, 'a').textContent(), 'fruit.jpg');
    assert.equal(await caption(page, 'b').textContent(), 'fruit-copy.jpg');
    assert.deepEqual(opened.problems, []);
  });

  await t.test('one by one, and into the folder view’s page too', async () => {
    await using opened = await openPage();
    const { page } = opened;
    await reopenWith(opened, FAKE_LAUNCH_QUEUE);
    await page.evaluate(`hand(handle('fruit.jpg'))`);
    await caption(page, 'a').filter({ hasText: 'fruit.jpg' }).waitFor();
    assert.equal(await page.locator('.slot.filled').count(), 1);
    await page.locator('[value="folder"]').press('Space');
    await page.getByTestId('file-a').waitFor({ state: 'hidden' });
    await page.evaluate(`hand(handle('sea.jpg'))`);
    await score(page).waitFor();
    assert.equal(await caption(page, 'b').textContent(), 'sea.jpg');
    assert.equal(await page.getByTestId('file-a').isVisible(), true);
  });

  await t.test('more than two: the first two are compared, and the page says so', async () => {
    await using opened = await openPage();
    const { page } = opened;
    await reopenWith(
      opened,
      `${FAKE_LAUNCH_QUEUE} hand(...['fruit.jpg', 'sea.jpg', 'other-fruit.jpg'].map(handle))`,
    );
    await score(page).waitFor();
    await page
      .getByTestId('notice')
      .filter({ hasText: /first two/ })
      .waitFor();
    await screenshot(page, 'more-than-two');
    await page.getByTestId('clear').click();
    await page.getByTestId('notice').waitFor({ state: 'hidden' });
  });

  await t.test('one that has gone: that is said, and the next works', async () => {
    await using opened = await openPage();
    const { page } = opened;
    await reopenWith(opened, `${FAKE_LAUNCH_QUEUE} hand(handle('gone.jpg'))`);
    await page
      .getByTestId('error')
      .filter({ hasText: /not found/ })
      .waitFor();
    await page.evaluate(`hand(handle('fruit.jpg'), handle('sea.jpg'))`);
    await score(page).waitFor();
    assert.equal(await page.getByTestId('error').isVisible(), false);
    assert.deepEqual(opened.problems, []);
  });
});

test('WebP and AVIF files', async (t) => {
  await using opened = await openPage({ basePath: '/repo/' });
  const { page } = opened;
  using directory = new TemporaryDirectory();
  const encode: Record<string, () => Promise<Buffer>> = {
    webp: async () => {
      const base64 = await page.evaluate(async () => {
        const image = new Image();
        image.src = 'samples/fruit.jpg';
        await image.decode();
        const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
        canvas.getContext('2d')?.drawImage(image, 0, 0);
        const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.8 });
        if (blob.type !== 'image/webp') throw new Error(`encoded as ${blob.type}`);
        return btoa(String.fromCharCode(...new Uint8Array(await blob.arrayBuffer())));
      });
      return Buffer.from(base64, 'base64');
    },
    avif: async () => {
      const to = directory.file('fruit.avif');
      const from = 'dist/site/samples/fruit.jpg';
      const { status, stderr } = spawnSync('avifenc', ['--speed', '9', from, to]);
      assert.equal(status, 0, String(stderr));
      return readFileSync(to);
    },
  };
  for (const [format, encoder] of Object.entries(encode)) {
    await t.test(format, async () => {
      const buffer = await encoder();
      await page.getByTestId('file-a').setInputFiles(jpeg('fruit.jpg', fruit));
      const name = `fruit.${format}`;
      await page.getByTestId('file-b').setInputFiles({ name, mimeType: `image/${format}`, buffer });
      await page.locator('[data-slot="b"]').getByText(name).waitFor();
      await answeredAs(page, 'near-duplicate');
      assert.ok(Number(await page.getByTestId('score').textContent()) > 85);
    });
  }
});

test('a first answer by the pixels, until the model has arrived', async (t) => {
  const pixels = samplePixels('fruit');
  const png = writePng(pixels);
  const smaller = writePng(resizePixels(pixels, pixels.width / 2, pixels.height / 2));
  const cases: [string, Buffer, Buffer, RegExp][] = [
    ['the same file', fruit, fruit, /^Identical, by the pixels/],
    ['the same pixels', png, Buffer.concat([png, Buffer.alloc(9)]), /^Identical, by the pixels/],
    ['a copy', fruit, smaller, /^Near-duplicate, by the pixels/],
  ];
  for (const [name, a, b, expected] of cases) {
    await t.test(name, async () => {
      await using opened = await openPage({ basePath: '/repo/' });
      const { page } = opened;
      const release = await withholdModel(page);
      await choose(page, a, b);
      const line = page.getByTestId('first-answer');
      await line.filter({ hasText: expected }).waitFor();
      assert.equal(await page.getByTestId('score').count(), 0);
      await screenshot(page, 'first-answer');
      release();
      await page.getByTestId('score').filter({ hasText: /\d/ }).waitFor();
      assert.equal(await line.isVisible(), false);
      assert.deepEqual(opened.problems, []);
    });
  }

  await t.test('nothing about others, nor about what is no image', async () => {
    for (const [a, b] of [
      [fruit, sea],
      [Buffer.from('no image'), Buffer.from('no image')],
    ] as const) {
      await using opened = await openPage();
      const { page } = opened;
      const release = await withholdModel(page);
      // Listened for at once: it may have ended before anyone asks.
      const ended = new Promise<void>((end) => {
        page.on('worker', (worker) => {
          // The package's own is there for as long as the page.
          worker.on('close', () => end());
        });
      });
      await choose(page, a, b);
      await ended;
      assert.equal(await page.getByTestId('first-answer').isVisible(), false);
      release();
      await page.locator('[data-testid="score"]:not(:empty), .error:not([hidden])').waitFor();
    }
  });
});

test('the scale shows the bounds of the model that answers', async () => {
  // Where the full model is served, it answers after the small one and moves the bounds.
  await using opened = await openPage({ path: '#model=mobilenetv2-lite' });
  const { page } = opened;
  await choose(page, fruit, sea);
  await page.getByTestId('scale').waitFor();
  const { models } = JSON.parse(readFileSync('models/manifest.json', 'utf8'));
  const { calibration } = models[0];
  const style = (selector: string, name: string) =>
    page
      .locator(selector)
      .evaluate(
        (node, property) => Number((node as HTMLElement).style.getPropertyValue(property)),
        name,
      );
  assert.equal(await style('.scale', '--similar-from'), calibration.similar);
  assert.equal(await style('.scale', '--copies-from'), 88);
  assert.equal(await page.locator('.bands [data-here]').textContent(), 'different');
  await page.locator('.details summary').click();
  const [strangers, similar, copies] = ['different', 'similar', 'edited'].map((kind) =>
    calibration.ranges[kind].map(Math.round).join('–'),
  );
  await page
    .getByText(`strangers ${strangers}, similar ${similar}, near-duplicates ${copies}`)
    .waitFor();
  const score = Number(await page.getByTestId('score').textContent());
  const place = await page.evaluate(() => {
    const rect = (selector: string) => document.querySelector(selector)?.getBoundingClientRect();
    const [line, marker] = [rect('.scale .line'), rect('.marker')];
    if (line === undefined || marker === undefined) throw new Error('no scale');
    return ((marker.x + marker.width / 2 - line.x) / line.width) * 100;
  });
  assert.ok(Math.abs(place - score) < 1, `the marker is at ${place}, the score ${score}`);
});

test('pictures of which nothing shows how they lie over each other are whole, in the middle', async () => {
  await using opened = await openPage();
  const { page } = opened;
  const wide = writePng(testPixels(400, 100));
  await page.getByTestId('file-a').setInputFiles(jpeg('a.jpg', fruit));
  await page.getByTestId('file-b').setInputFiles({ ...jpeg('b.png', wide), mimeType: 'image/png' });
  await page.getByTestId('verdict').waitFor();
  await chooseView(page, 'slider');
  await page
    .getByTestId('alignment')
    .filter({ hasText: /each is shown whole/ })
    .waitFor();
  const boxes = await page.locator('.pane img').evaluateAll((images) => {
    const frame = images[0]?.closest('.stage')?.getBoundingClientRect();
    if (frame === undefined) throw new Error('no stage');
    return images.map((image) => {
      const { x, y, width, height } = image.getBoundingClientRect();
      return {
        aspect: width / height,
        middle: [
          x + width / 2 - frame.x - frame.width / 2,
          y + height / 2 - frame.y - frame.height / 2,
        ],
        inside: width <= frame.width && height <= frame.height,
      };
    });
  });
  for (const [at, aspect] of [4 / 3, 4].entries()) {
    const box = boxes[at];
    assert.ok(box?.inside);
    assert.ok(Math.abs(box.aspect - aspect) < 0.05, `${box.aspect}`);
    for (const off of box.middle) assert.ok(Math.abs(off) < 1, `${off} beside the middle`);
  }
  await screenshot(page, 'shapes');
});

test('the result as a picture: copied, or saved where nothing can be copied', async () => {
  await using opened = await openPage({ basePath: '/repo/' });
  const { page } = opened;
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await choose(page, fruit, sea);
  await page.locator('.details summary').click();
  await page.getByTestId('copy-card').click();
  await page.getByText('Copied.').waitFor();
  const copied = await page.evaluate(async () => {
    const [item] = await navigator.clipboard.read();
    if (item === undefined) throw new Error('nothing was copied');
    const bitmap = await createImageBitmap(await item.getType('image/png'));
    return [bitmap.width, bitmap.height];
  });
  assert.deepEqual(copied, [1200, 680]);
  await page.evaluate('delete window.ClipboardItem');
  const download = page.waitForEvent('download');
  await page.getByTestId('copy-card').click();
  assert.equal((await download).suggestedFilename(), 'likeness.png');
  await (await download).saveAs('build/screenshots/result-card.png');
  const png = readFileSync('build/screenshots/result-card.png');
  assert.equal(png.toString('latin1', 1, 4), 'PNG');
  assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [1200, 680]);
  assert.deepEqual(opened.problems, []);
});
