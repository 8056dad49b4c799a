/** Node with sharp beside the package, and without it. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { createLikeness, type Likeness, type LikenessOptions } from 'image-likeness';
import sharp, { type Sharp } from 'sharp';
import { PackageBeside } from '../../scripts/lib/package-beside.mjs';
import { withOrientation, writeJpeg } from '../support/jpeg.js';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';

const beside = new PackageBeside('sharp');
after(() => beside[Symbol.dispose]());

let withSharp: Likeness;
before(async () => {
  withSharp = await create();
});
after(() => withSharp.dispose());

async function create(options: LikenessOptions = {}): Promise<Likeness> {
  return (await beside.load()).createLikeness(options);
}

/** A picture as sharp takes it. */
function drawn(width: number, height: number) {
  const { data } = testPixels(width, height);
  const raw = { width, height, channels: 4 } as const;
  return sharp(Buffer.from(data), { raw }).removeAlpha();
}

const cmyk = readFileSync('tests/data/cmyk.jpg');
const arithmetic = readFileSync('tests/data/arithmetic.jpg');

const FORMATS = {
  JPEG: (image: Sharp) => image.jpeg(),
  WebP: (image: Sharp) => image.webp(),
  AVIF: (image: Sharp) => image.avif({ effort: 0 }),
  TIFF: (image: Sharp) => image.tiff({ compression: 'none' }),
};

test('a file that needs sharp names the command that installs it', async () => {
  await using plain = await createLikeness();
  const { JPEG: _, ...others } = FORMATS;
  const files = Object.entries(others).map(async ([name, write]) => {
    return [name, await write(drawn(30, 20)).toBuffer()] as const;
  });
  const all = [...(await Promise.all(files)), ['CMYK', cmyk], ['arithmetic', arithmetic]] as const;
  for (const [name, file] of all) {
    await assert.rejects(plain.embed(file), (error: Error & { code: string }) => {
      assert.equal(error.code, 'unsupported-format', name);
      assert.match(error.message, new RegExp(`${name}.*: npm install sharp$`));
      return true;
    });
  }
});

test('what the prebuilt sharp lacks, other packages have', async () => {
  for (const [name, other] of [
    ['tiny.heic', 'libheif-js'],
    ['tiny.jxl', '@jsquash/jxl'],
  ] as const) {
    const message = new RegExp(`: npm install ${other}$`);
    const file = readFileSync(`tests/data/${name}`);
    await assert.rejects(withSharp.embed(file), { code: 'unsupported-format', message });
    using all = new PackageBeside('sharp', other);
    await using both = await (await all.load()).createLikeness();
    assert.equal((await both.embed(file)).fingerprint?.width, 45);
  }
});

test('a JPEG has the pixels that libjpeg gives it in Pillow', async () => {
  for (const name of ['baseline', 'subsampled', 'progressive', 'grey']) {
    const jpeg = await withSharp.embed(readFileSync(`tests/data/${name}.jpg`));
    const png = await withSharp.embed(readFileSync(`tests/data/${name}.png`));
    assert.equal(jpeg.fingerprint?.digest, png.fingerprint?.digest, name);
  }
  const [a, b] = [arithmetic, readFileSync('tests/data/subsampled.png')];
  assert.equal((await withSharp.compare(a, b)).verdict, 'identical');
});

test('pixels are the same again, and in worker threads', async () => {
  await using workers = await create({ workers: 1 });
  for (const [name, write] of Object.entries(FORMATS)) {
    const file = await write(drawn(120, 80)).toBuffer();
    const first = await withSharp.embed(file);
    for (const likeness of [withSharp, workers]) {
      const again = await likeness.embed(file);
      assert.deepEqual(again.vector, first.vector, name);
      assert.equal(again.fingerprint?.digest, first.fingerprint?.digest, name);
    }
  }
});

test('pixels are turned upright as the core turns them, in drafts too', async () => {
  await using core = await create({ pixelRoad: 'core' });
  const small = writeJpeg(testPixels(64, 40), 95);
  const large = await drawn(3200, 320).jpeg({ quality: 95 }).toBuffer();
  for (let orientation = 1; orientation <= 8; orientation += 1) {
    const [turned, wide] = [small, large].map((file) => withOrientation(file, orientation));
    assert.ok(turned !== undefined && wide !== undefined);
    const expected = await core.preprocess(turned);
    const found = await withSharp.preprocess(turned);
    assert.deepEqual(found.dims, expected.dims);
    found.data.forEach((value, at) => {
      assert.ok(Math.abs(value - (expected.data[at] ?? 0)) <= 3 / 255 / 0.224);
    });
    const draft = await withSharp.embed(wide, { draft: true });
    const whole = await withSharp.embed(wide);
    assert.equal(draft.draft, true);
    assert.equal(draft.fingerprint?.width, whole.fingerprint?.width);
    assert.equal(draft.fingerprint?.height, whole.fingerprint?.height);
    const { cosine } = await withSharp.similarity(draft, whole);
    assert.ok(cosine > 0.99, `orientation ${orientation}: ${cosine}`);
  }
});

test('limits are kept before pixels are decoded', async () => {
  await using strict = await create({ limits: { maxPixels: 500, maxSide: 40 } });
  const refused = { code: 'image-too-large' };
  for (const [name, write] of Object.entries(FORMATS)) {
    const image = (width: number, height: number) => write(drawn(width, height)).toBuffer();
    await assert.rejects(strict.embed(await image(30, 20)), refused, name);
    await assert.rejects(strict.embed(await image(50, 2)), refused, name);
    assert.equal((await strict.embed(await image(20, 20))).fingerprint?.width, 20, name);
  }
});

test('a file that is cut off is refused, and the next one read', async () => {
  for (const [name, write] of Object.entries(FORMATS)) {
    const file = await write(drawn(200, 150)).toBuffer();
    for (const part of [0.5, 0.9]) {
      const cut = file.subarray(0, file.length * part);
      const refused = { code: 'corrupt-image', message: new RegExp(`${name}.*save`) };
      await assert.rejects(withSharp.embed(cut), refused, `${name}, ${part}`);
    }
    assert.equal((await withSharp.embed(file)).fingerprint?.width, 200);
  }
});

test('drafts are made of large JPEG files alone, and never of a part of one', async () => {
  const large = await drawn(3200, 320).jpeg().toBuffer();
  assert.equal((await withSharp.embed(large, { draft: true })).draft, true);
  const region = { x: 0, y: 0, width: 3200, height: 320 };
  const whole = await withSharp.embed(large);
  const part = await withSharp.embed(large, { draft: true, region });
  assert.equal(part.draft, undefined);
  assert.equal(part.fingerprint?.digest, whole.fingerprint?.digest);
  const png = writePng(testPixels(3200, 320));
  assert.equal((await withSharp.embed(png, { draft: true })).draft, undefined);
  assert.equal((await withSharp.embed(cmyk, { draft: true })).draft, undefined);
  const detail = await withSharp.detail(large, { draft: true });
  const expected = await withSharp.detail(large);
  assert.deepEqual([detail.width, detail.height], [3200, 320]);
  assert.deepEqual(detail.pixels, expected.pixels);
});

test('where sharp is broken, the core reads what it can, and the error says why it had to', async () => {
  const folder = mkdtempSync(resolve('build/broken-sharp-'));
  after(() => rmSync(folder, { recursive: true }));
  mkdirSync(`${folder}/lib`);
  writeFileSync(`${folder}/package.json`, '{"name":"sharp","main":"lib/index.js"}');
  writeFileSync(
    `${folder}/lib/index.js`,
    'throw new Error("no binary for this machine\\nat all");',
  );
  using broken = new PackageBeside();
  broken.put('sharp', folder);
  await using likeness = await (await broken.load()).createLikeness();
  const { fingerprint } = await likeness.embed(readFileSync('tests/data/baseline.jpg'));
  assert.equal(fingerprint?.width, 45);
  const webp = await FORMATS.WebP(drawn(30, 20)).toBuffer();
  const message = /could not be loaded: no binary for this machine\): npm install sharp$/;
  await assert.rejects(likeness.embed(webp), { code: 'unsupported-format', message });
});
