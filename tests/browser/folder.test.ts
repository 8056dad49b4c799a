/** `<likeness-folder>` in Chromium: real files, the real model, real storage. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { readEmbeddings } from 'image-likeness/formats';
import type { Locator, Page } from 'playwright-core';
import { violations } from '../support/axe.js';
import { type OpenPage, openPage, screenshot } from '../support/browser.js';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';
import { TemporaryDirectory } from '../support/temporary.js';
import type { Pictures } from './harness/pictures.js';

const folder = new TemporaryDirectory();
process.on('exit', () => folder[Symbol.dispose]());

const names = ['a.png', "it's; rm -rf $HOME `x`.png", 'b.png', 'c.png', 'd.png', 'e.png'];
names.forEach((name, at) => {
  // The second file is a copy of the first.
  const seed = at === 1 ? 1 : at + 1;
  writeFileSync(folder.file(name), writePng(testPixels(320, 240, seed)));
});
writeFileSync(folder.file('broken.png'), 'not a picture');
const files = [...names, 'broken.png'].map((name) => folder.file(name));

let opened: OpenPage;
let page: Page;
let element: Locator;

before(async () => {
  opened = await openPage({ directory: 'build/harness', path: 'folder.html' });
  page = opened.page;
  element = page.locator('likeness-folder');
});

after(() => opened[Symbol.asyncDispose]());

const state = (name: string): Promise<void> =>
  element.locator(`[data-part=progress][data-state=${name}]`).waitFor();

const part = (name: string): Locator => element.locator(`[data-part=${name}]`);

/** What a button of the export row saves. */
async function exported(kind: string): Promise<Buffer> {
  const download = page.waitForEvent('download');
  await element.locator(`[data-export=${kind}]`).click();
  return readFileSync(await (await download).path());
}

test('copies share a group, what cannot be read is named, the rest goes on', async () => {
  assert.deepEqual(await violations(page, 'likeness-folder'), []);
  await element.locator('#files').setInputFiles(files);
  await state('finished');
  assert.deepEqual(await violations(page, 'likeness-folder'), []);
  // The group that wins most is shown.
  const group = await part('group').innerText();
  assert.match(group, /a\.png/u);
  assert.match(group, /it's; rm/u);
  assert.match(await part('summary').innerText(), /6 read, 1 not/u);
  assert.match(
    await element.locator('[data-part=unreadable]').innerText(),
    /broken\.png · [a-z-]+ · ./u,
  );
  assert.equal(await element.locator('[data-part=images] [role=listitem]').count(), names.length);
  for (const width of [320, 800, 1600]) {
    await page.setViewportSize({ width, height: 1000 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `${overflow} px too wide at ${width}`);
  }
  assert.deepEqual(opened.problems, []);
});

test('the script only prints unless it is told to move, whatever files are called', async () => {
  await part('keep-best-of-all').click();
  mkdirSync(folder.file('run/bin'), { recursive: true });
  const at = (name: string): string => folder.file(`run/${name}`);
  const [kept = '', copy = ''] = names;
  const content = readFileSync(folder.file(copy));
  for (const name of names) writeFileSync(at(name), readFileSync(folder.file(name)));
  writeFileSync(folder.file('script.sh'), await exported('sh'));
  const run = (...args: string[]) =>
    spawnSync('/bin/sh', [folder.file('script.sh'), ...args], {
      cwd: folder.file('run'),
      encoding: 'utf8',
      env: { PATH: at('bin'), HOME: folder.file('run') },
    });
  // None of the programs that move files to the trash, unless the test makes one.
  for (const tool of ['wc', 'mkdir', 'dirname', 'mv']) {
    symlinkSync(
      execFileSync('/bin/sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim(),
      at(`bin/${tool}`),
    );
  }
  const stay = (): void => {
    for (const name of names) assert.ok(readFileSync(at(name)).length > 0);
  };
  assert.equal(run().stdout, `would move: ${copy}\n`);
  assert.match(run('--apply').stderr, /^There is no terminal to ask at/);
  assert.equal(run('--move').status, 2);
  stay();
  writeFileSync(at(kept), 'other');
  assert.match(run('--apply', '--yes').stderr, /^not moved, it or the file to keep has changed: /);
  assert.ok(readFileSync(at(copy)).equals(content));
  writeFileSync(at(kept), readFileSync(folder.file(kept)));
  assert.equal(run('--apply', '--yes').stdout, `moved: ${copy}\n`);
  assert.ok(readFileSync(at(`likeness-review/${copy}`)).equals(content));

  writeFileSync(at(copy), content);
  writeFileSync(
    at('bin/gio'),
    '#!/bin/sh\n[ "$1 $2" = "trash --" ] && mv "$3" "$HOME/in the trash"\n',
    { mode: 0o755 },
  );
  assert.equal(run('--apply', '--yes').stdout, `moved: ${copy}\n`);
  assert.ok(readFileSync(at('in the trash')).equals(content));
});

test('lists and embeddings hold what was read', async () => {
  const { images } = JSON.parse((await exported('json')).toString()) as {
    images: { path: string }[];
  };
  assert.ok(images.some(({ path }) => path === names[1]));
  assert.match(
    (await exported('csv')).toString(),
    /^group,kind,keep,path,width,height,bytes\r\n1,copies,(true|false),"a\.png",320,240,/u,
  );
  const parquet = await readEmbeddings(await exported('parquet'), 'parquet');
  const { model } = parquet[0] ?? {};
  assert.ok(model);
  // An .npy file has numbers only.
  const npy = await readEmbeddings(await exported('npy'), 'npy', { model });
  assert.equal(npy.length, names.length);
  assert.deepEqual(
    parquet.map(({ vector }) => vector),
    npy.map(({ vector }) => vector),
  );
  assert.deepEqual(
    parquet.map(({ id }) => id),
    names,
  );
});

test('another image can be kept, and the list says so', async () => {
  await part('group-row').first().click();
  const keepers = part('group').locator('[data-part=keep]');
  const chosen = (await keepers.nth(0).getAttribute('aria-pressed')) === 'true' ? 1 : 0;
  const path = await part('choice').nth(chosen).locator('.name').innerText();
  await part('only').nth(chosen).click();
  const rows = (await exported('csv')).toString().split('\r\n');
  const row = rows.findIndex((line) => line.includes(`"${path}"`));
  assert.match(rows[row] ?? '', /^1,copies,true,/u);
  assert.match(rows[3 - row] ?? '', /^1,copies,false,/u);
});

test('the slider says what it accepts, and marks fit it', async () => {
  await part('tune').locator('> summary').click();
  const accepted = element.locator('output');
  const says = (text: string | RegExp): Promise<void> =>
    accepted.filter({ hasText: text }).waitFor();
  const copies = await accepted.innerText();
  await element.locator('input[name=kind][value=alike]').check();
  await element.locator('[data-part=searching]').waitFor({ state: 'detached' });
  const slider = element.locator('#threshold');
  const lowest = await slider.inputValue();
  assert.ok(Number(lowest) > 0, 'it starts at the lowest score that is called similar');
  await slider.fill('100');
  // Copies stay.
  await says(copies);
  // One of the two copies stands for both among the similar ones; some pictures are variants as well.
  await slider.fill('0');
  await says(/Pairs accepted: 8 · groups: 5$/u);
  const look = (kind: string) =>
    part('group-row')
      .and(page.locator(`[data-kind=${kind}]`))
      .first()
      .click();
  await look('alike');
  await part('evidence').locator('summary').click();
  const rows = part('evidence').locator('tbody tr');
  await rows.nth(3).waitFor();
  assert.equal(await rows.count(), 4);
  await look('identical');
  const copy = rows.filter({ hasText: 'Identical' });
  await copy.getByText('Right', { exact: true }).click();
  await look('alike');
  await rows.nth(3).waitFor();
  await rows.first().getByText('Wrong', { exact: true }).click();
  await says(/Pairs accepted: 6 /u);
  await part('fit').click();
  assert.match(await part('fitted').innerText(), /Threshold .* 0% /u);
  assert.ok(Number(await slider.inputValue()) > 0);
  assert.deepEqual(await violations(page, 'likeness-folder'), []);
  await element.locator('[data-part=marks] summary').click();
  const marks = element.locator('[data-part=marks] tbody tr');
  assert.equal(await marks.count(), 2);
  await marks.getByText('Wrong', { exact: true }).nth(1).click();
  assert.equal(await marks.count(), 1, 'a mark is taken back');
  await element.locator('input[name=kind][value=alike]').uncheck();
});

test('German, while it reads and afterwards; what is dropped meanwhile is read too', async () => {
  await page.evaluate(() => {
    document.documentElement.lang = 'de';
  });
  await element.evaluate(async (node) => {
    const picture = async (shade: string): Promise<File> => {
      const canvas = new OffscreenCanvas(60, 40);
      const context = canvas.getContext('2d');
      if (context === null) throw new Error('no canvas');
      context.fillStyle = shade;
      context.fillRect(5, 5, 30, 20);
      return new File([await canvas.convertToBlob()], `${shade}.png`, { type: 'image/png' });
    };
    const drop = async (shade: string): Promise<void> => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(await picture(shade));
      const event = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
      node.shadowRoot?.querySelector('.drop')?.dispatchEvent(event);
    };
    await drop('red');
    await drop('blue');
  });
  await element.getByText('8 Bilder gelesen').waitFor();
  const text = await element.evaluate((node) => node.shadowRoot?.textContent ?? '');
  assert.match(text, /red\.png/u);
  assert.match(text, /blue\.png/u);
  assert.doesNotMatch(text, /More like this|Keep the best|Show more/u);
  assert.deepEqual(await violations(page, 'likeness-folder'), []);
});

test('arrow keys move through the map, and more like this is focused', async () => {
  await part('matrix').locator('summary').first().click();
  await element.locator('canvas').focus();
  const first = await element.locator('#cell').innerText();
  await page.keyboard.press('ArrowDown');
  assert.notEqual(await element.locator('#cell').innerText(), first);
  await element.locator('[data-part=images] [data-part=more-like]').first().press('Enter');
  await element.locator('[data-part=like]').waitFor();
  assert.equal(await element.locator('[data-part=like] [role=listitem]').count(), names.length + 1);
  assert.equal(await element.evaluate((node) => node.shadowRoot?.activeElement?.id), 'like');
});

test('a second visit knows every image, and forgets them when told to', async () => {
  await page.reload();
  await element.locator('#files').setInputFiles(files);
  await state('finished');
  assert.match(
    await element.locator('[data-part=progress]').innerText(),
    /6 images read, 6 of them known/u,
  );
  await element.locator('[data-part=forget]').click();
  await page.waitForFunction(() =>
    document
      .querySelector('likeness-folder')
      ?.shadowRoot?.textContent?.includes('0 images remembered'),
  );
});

test('pause holds, cancel ends, and what was read stays', async () => {
  await page.reload();
  // Slow ones, so that there is a reading to pause however fast the machine is.
  await page.evaluate(() => {
    const { arrayBuffer } = Blob.prototype;
    Blob.prototype.arrayBuffer = async function () {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return arrayBuffer.call(this);
    };
  });
  await element.locator('#files').setInputFiles(Array.from({ length: 20 }, () => files).flat());
  await state('reading');
  await element.locator('[data-part=pause]').click();
  await state('paused');
  await element.locator('[data-part=cancel]').click();
  await state('cancelled');
  assert.ok((await element.locator('[data-part=images] [role=listitem]').count()) < 120);
});

test('after a cancelled pause a folder with a WebP in it is read, with no room to remember it', async () => {
  await page.evaluate(() => {
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('no room', 'QuotaExceededError');
    };
  });
  const webp = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(200, 150);
    const context = canvas.getContext('2d');
    context?.fillRect(20, 20, 90, 60);
    const blob = await canvas.convertToBlob({ type: 'image/webp' });
    return [...new Uint8Array(await blob.arrayBuffer())];
  });
  mkdirSync(folder.file('album/deep'), { recursive: true });
  writeFileSync(folder.file('album/deep/one.webp'), Uint8Array.from(webp));
  writeFileSync(folder.file('album/notes.txt'), 'no picture');
  await element.locator('#folder').setInputFiles(folder.file('album'));
  await state('finished');
  const text = await element.locator('[data-part=images]').innerText();
  assert.doesNotMatch(text, /notes/u);
  // What was read before the cancel comes first; the new one is the last, and of many those in sight are drawn.
  await element.locator('[data-part=images] [role=list]').evaluate((list) => {
    list.scrollTop = list.scrollHeight;
  });
  await element.locator('[data-part=images]', { hasText: 'album/deep/one.webp' }).waitFor();
  const paths = await element.evaluate((node) => node.shadowRoot?.textContent ?? '');
  assert.doesNotMatch(paths, /one\.webp · unsupported/u);
  assert.match(paths, /no more room to remember/u);
});

test('files that come the moment a reading ends are read, too', async () => {
  const read = await page.evaluate(async () => {
    const { fileOf, placeFolder } = (window as unknown as { pictures: Pictures }).pictures;
    const folder = placeFolder();
    const [first, second] = [await fileOf(11), await fileOf(12)];
    const added = new Promise<void>((resolve, reject) => {
      new MutationObserver((_, observer) => {
        if (folder.shadowRoot?.querySelector('[data-state=finished]') == null) return;
        observer.disconnect();
        folder.add([second]).then(resolve, reject);
      }).observe(folder.shadowRoot as ShadowRoot, { attributes: true, subtree: true });
    });
    await folder.add([first]);
    await added;
    const shown = folder.shadowRoot?.querySelectorAll('[data-part=images] [role=listitem]').length;
    folder.remove();
    return shown;
  });
  assert.equal(read, 2);
});

test('strangers share no group, and a removed element forgets what it read', async () => {
  const counted = await page.evaluate(async () => {
    const { fileOf, placeFolder } = (window as unknown as { pictures: Pictures }).pictures;
    const folder = placeFolder();
    await folder.add(await Promise.all([0, 1, 2, 3, 4, 5].map((seed) => fileOf(seed))));
    await folder.updateComplete;
    const parts = (name: string) =>
      folder.shadowRoot?.querySelectorAll(`[data-part=${name}]`).length ?? -1;
    const before = { groups: parts('group'), images: parts('images') };
    folder.remove();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await folder.updateComplete;
    return { ...before, afterwards: parts('images') };
  });
  assert.deepEqual(counted, { groups: 0, images: 1, afterwards: 0 });
});

test('of copies of one size the one with more detail is suggested, whatever its file', async () => {
  const suggested = await page.evaluate(async () => {
    const { render, jpeg, placeFolder } = (window as unknown as { pictures: Pictures }).pictures;
    const drawn = render(3);
    const soft = new OffscreenCanvas(drawn.width, drawn.height);
    const context = soft.getContext('2d');
    if (context === null) throw new Error('no canvas');
    context.filter = 'blur(1.5px)';
    context.drawImage(drawn, 0, 0);
    const folder = placeFolder();
    // The soft copy is the larger file.
    await folder.add([
      { file: new File([await soft.convertToBlob()], 'soft.png'), path: 'soft.png' },
      { file: new File([await jpeg(drawn, 0.8)], 'sharp.jpg'), path: 'sharp.jpg' },
    ]);
    const kept = (): string | undefined =>
      folder.shadowRoot?.querySelector('.choice:has(.badge.good) .name')?.textContent ?? undefined;
    while (kept() !== 'sharp.jpg') await new Promise((resolve) => setTimeout(resolve, 50));
    const result = kept();
    folder.remove();
    return result;
  });
  assert.equal(suggested, 'sharp.jpg');
});

test('a turned copy is spare, a variant is shown apart and is in no script', async () => {
  const shown = await page.evaluate(async () => {
    const { render, jpeg, placeFolder } = (window as unknown as { pictures: Pictures }).pictures;
    const drawn = render(5);
    const copy = async (
      [width, height]: readonly [number, number],
      edit: (context: OffscreenCanvasRenderingContext2D) => void,
    ): Promise<Blob> => {
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext('2d');
      if (context === null) throw new Error('no canvas');
      edit(context);
      return jpeg(canvas);
    };
    const { width, height } = drawn;
    const turned = await copy([height, width], (context) => {
      context.setTransform(0, 1, -1, 0, height, 0);
      context.drawImage(drawn, 0, 0);
    });
    const stamped = await copy([width, height], (context) => {
      context.drawImage(drawn, 0, 0);
      context.fillStyle = 'black';
      context.fillRect(width * 0.6, height * 0.6, width * 0.25, height * 0.25);
    });
    const folder = placeFolder();
    await folder.add([
      { file: new File([await jpeg(drawn)], 'whole.jpg'), path: 'whole.jpg' },
      { file: new File([turned], 'turned.jpg'), path: 'turned.jpg' },
      { file: new File([stamped], 'stamped.jpg'), path: 'stamped.jpg' },
    ]);
    const find = (name: string): HTMLElement[] => [
      ...(folder.shadowRoot?.querySelectorAll<HTMLElement>(`[data-part=${name}]`) ?? []),
    ];
    while (find('group-row').length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
    const found: string[] = [];
    for (let at = 0; at < 2; at += 1) {
      find('group-row')[at]?.click();
      await folder.updateComplete;
      found.push(
        ...find('group').map(({ dataset, textContent }) => `${dataset['kind']}: ${textContent}`),
      );
    }
    find('keep-best-of-all')[0]?.click();
    let saved: Blob | undefined;
    const { createObjectURL } = URL;
    URL.createObjectURL = (blob) => {
      if (!(blob as Blob).type.startsWith('image/')) saved = blob as Blob;
      return createObjectURL(blob);
    };
    folder.shadowRoot?.querySelector<HTMLElement>('[data-export=sh]')?.click();
    while (saved === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
    URL.createObjectURL = createObjectURL;
    folder.remove();
    return { found, script: await saved.text() };
  });
  const [copies = '', variants = ''] = shown.found;
  assert.match(copies, /^near-duplicate: .*whole\.jpg.*turned\.jpg/su);
  assert.doesNotMatch(copies, /stamped\.jpg/u);
  assert.match(variants, /^variants: .*stamped\.jpg/su);
  const moves = shown.script.match(/^review .*$/gmu) ?? [];
  assert.deepEqual(
    moves.map((line) => line.replaceAll(/\d+/gu, 'SIZE')),
    ["review 'turned.jpg' SIZE 'whole.jpg' SIZE"],
  );
});

test('of a long list only what is near the eye is in the document, and has its thumbnails made', async () => {
  const images = 280;
  const seen = await page.evaluate(async (count) => {
    const { fileOf, placeFolder } = (window as unknown as { pictures: Pictures }).pictures;
    const folder = placeFolder();
    const seeds = Array.from({ length: count }, (_, seed) => seed);
    await folder.add(await Promise.all(seeds.map((seed) => fileOf(seed, 96, 72))));
    await folder.updateComplete;
    const frame = () => new Promise(requestAnimationFrame);
    const list = folder.shadowRoot?.querySelector<HTMLElement>('.all');
    if (list === null || list === undefined) throw new Error('no list of images');
    list.scrollIntoView();
    const tiles = () => [...list.querySelectorAll('.tile')];
    const drawn = () => tiles().every((tile) => tile.querySelector('img[src^=blob]') !== null);
    while (tiles().length === 0 || !drawn()) await frame();

    // Nothing is drawn until all has been scrolled past.
    let asked = 0;
    let open = (): void => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { createImageBitmap } = window;
    const held = async (image: ImageBitmapSource, options?: ImageBitmapOptions) => {
      asked += 1;
      await opened;
      return createImageBitmap(image, options);
    };
    Object.assign(window, { createImageBitmap: held });
    const names = new Set<string>();
    let farthest = 0;
    for (let top = 0; top < list.scrollHeight; top += 250) {
      list.scrollTop = top;
      await frame();
      await frame();
      const { bottom } = list.getBoundingClientRect();
      for (const tile of tiles()) {
        names.add(tile.querySelector('.name')?.textContent ?? '');
        farthest = Math.max(farthest, tile.getBoundingClientRect().top - bottom);
      }
    }
    open();
    while (!drawn()) await frame();
    Object.assign(window, { createImageBitmap });
    folder.remove();
    return { asked, passed: names.size, farthest };
  }, images);
  assert.equal(seen.passed, images);
  assert.ok(seen.farthest < 700, `a tile ${seen.farthest} px below what is in sight`);
  assert.ok(seen.asked < 200, `${seen.asked} thumbnails made`);
});

test('the page with a folder of photographs, at any width, light and dark', async () => {
  await using site = await openPage({ path: '#view=folder' });
  const shown = site.page.locator('likeness-folder');
  await shown.evaluate(addSamples);
  await shown.locator('[data-part=progress][data-state=finished]').waitFor();
  await shown.locator('[data-part=evidence] summary').first().click();
  await shown
    .locator('[data-part=evidence] tbody')
    .getByText('Right', { exact: true })
    .first()
    .click();
  await shown.locator('[data-part=images] [data-part=more-like]').last().click();
  await shown.locator('[data-part=like]').waitFor();
  await site.page.waitForLoadState('networkidle');
  for (const [width, colorScheme] of [
    [320, 'light'],
    [320, 'dark'],
    [800, 'light'],
    [1600, 'light'],
    [1600, 'dark'],
  ] as const) {
    await site.page.setViewportSize({ width, height: 1000 });
    await site.page.emulateMedia({ colorScheme });
    const overflow = await site.page.evaluate(
      () => document.documentElement.scrollWidth - innerWidth,
    );
    assert.ok(overflow <= 0, `${overflow} px too wide at ${width}`);
    await screenshot(site.page, `folder-photographs-${width}-${colorScheme}`);
    assert.deepEqual(await violations(site.page, 'likeness-folder'), []);
  }
  await site.page.emulateMedia({ colorScheme: 'light', forcedColors: 'active' });
  await screenshot(site.page, 'folder-photographs-forced');
  assert.deepEqual(site.problems, []);
});

test('the settings of the page count for a folder, and a change of them reads it again', async () => {
  await using site = await openPage({ path: '#view=folder&model=mobilenetv2' });
  await site.page.route('**/mobilenetv2.onnx*', (route) => route.fulfill({ status: 404 }));
  const shown = site.page.locator('likeness-folder');
  await shown.evaluate(addSamples);
  assert.match(await shown.getByRole('alert').innerText(), /model/u);
  await site.page.evaluate(() => {
    location.hash = 'view=folder&model=mobilenetv2-lite';
  });
  await shown.getByText('19 images read').waitFor();
  assert.equal(await shown.getByRole('alert').count(), 0);
});

/** Adds the page's sample pictures, parts of them as further pictures, and edited copies. */
async function addSamples(node: Element): Promise<void> {
  type Edit = (context: OffscreenCanvasRenderingContext2D, picture: ImageBitmap) => void;
  const files: { file: File; path: string }[] = [];
  const put = async (
    path: string,
    picture: ImageBitmap,
    [width, height]: readonly [number, number],
    edit: Edit,
  ): Promise<void> => {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('no canvas');
    edit(context, picture);
    const file = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
    files.push({ file: new File([file], path, { type: 'image/jpeg' }), path });
  };
  for (const name of ['fruit', 'fruit-copy', 'other-fruit', 'sea']) {
    const blob = await (await fetch(`samples/${name}.jpg`)).blob();
    const path = `holiday/${name}.jpg`;
    files.push({ file: new File([blob], path, { type: 'image/jpeg' }), path });
    if (name === 'fruit-copy') continue;
    const picture = await createImageBitmap(blob);
    const { width, height } = picture;
    await put(
      `mail/a rather long name of a file with ${name}, made smaller.jpg`,
      picture,
      [200, 150],
      (into) => into.drawImage(picture, 0, 0, 200, 150),
    );
    await put(`mirrored/${name}.jpg`, picture, [width, height], (into) => {
      into.setTransform(-1, 0, 0, 1, width, 0);
      into.drawImage(picture, 0, 0);
    });
    await put(`soft/${name}.jpg`, picture, [width, height], (into) => {
      into.filter = 'blur(1px)';
      into.drawImage(picture, 0, 0);
    });
    for (const [part, x, y] of [
      ['left', 0, 0.3],
      ['right', 0.5, 0.2],
    ] as const) {
      await put(`parts/${name} ${part}.jpg`, picture, [200, 200], (into) =>
        into.drawImage(picture, x * width, y * height, width / 2, height / 1.5, 0, 0, 200, 200),
      );
    }
  }
  files.push({ file: new File(['no picture'], 'letter.heic'), path: 'mail/letter.heic' });
  const folder = node as HTMLElement & { add(added: typeof files): Promise<void> };
  await folder.add(files);
}
