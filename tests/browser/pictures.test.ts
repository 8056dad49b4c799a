/** Every kind of file that the core decodes shows in Node what an `<img>` shows in Chromium. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { createLikeness } from 'image-likeness';
import { bmpFile, type BmpSpec } from '../support/bmp.js';
import { openPage } from '../support/browser.js';
import { gifFile, type GifSpec } from '../support/gif.js';
import { withOrientation, writeJpeg } from '../support/jpeg.js';
import { testPixels } from '../support/pixels.js';
import { type PngHeader, pngFile } from '../support/png.js';

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

const FILES: Readonly<Record<string, Uint8Array>> = {
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

/** What Node and Chromium may differ by, of 255: decoders round differently, and so does alpha. */
const LEVELS = 3;

/** A tensor's values are divided by a deviation of at most 0.229 of the brightest. */
const LEVELS_PER_VALUE = 0.229 * 255;

test('Node shows of every kind of file what an <img> shows', async (t) => {
  await using opened = await openPage({ directory: 'build/harness' });
  await using likeness = await createLikeness();
  for (const [name, file] of Object.entries(FILES)) {
    const shown = await opened.page.evaluate(
      async (bytes) => {
        const image = new Image();
        image.src = URL.createObjectURL(new Blob([Uint8Array.from(bytes)]));
        await image.decode();
        const { naturalWidth: width, naturalHeight: height } = image;
        const context = new OffscreenCanvas(width, height).getContext('2d');
        context?.drawImage(image, 0, 0);
        const data = context?.getImageData(0, 0, width, height).data ?? [];
        return { data: [...data], width, height };
      },
      [...file],
    );
    const data = Uint8ClampedArray.from(shown.data);
    const expected = await likeness.preprocess({ ...shown, data } as ImageData);
    const found = await likeness.preprocess(file);
    assert.deepEqual(found.dims, expected.dims, name);
    const difference = found.data.reduce(
      (most, value, at) => Math.max(most, Math.abs(value - (expected.data[at] ?? 0))),
      0,
    );
    const levels = difference * LEVELS_PER_VALUE;
    t.diagnostic(`${name}: ${shown.width} x ${shown.height}, ${levels.toFixed(1)} levels`);
    assert.ok(levels <= LEVELS, `${name}: ${levels} levels`);
  }
});
