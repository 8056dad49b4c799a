/** JPEG XL and HEIC in Node, with @jsquash/jxl and libheif-js beside the package. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createLikeness, type Likeness, type LikenessOptions } from 'image-likeness';
import { PackageBeside } from '../../scripts/lib/package-beside.mjs';
import { mirrorPixels } from '../support/edit.js';
import { readJpeg, withOrientation } from '../support/jpeg.js';
import { testPixels } from '../support/pixels.js';
import { samplePixels } from '../support/samples.js';

const beside = new PackageBeside('@jsquash/jxl', 'libheif-js');
after(() => beside[Symbol.dispose]());

let likeness: Likeness;
before(async () => {
  likeness = await create();
});
after(() => likeness.dispose());

async function create(options: LikenessOptions = {}): Promise<Likeness> {
  return (await beside.load()).createLikeness(options);
}

/** One level of 255, as the model's input has it: divided by the smallest deviation. */
const LEVEL = 1 / 255 / 0.224;

/** How far two pictures are from each other as the model sees them, in levels: at most, and in the mean. */
async function levelsBetween(a: Uint8Array | ImageData, b: Uint8Array | ImageData) {
  const [first, second] = [await likeness.preprocess(a), await likeness.preprocess(b)];
  assert.deepEqual(first.dims, second.dims);
  const levels = [...first.data].map(
    (value, at) => Math.abs(value - (second.data[at] ?? 0)) / LEVEL,
  );
  const sum = levels.reduce((total, level) => total + level);
  return { most: Math.max(...levels), mean: sum / levels.length };
}

const data = (name: string): Buffer => readFileSync(`tests/data/${name}`);

interface JxlEncoder {
  encode(data: Uint8ClampedArray, width: number, height: number, options: object): Uint8Array;
}

const { resolve: find } = createRequire(resolve('tests/package.json'));

/** The encoder of @jsquash/jxl. */
async function jxlEncoder(): Promise<JxlEncoder> {
  const load = (file: string) => import(pathToFileURL(find(`@jsquash/jxl/${file}`)).href);
  const [{ default: create }, { defaultOptions }] = await Promise.all([
    load('codec/enc/jxl_enc.js'),
    load('meta.js'),
  ]);
  const wasmBinary = readFileSync(find('@jsquash/jxl/codec/enc/jxl_enc.wasm'));
  const { encode } = (await create({ noInitialRun: true, wasmBinary })) as JxlEncoder;
  return {
    encode: (pixels, width, height, options) =>
      encode(pixels, width, height, {
        ...defaultOptions,
        lossless: true,
        quality: 100,
        ...options,
      }),
  };
}

async function jxlFile({ data: pixels, width, height }: ImageData, options = {}) {
  const { encode } = await jxlEncoder();
  return encode(pixels, width, height, options);
}

/** A HEIC file whose item is turned or mirrored, which takes the place of what it says of its bits (`pixi`). */
function turnedHeic(property: 'irot' | 'imir', value: number): Buffer {
  const file = data('tiny.heic');
  const name = file.indexOf('pixi');
  file.write(property, name);
  return file.fill(0, name + 4, name + 12).fill(value, name + 4, name + 5);
}

/** The pixels of a picture after `turn` quarter turns counterclockwise, as HEIF counts them. */
function turned({ data: pixels, width, height }: ImageData, turn: number): ImageData {
  const size = turn % 2 === 1 ? { width: height, height: width } : { width, height };
  const found = new Uint8ClampedArray(pixels.length);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const places = [
        [x, y],
        [y, width - 1 - x],
        [width - 1 - x, height - 1 - y],
        [height - 1 - y, x],
      ] as const;
      const [left, top] = places[turn] ?? [0, 0];
      const from = 4 * (y * width + x);
      found.set(pixels.subarray(from, from + 4), 4 * (top * size.width + left));
    }
  }
  return { ...size, data: found } as ImageData;
}

test('a file that needs a decoder names the command that installs it', async () => {
  await using plain = await createLikeness();
  for (const [name, words] of [
    ['tiny.jxl', /^JPEG XL is not decoded here: .*: npm install @jsquash\/jxl$/],
    ['tiny.heic', /^HEIC is not decoded here: .*: npm install libheif-js$/],
  ] as const) {
    const refused = { code: 'unsupported-format', message: words };
    await assert.rejects(plain.embed(data(name)), refused);
    await using core = await create({ pixelRoad: 'core' });
    await assert.rejects(core.embed(data(name)), { code: 'unsupported-format' });
  }
});

test('JPEG XL is read: without loss, with loss, with alpha, turned, and in boxes', async () => {
  const [opaque, clear] = [testPixels(64, 48), testPixels(64, 48)];
  for (let at = 3; at < clear.data.length; at += 4) clear.data[at] = 55 + (at % 200);
  // Its conversion of colours is a level off at most; so is what is blended.
  assert.ok((await levelsBetween(await jxlFile(opaque), opaque)).most < 1.1);
  assert.ok((await levelsBetween(await jxlFile(clear), clear)).most < 2.1);
  const fruit = samplePixels('fruit');
  const lossy = await jxlFile(fruit, { lossless: false, quality: 90, effort: 3 });
  assert.equal((await likeness.compare(lossy, fruit)).verdict, 'near-duplicate');
  const turned = withOrientation(data('baseline.jpg'), 6);
  assert.ok((await levelsBetween(data('turned.jxl'), turned)).most < 4);
  const codestream = Buffer.from(data('tiny.jxl'));
  const box = (type: string, content: Uint8Array) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(8 + content.length);
    head.write(type, 4, 'latin1');
    return Buffer.concat([head, content]);
  };
  const boxes = Buffer.concat([
    box('JXL ', Buffer.from('\r\n\x87\n', 'latin1')),
    box('ftyp', Buffer.from('jxl \0\0\0\0jxl ', 'latin1')),
    box('jxlp', Buffer.concat([Buffer.of(0, 0, 0, 0), codestream.subarray(0, 5)])),
    box('jxlp', Buffer.concat([Buffer.of(0x80, 0, 0, 1), codestream.subarray(5)])),
  ]);
  assert.equal((await likeness.compare(boxes, codestream)).verdict, 'identical');
  assert.ok((await levelsBetween(codestream, data('baseline.png'))).mean < 5);
});

test('HEIC is read: with loss, with alpha, and with colours that were multiplied by it', async () => {
  assert.ok((await levelsBetween(data('clear.heic'), data('clear.png'))).most < 1.1);
  // A level of the multiplied colour is up to 255 / 55 levels of the colour, and one of what is seen.
  assert.ok((await levelsBetween(data('multiplied.heic'), data('clear.png'))).most < 2);
  const { verdict } = await likeness.compare(data('tiny.heic'), data('baseline.png'));
  assert.equal(verdict, 'near-duplicate');
});

test('HEIC is turned and mirrored as its item says', async () => {
  const picture = readJpeg('tests/data/baseline.jpg');
  for (const turn of [0, 1, 2, 3]) {
    const file = turnedHeic('irot', turn);
    // Half a pixel of colour moves in where the last one has no neighbour.
    assert.ok((await levelsBetween(file, turned(picture, turn))).mean < 3, `${turn}`);
    assert.ok((await levelsBetween(file, turned(picture, turn ^ 2))).mean > 100, `${turn}`);
  }
  const mirrored = turnedHeic('imir', 1);
  assert.ok((await levelsBetween(mirrored, mirrorPixels(picture))).mean < 3);
});

test('limits are kept before pixels are decoded', async () => {
  // The HEIC consists of one tile, which is larger than the picture.
  for (const [name, pixels] of [
    ['tiny.jxl', 45 * 31],
    ['tiny.heic', 64 * 64],
  ] as const) {
    await using strict = await create({ limits: { maxPixels: pixels - 1 } });
    await assert.rejects(strict.embed(data(name)), { code: 'image-too-large' }, name);
    await using exact = await create({ limits: { maxPixels: pixels } });
    const { fingerprint } = await exact.embed(data(name));
    assert.deepEqual([fingerprint?.width, fingerprint?.height], [45, 31], name);
  }
  // Nothing but a header.
  const bomb = Buffer.from([0xff, 0x0a, 0xfe, 0xff, 0xff, 0xff, 0x03, 0, 0, 0, 0, 0]);
  await assert.rejects(likeness.embed(bomb), { code: 'image-too-large' });
});

test('a damaged file is refused, and the next one read', async () => {
  for (const [name, format] of [
    ['tiny.jxl', 'JPEG XL'],
    ['tiny.heic', 'HEIC'],
  ] as const) {
    const file = data(name);
    const message = new RegExp(`^The ${format} could not be decoded \\(.+\\): save`);
    for (const part of [0.4, 0.9]) {
      const cut = file.subarray(0, file.length * part);
      await assert.rejects(likeness.embed(cut), { code: 'corrupt-image', message }, `${part}`);
    }
    const noise = Buffer.from(file).fill(0x5a, Math.floor(file.length * 0.6));
    await likeness.embed(noise).catch(({ code }) => assert.equal(code, 'corrupt-image'));
    assert.equal((await likeness.embed(file)).fingerprint?.width, 45);
  }
});

test('a JPEG XL that is too large for its decoder is told from a damaged one', async () => {
  const refused = { code: 'out-of-memory', message: /^The JPEG XL is too large for its decoder/ };
  await assert.rejects(likeness.embed(data('large.jxl')), refused);
  assert.equal((await likeness.embed(data('tiny.jxl'))).fingerprint?.width, 45);
});

test('pixels are the same again, in worker threads too, and no global is left behind', async () => {
  await using workers = await create({ workers: 1 });
  const before = Reflect.ownKeys(globalThis);
  for (const name of ['tiny.jxl', 'tiny.heic', 'clear.heic']) {
    const file = data(name);
    const first = await likeness.embed(file);
    const again = [likeness.embed(file), likeness.embed(file), workers.embed(file)];
    for (const { vector, fingerprint } of await Promise.all(again)) {
      assert.deepEqual(vector, first.vector, name);
      assert.equal(fingerprint?.digest, first.fingerprint?.digest, name);
    }
  }
  assert.deepEqual(Reflect.ownKeys(globalThis), before);
});

test('where a decoder is broken, the error says so', async () => {
  const folder = mkdtempSync(resolve('build/broken-decoder-'));
  after(() => rmSync(folder, { recursive: true }));
  mkdirSync(`${folder}/libheif-wasm`);
  writeFileSync(`${folder}/package.json`, '{"name":"libheif-js"}');
  writeFileSync(`${folder}/libheif-wasm/libheif.js`, 'throw new Error("half a file");');
  writeFileSync(`${folder}/libheif-wasm/libheif.wasm`, '');
  using broken = new PackageBeside();
  broken.put('libheif-js', folder);
  await using other = await (await broken.load()).createLikeness();
  const message = /could not be loaded: half a file\): npm install libheif-js$/;
  await assert.rejects(other.embed(data('tiny.heic')), { code: 'unsupported-format', message });
});
