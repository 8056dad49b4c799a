/** Every kind of file is the same image in the page, in Node, with and without other decoders, and in an `<img>`. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { createLikeness, type Likeness, type LikenessError } from 'image-likeness';
import sharp, { type Sharp } from 'sharp';
import { bmpFile, type BmpSpec } from '../support/bmp.js';
import { openPage } from '../support/browser.js';
import { gifFile, type GifSpec } from '../support/gif.js';
import { withOrientation, writeJpeg } from '../support/jpeg.js';
import { testPixels } from '../support/pixels.js';
import { type PngHeader, pngFile } from '../support/png.js';
import { PackageBeside } from '../../scripts/lib/package-beside.mjs';

/** Sides of all pictures: rows of whole words in a BMP, whatever the number of bits. */
const WIDTH = 32;
const HEIGHT = 12;

/** Red, green and blue of each index. */
const PALETTE = [200, 30, 40, 20, 180, 60, 250, 240, 230, 10, 20, 90];
const RGB = [0, 1, 2, 3].map((index) => PALETTE.slice(3 * index, 3 * index + 3));
const BGR0 = RGB.flatMap(([r = 0, g = 0, b = 0]) => [b, g, r, 0]);

/** The picture, which looks different whichever way it is turned: an index below 4 a pixel. */
const INDICES = Array.from({ length: WIDTH * HEIGHT }, (_, at) => {
  const x = at % WIDTH;
  const y = Math.floor(at / WIDTH);
  return y < 4 ? 2 : x < 8 ? 0 : x + 2 * y < 40 ? 1 : 3;
});

/** Rows of indices of so many bits, the first one uppermost; the bottom row first. */
function packedRows(bits: number): Buffer {
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  const rows = Array.from({ length: HEIGHT }, (_, y) =>
    Array.from({ length: WIDTH / perByte }, (_, byte) => {
      const start = y * WIDTH + byte * perByte;
      return INDICES.slice(start, start + perByte).reduce<number>(
        (sum, index) => sum * 2 ** bits + (index & mask),
        0,
      );
    }),
  );
  return Buffer.from(rows.reverse().flat());
}

/** The picture from the bottom up, `pixel` giving the bytes of an index. */
function rowsFromBottom(pixel: (index: number) => readonly number[]): Buffer {
  const rows = Array.from({ length: HEIGHT }, (_, y) =>
    INDICES.slice(y * WIDTH, (y + 1) * WIDTH).flatMap(pixel),
  );
  return Buffer.from(rows.reverse().flat());
}

const words = (value: number, bytes: number) =>
  Array.from({ length: bytes }, (_, byte) => (value >>> (8 * byte)) & 0xff);

function bmp(spec: Omit<BmpSpec, 'width' | 'height'>, rows: Uint8Array): Buffer {
  return bmpFile({ width: WIDTH, height: HEIGHT, ...spec }, rows);
}

/** Blue, green, red and a fourth byte, which some headers take for alpha. */
const fourBytes = rowsFromBottom((index) => {
  const [r = 0, g = 0, b = 0] = RGB[index] ?? [];
  return [b, g, r, [0, 255, 128, 255][index] ?? 0];
});
const MASKS = [0xff0000, 0xff00, 0xff, 0xff000000];

/** The picture in fields of so many bits: red, green, blue, alpha from the top down. */
function fields(bytes: 2 | 4, widths: readonly number[]): { masks: number[]; rows: Buffer } {
  const total = widths.reduce((sum, width) => sum + width, 0);
  const shifts = widths.map((_, place) =>
    widths.slice(place).reduce((sum, width) => sum + width, 0),
  );
  const masks = widths.map(
    (width, place) => (2 ** width - 1) * 2 ** ((shifts[place] ?? total) - width),
  );
  const rows = rowsFromBottom((index) => {
    const channels = [...(RGB[index] ?? []), [255, 90, 255, 0][index] ?? 0];
    const value = widths.reduce(
      (sum, width, place) =>
        sum * 2 ** width + Math.round(((channels[place] ?? 0) * (2 ** width - 1)) / 255),
      0,
    );
    return words(value, bytes);
  });
  return { masks, rows };
}

function bitFields(bytes: 2 | 4, header: number, widths: readonly number[]): Buffer {
  const { masks, rows } = fields(bytes, widths);
  return bmp({ bits: 8 * bytes, header, compression: 3, masks }, rows);
}

/** The picture in runs, one a row and index: no index comes twice in a row. */
function runs(bits: 4 | 8): Buffer {
  const rows = Array.from({ length: HEIGHT }, (_, y) => {
    const row = INDICES.slice(y * WIDTH, (y + 1) * WIDTH);
    const order = row.filter((index, x) => row.indexOf(index) === x);
    const coded = order.flatMap((index) => {
      const length = row.filter((one) => one === index).length;
      return [length, bits === 8 ? index : index * 17];
    });
    return [...coded, 0, 0];
  });
  const data = Buffer.from([...rows.reverse().flat(), 0, 1]);
  return bmp({ bits, compression: bits === 8 ? 1 : 2, palette: BGR0 }, data);
}

/** Scanlines of a PNG, without filters. */
function scanlines(pixel: (index: number) => readonly number[]): Buffer {
  return Buffer.from(
    Array.from({ length: HEIGHT }, (_, y) => [
      0,
      ...INDICES.slice(y * WIDTH, (y + 1) * WIDTH).flatMap(pixel),
    ]).flat(),
  );
}

type Chunk = readonly [type: string, body: Buffer];

function png(
  header: Omit<PngHeader, 'width' | 'height'>,
  pixel: (index: number) => readonly number[],
  before: readonly Chunk[] = [],
  behind: readonly Chunk[] = [],
): Buffer {
  const data: Chunk = ['IDAT', deflateSync(scanlines(pixel))];
  return pngFile({ width: WIDTH, height: HEIGHT, ...header }, [...before, data, ...behind]);
}

const colour = (index: number) => RGB[index] ?? [];
const plte: Chunk = ['PLTE', Buffer.from(PALETTE)];
/** An EXIF orientation of 6: a quarter turn. */
const exif: Chunk = [
  'eXIf',
  Buffer.from('4d4d002a0000000800010112000300000001000600000000000000', 'hex'),
];

function numbers(...values: readonly number[]): Buffer {
  return Buffer.from(values.flatMap((value) => words(value, 4).reverse()));
}

/**
 * An animation whose one frame is the picture, in the lower right corner of one that may be larger;
 * the default image is all of one colour.
 */
function animation(right: number, down: number): Buffer {
  const width = WIDTH + right;
  const height = HEIGHT + down;
  const still = Buffer.alloc((1 + 3 * width) * height);
  const control = Buffer.from([0, 10, 0, 1, 0, 0]);
  return pngFile({ width, height, colourType: 2 }, [
    ['acTL', numbers(1, 0)],
    ['IDAT', deflateSync(still)],
    ['fcTL', Buffer.concat([numbers(0, WIDTH, HEIGHT, right, down), control])],
    ['fdAT', Buffer.concat([numbers(1), deflateSync(scanlines(colour))])],
  ]);
}

function gif(spec: Partial<GifSpec>): Buffer {
  const place: GifSpec = { screen: [WIDTH, HEIGHT], frame: [0, 0, WIDTH, HEIGHT] };
  return gifFile({ ...place, ...spec }, PALETTE, INDICES);
}

const jpeg = writeJpeg(testPixels(48, 40), 95);

/** The JPEG with its components called R, G and B; it says by JFIF that they are YCbCr. */
function renamed(): Buffer {
  const file = Buffer.from(jpeg);
  const frame = file.indexOf(Buffer.of(0xff, 0xc0));
  const scan = file.indexOf(Buffer.of(0xff, 0xda));
  for (const [place, letter] of [...'RGB'].entries()) {
    file.write(letter, frame + 10 + 3 * place, 'latin1');
    file.write(letter, scan + 5 + 2 * place, 'latin1');
  }
  return file;
}

const film = Buffer.from([0xff, 0xc4, 0xff, 0xff, ...new Array<number>(300).fill(255)]);
const palette = BGR0;

const COLUMNS = ['img', 'page', 'node', 'beside'] as const;

/** Who reads a file: an `<img>`, the package in a page, in Node, and in Node with all decoders beside it. */
type Column = (typeof COLUMNS)[number];

/** RGBA. */
interface Content {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** A file, and who does not see what an `<img>` shows, for which reason. */
interface Kind {
  readonly file: Uint8Array;
  readonly reasons: Readonly<Partial<Record<Column, string>>>;
  /** What is in it, where no `<img>` shows that. */
  readonly content?: Content;
  /** The media type without which an `<img>` does not show it. */
  readonly type?: string;
}

/** Files that all four read. */
const READ_BY_ALL: Readonly<Record<string, Uint8Array>> = {
  'BMP, 1 bit': bmp({ bits: 1, palette: palette.slice(0, 8) }, packedRows(1)),
  'BMP, 2 bits': bmp({ bits: 2, palette }, packedRows(2)),
  'BMP, 4 bits': bmp({ bits: 4, palette }, packedRows(4)),
  'BMP, 8 bits': bmp({ bits: 8, palette }, packedRows(8)),
  'BMP, 8 bits, a gap': bmp({ bits: 8, palette, gap: 50 }, packedRows(8)),
  'BMP, 8 bits, V5': bmp({ bits: 8, palette, header: 124 }, packedRows(8)),
  'BMP, OS/2 2.x': bmp({ bits: 8, palette, header: 64 }, packedRows(8)),
  'BMP, RLE8': runs(8),
  'BMP, RLE4': runs(4),
  'BMP, 24 bits': bmp(
    { bits: 24 },
    rowsFromBottom((index) => [...colour(index)].reverse()),
  ),
  'BMP, 32 bits': bmp({ bits: 32 }, fourBytes),
  'BMP, 32 bits, V3': bmp({ bits: 32, header: 56, masks: MASKS }, fourBytes),
  'BMP, 32 bits, V3, alpha': bmp({ bits: 32, header: 56, compression: 3, masks: MASKS }, fourBytes),
  'BMP, 32 bits, V4, alpha': bmp({ bits: 32, header: 108, masks: MASKS }, fourBytes),
  'BMP, 32 bits, alpha behind the header': bmp(
    { bits: 32, compression: 6, masks: MASKS },
    fourBytes,
  ),
  'BMP, 5, 5 and 5 bits': bitFields(2, 40, [5, 5, 5]),
  'BMP, 5, 6 and 5 bits': bitFields(2, 40, [5, 6, 5]),
  'BMP, 4 bits each, alpha': bitFields(2, 56, [4, 4, 4, 4]),
  'BMP, 10 bits each': bitFields(4, 40, [10, 10, 10]),
  GIF: gif({}),
  'GIF, transparent': gif({ transparent: 1 }),
  'GIF, a small frame, another background': gif({
    screen: [WIDTH + 9, HEIGHT + 7],
    frame: [4, 5, WIDTH, HEIGHT],
    background: 3,
    transparent: 1,
  }),
  'GIF, a frame beyond the screen': gif({ screen: [20, 9], frame: [3, 2, WIDTH, HEIGHT] }),
  'GIF, no screen': gif({ screen: [0, 0] }),
  'PNG, RGB': png({ colourType: 2 }, colour),
  'PNG, RGBA': png({}, (index) => [...colour(index), [0, 255, 128, 255][index] ?? 0]),
  'PNG, grey': png({ colourType: 0 }, (index) => [index * 80]),
  'PNG, grey and alpha': png({ colourType: 4 }, (index) => [index * 80, 255 - index * 60]),
  'PNG, palette': png({ colourType: 3 }, (index) => [index], [plte]),
  'PNG, palette, transparent': png({ colourType: 3 }, (index) => [index], [
    plte,
    ['tRNS', Buffer.of(255, 100)],
  ]),
  'PNG, 16 bits': png({ colourType: 2, depth: 16 }, (index) =>
    colour(index).flatMap((value) => [value, value]),
  ),
  'PNG, turned': png({ colourType: 2 }, colour, [exif]),
  'PNG, turned behind its data': png({ colourType: 2 }, colour, [], [exif]),
  'PNG, animated behind its data': animation(0, 0),
  'PNG, animated behind its data, a small frame': animation(6, 4),
  JPEG: jpeg,
  'JPEG, turned': withOrientation(jpeg, 6),
  'JPEG, components called R, G and B': renamed(),
  'JPEG, a film behind it': Buffer.concat([jpeg, film]),
  'JPEG, another one behind it': Buffer.concat([jpeg, readFileSync('tests/data/baseline.jpg')]),
  'JPEG, progressive': readFileSync('tests/data/progressive.jpg'),
  'JPEG, grey': readFileSync('tests/data/grey.jpg'),
};

/** The picture as RGBA, more and more opaque from the left to the right where it is to have alpha. */
function rgba(alpha: boolean): Uint8ClampedArray {
  return Uint8ClampedArray.from(
    INDICES.flatMap((index, at) => [...colour(index), alpha ? 8 * (at % WIDTH) : 255]),
  );
}

const drawn = rgba(false);
const size = { width: WIDTH, height: HEIGHT } as const;

/** The picture, and pictures below it if there are to be several frames, for sharp to write. */
function picture(pixels = drawn, frames = 1): Sharp {
  const raw = { width: WIDTH, height: HEIGHT * frames, channels: 4, pageHeight: HEIGHT } as const;
  const all = Array.from({ length: frames }, (_, frame) =>
    Buffer.from(pixels.map((level, at) => (at % 4 === 3 ? level : (level + 90 * frame) % 256))),
  );
  return sharp(Buffer.concat(all), { raw });
}

const NEEDS_SHARP = { node: 'needs sharp' };
const NO_TIFF = { ...everyone('Chromium has no decoder', ['img', 'page']), ...NEEDS_SHARP };
const OPAQUER = 'Chromium takes full-range opacities for limited: findings/avif-is-too-opaque.sh';

function everyone(reason: string, columns: readonly Column[]): Kind['reasons'] {
  return Object.fromEntries(columns.map((column) => [column, reason]));
}

async function filesOfOtherFormats(): Promise<Readonly<Record<string, Kind>>> {
  const opaque = picture().removeAlpha();
  const written: Readonly<Record<string, Sharp>> = {
    WebP: opaque.clone().webp({ quality: 90 }),
    'WebP, lossless': opaque.clone().webp({ lossless: true }),
    'WebP, alpha': picture(rgba(true)).webp({ lossless: true, exact: true }),
    'WebP, turned': opaque.clone().withMetadata({ orientation: 6 }).webp({ lossless: true }),
    'WebP, animated': picture(drawn, 3).webp({ lossless: true }),
    AVIF: opaque.clone().avif({ quality: 90, effort: 1 }),
    'AVIF, alpha': picture(rgba(true)).avif({ quality: 90, effort: 1 }),
    'AVIF, 10 bits': opaque.clone().avif({ quality: 90, effort: 1, bitdepth: 10 }),
  };
  const tiffs: Readonly<Record<string, Sharp>> = {
    TIFF: opaque.clone().tiff({ compression: 'none' }),
    'TIFF, LZW': opaque.clone().tiff({ compression: 'lzw', predictor: 'horizontal' }),
    'TIFF, deflate, tiles': opaque.clone().tiff({ compression: 'deflate', tile: true }),
    'TIFF, 16 bits': opaque.clone().toColourspace('rgb16').tiff({ compression: 'none' }),
  };
  const kinds: Record<string, Kind> = {};
  for (const [name, image] of Object.entries(written)) {
    const alpha = name === 'AVIF, alpha' && { beside: OPAQUER };
    kinds[name] = { file: await image.toBuffer(), reasons: { ...NEEDS_SHARP, ...alpha } };
  }
  for (const [name, image] of Object.entries(tiffs)) {
    kinds[name] = {
      file: await image.toBuffer(),
      reasons: NO_TIFF,
      content: { ...size, data: drawn },
    };
  }
  const clear = await sharp('tests/data/clear.png').raw().toBuffer({ resolveWithObject: true });
  const { width, height } = clear.info;
  kinds['HEIC'] = {
    file: readFileSync('tests/data/clear.heic'),
    reasons: {
      ...everyone('Chromium has no decoder of HEVC, which is patented', ['img', 'page']),
      node: 'needs libheif-js',
    },
    content: { data: new Uint8ClampedArray(clear.data), width, height },
  };
  return kinds;
}

/** What not all of them read, and why. */
const OTHERS: Readonly<Record<string, Kind>> = {
  'JPEG, CMYK': { file: readFileSync('tests/data/cmyk.jpg'), reasons: NEEDS_SHARP },
  'JPEG, arithmetic coding': {
    file: readFileSync('tests/data/arithmetic.jpg'),
    reasons: NEEDS_SHARP,
  },
  'JPEG, cut off': {
    file: jpeg.subarray(0, jpeg.length * 0.7),
    reasons: everyone('a part of a picture is not that picture', ['page', 'node', 'beside']),
  },
  SVG: {
    file: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
    reasons: everyone('has no pixels of its own', ['page', 'node', 'beside']),
    type: 'image/svg+xml',
  },
  'JPEG XL': {
    file: readFileSync('tests/data/tiny.jxl'),
    reasons: { node: 'needs @jsquash/jxl' },
  },
  'JPEG XL, turned': {
    file: readFileSync('tests/data/turned.jxl'),
    reasons: { node: 'needs @jsquash/jxl' },
  },
};

/** What two of them may differ by, of 255: decoders round differently, and so does alpha. */
const LEVELS = 3;

/** A tensor's values are divided by a deviation of at most 0.229 of the brightest. */
const LEVELS_PER_VALUE = 0.229 * 255;

/** What one of them makes of a file: the model's input, or the code of an error. */
type Seen = { readonly dims: readonly number[]; readonly data: ArrayLike<number> } | string;

async function seenBy(likeness: Likeness, image: Uint8Array | ImageData): Promise<Seen> {
  try {
    return await likeness.preprocess(image);
  } catch (error) {
    // The package beside sharp has an error class of its own.
    return (error as LikenessError).code;
  }
}

/** The most that two inputs differ by, in levels; infinite where they have other shapes. */
function levelsBetween(a: Seen, b: Seen): number {
  if (typeof a === 'string' || typeof b === 'string') return Number.NaN;
  if (a.dims.join() !== b.dims.join()) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let at = 0; at < a.data.length; at += 1) {
    most = Math.max(most, Math.abs((a.data[at] ?? 0) - (b.data[at] ?? 0)));
  }
  return most * LEVELS_PER_VALUE;
}

test('every kind of file is one picture in an <img>, in the page and in Node', async (t) => {
  await using opened = await openPage({ directory: 'build/harness' });
  await using likeness = await createLikeness();
  using beside = new PackageBeside('sharp', '@jsquash/jxl', 'libheif-js');
  await using withDecoders = await (await beside.load()).createLikeness();
  const kinds: Readonly<Record<string, Kind>> = {
    ...Object.fromEntries(
      Object.entries(READ_BY_ALL).map(([name, file]) => [name, { file, reasons: {} }]),
    ),
    ...(await filesOfOtherFormats()),
    ...OTHERS,
  };
  t.diagnostic('levels, of 255, by which the model sees another picture than an <img> shows');
  t.diagnostic(row('kind of file', ['<img>', 'page', 'Node', 'Node with decoders']));
  const wrong: string[] = [];
  for (const [name, { file, reasons, content, type = '' }] of Object.entries(kinds)) {
    const bytes = [...file];
    const { shown, page } = await opened.page.evaluate(showInPage, { bytes, type });
    const image = shown && { ...shown, data: Uint8ClampedArray.from(shown.data) };
    const known = image ?? content;
    const expected = known && (await seenBy(likeness, known as ImageData));
    const seen: Readonly<Record<Column, Seen>> = {
      img: (image && expected) ?? 'not shown',
      page,
      node: await seenBy(likeness, file),
      beside: await seenBy(withDecoders, file),
    };
    const differences = COLUMNS.map((column) => levelsBetween(seen[column], expected ?? ''));
    for (const [place, column] of COLUMNS.entries()) {
      const same = (differences[place] ?? Number.NaN) <= LEVELS;
      if (same !== (reasons[column] === undefined)) wrong.push(`${name}, ${column}`);
    }
    const cells = differences.map((levels) => (levels >= 0 ? levels.toFixed(1) : 'refused'));
    const why = [...new Set(Object.values(reasons))].join('; ');
    t.diagnostic(row(name, [...cells, why]));
  }
  assert.deepEqual(wrong, []);
});

test('with sharp, JPEG files have in Node the score that they have in the page, to the bit', async () => {
  await using opened = await openPage({ directory: 'build/harness' });
  using beside = new PackageBeside('sharp');
  await using withSharp = await (await beside.load()).createLikeness();
  const [fruit, ...others] = ['fruit', 'other-fruit', 'sea'].map((name) =>
    readFileSync(`dist/site/samples/${name}.jpg`),
  );
  assert.ok(fruit);
  const again = await sharp(fruit).resize(500).jpeg({ quality: 70, progressive: true }).toBuffer();
  for (const file of [again, ...others]) {
    const found: object = await opened.page.evaluate(
      async ([a = [], b = []]) => {
        const likeness = await window.harness.likeness();
        const { timings: _, ...comparison } = await likeness.compare(
          Uint8Array.from(a),
          Uint8Array.from(b),
        );
        return comparison;
      },
      [[...fruit], [...file]],
    );
    const { timings: _, ...expected } = await withSharp.compare(fruit, file);
    // Without what is not there, which doesn't cross from the page.
    assert.deepEqual(found, JSON.parse(JSON.stringify(expected)));
  }
});

/** In the page: what an `<img>` shows, if anything, and what the package sees. */
async function showInPage({
  bytes,
  type,
}: {
  readonly bytes: readonly number[];
  readonly type: string;
}): Promise<{
  shown: { data: number[]; width: number; height: number } | undefined;
  page: Seen;
}> {
  const blob = new Blob([Uint8Array.from(bytes)], { type });
  const show = async () => {
    const image = new Image();
    image.src = URL.createObjectURL(blob);
    await image.decode();
    const { naturalWidth: width, naturalHeight: height } = image;
    const context = new OffscreenCanvas(width, height).getContext('2d');
    context?.drawImage(image, 0, 0);
    return { data: [...(context?.getImageData(0, 0, width, height).data ?? [])], width, height };
  };
  const see = async () => {
    const { dims, data } = await (await window.harness.likeness()).preprocess(blob);
    return { dims, data: [...data] };
  };
  return {
    shown: await show().catch(() => undefined),
    page: await see().catch((error: { readonly code: string }) => error.code),
  };
}

function row(name: string, cells: readonly string[]): string {
  return [name.padEnd(46), ...cells.map((cell) => cell.padEnd(7))].join(' ').trimEnd();
}
