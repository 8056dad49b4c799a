/**
 * Files that want to do harm, and odd ones that are in order. All are made here; the JPEG files that
 * some start from are those of tests/data.
 */
import { readFileSync } from 'node:fs';
import { constants, deflateRawSync, deflateSync } from 'node:zlib';
import { testPixels } from './pixels.js';
import { pngFile, writePng } from './png.js';

/** A file, and what may become of it: `picture`, or the code of an error. */
export interface HostileFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** By the core's own decoder. */
  readonly core: string;
  /** By a browser's decoder, where that may differ. */
  readonly browser?: readonly string[];
}

const data = (name: string): Buffer => readFileSync(`tests/data/${name}`);

/** A zlib stream of `length` zeros, about a thousandth as long. */
function zeros(length: number): Buffer {
  const step = 2 ** 20;
  // Each block starts afresh, so that it can be repeated.
  const options = { level: 9, finishFlush: constants.Z_FULL_FLUSH };
  const block = deflateRawSync(Buffer.alloc(step), options);
  const whole = Math.floor(length / step);
  const sum = Buffer.alloc(4);
  // Adler-32 of zeros (RFC 1950, section 8.2).
  sum.writeUInt32BE((length % 65521) * 65536 + 1);
  return Buffer.concat([
    Buffer.of(0x78, 0x01),
    ...new Array<Buffer>(whole).fill(block),
    deflateRawSync(Buffer.alloc(length - whole * step)),
    sum,
  ]);
}

/** A PNG file with rows of zeros. */
export function plainPng(width: number, height: number, depth = 1, colourType = 0): Buffer {
  const row = 1 + Math.ceil((width * depth * (colourType === 2 ? 3 : 1)) / 8);
  return pngFile({ width, height, depth, colourType }, [['IDAT', zeros(row * height)]]);
}

/** A progressive JPEG whose header names another size. */
function resized(name: string, width: number, height: number): Buffer {
  const file = Buffer.from(data(name));
  const frame = file.findIndex(
    (byte, at) => byte === 0xff && (file[at + 1] === 0xc2 || file[at + 1] === 0xc0),
  );
  file.writeUInt16BE(height, frame + 5);
  file.writeUInt16BE(width, frame + 7);
  return file;
}

/**
 * A progressive JPEG of medium grey: a Huffman code of one bit, 0, says of each block that nothing
 * changes (T.81, annexes F and G), so eight blocks take a byte.
 */
function wideJpeg(width: number, height: number): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt16BE(height, 0);
  size.writeUInt16BE(width, 2);
  return Buffer.concat([
    Buffer.of(0xff, 0xd8, 0xff, 0xdb, 0, 67, 0, ...new Array(64).fill(1)),
    Buffer.of(0xff, 0xc2, 0, 11, 8),
    size,
    Buffer.of(1, 1, 0x11, 0),
    Buffer.of(0xff, 0xc4, 0, 20, 0, 1, ...new Array(15).fill(0), 0),
    Buffer.of(0xff, 0xda, 0, 8, 1, 1, 0, 0, 0, 0),
    Buffer.alloc(Math.ceil((Math.ceil(width / 8) * Math.ceil(height / 8)) / 8)),
    Buffer.of(0xff, 0xd9),
  ]);
}

/** Something put in front of a JPEG's end. */
function beforeEnd(name: string, more: Uint8Array): Buffer {
  const file = data(name);
  return Buffer.concat([file.subarray(0, -2), more, file.subarray(-2)]);
}

/** A 24-bit BMP of one colour. */
export function bmpFile(width: number, height: number): Buffer {
  const stride = Math.ceil((width * 3) / 4) * 4;
  const file = Buffer.alloc(54 + stride * height, 0x80);
  file.fill(0, 0, 54);
  file.write('BM');
  file.writeUInt32LE(file.length, 2);
  for (const [at, value] of [
    [10, 54],
    [14, 40],
    [18, width],
    [22, height],
    [34, stride * height],
  ] as const) {
    file.writeUInt32LE(value, at);
  }
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  return file;
}

/** A GIF of `frames` pictures of one colour each; a clear code in front of every hundred pixels. */
export function gifFile(width: number, height: number, frames: number): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt16LE(width, 0);
  size.writeUInt16LE(height, 2);
  const palette = Buffer.from(Array.from({ length: 128 * 3 }, (_, at) => (at * 7) % 256));
  const picture = (colour: number): Buffer => {
    const codes: number[] = [];
    for (let at = 0; at < width * height; at += 1) {
      if (at % 100 === 0) codes.push(128);
      codes.push(colour);
    }
    codes.push(129);
    const blocks: Buffer[] = [];
    for (let at = 0; at < codes.length; at += 255) {
      const block = codes.slice(at, at + 255);
      blocks.push(Buffer.of(block.length, ...block));
    }
    const head = Buffer.of(0x21, 0xf9, 4, 0, 10, 0, 0, 0, 0x2c, 0, 0, 0, 0);
    return Buffer.concat([head, size, Buffer.of(0, 7), ...blocks, Buffer.of(0)]);
  };
  return Buffer.concat([
    Buffer.from('GIF89a'),
    size,
    Buffer.of(0xf6, 0, 0),
    palette,
    ...Array.from({ length: frames }, (_, colour) => picture(colour)),
    Buffer.of(0x3b),
  ]);
}

/** Interlaced by Adam7 (PNG specification, section 8.2): grey, 8 × 8. */
function interlacedPng(): Buffer {
  const passes = [
    [1, 1],
    [1, 1],
    [2, 1],
    [2, 2],
    [4, 2],
    [4, 4],
    [8, 4],
  ];
  const rows = passes.flatMap(([width = 0, height = 0]) =>
    Array.from({ length: height }, () => Buffer.from([0, ...new Array(width).fill(99)])),
  );
  const header = { width: 8, height: 8, colourType: 0, interlaced: true };
  return pngFile(header, [['IDAT', deflateSync(Buffer.concat(rows))]]);
}

/** A chunk whose length field claims almost two gigabytes. */
function claimingPng(): Buffer {
  const file = writePng(testPixels(5, 3));
  file.writeUInt32BE(0x7f000000, file.indexOf('IDAT') - 4);
  return file;
}

const decodes = ['picture', 'corrupt-image'];

/** Every file but the truncated ones. */
export function hostileFiles(): HostileFile[] {
  const scan = Uint8Array.of(0xff, 0xda, 0, 8, 1, 1, 0, 1, 63, 0);
  const scans = new Uint8Array(scan.length * 5000).map((_, at) => scan[at % scan.length] ?? 0);
  const tables = Uint8Array.of(0xff, 0xc4, 0x10, 3, 0, ...new Array(16).fill(255));
  const palette = Buffer.from([10, 20, 30, 200, 100, 50]);
  const text = (start: string): Buffer =>
    Buffer.from(`${start}${'words, words. '.repeat(20)}`, 'latin1');
  return [
    {
      name: '60,000 × 60,000 PNG of 1 bit',
      bytes: plainPng(60_000, 60_000),
      core: 'image-too-large',
    },
    {
      name: '60,000 × 60,000 PNG, header only',
      bytes: plainPng(60_000, 60_000).subarray(0, 33),
      core: 'image-too-large',
    },
    {
      name: '30,000 × 30,000 progressive JPEG',
      bytes: resized('progressive.jpg', 30_000, 30_000),
      core: 'image-too-large',
    },
    {
      name: '30,000 × 3,300 progressive JPEG (just within limits.maxPixels)',
      bytes: wideJpeg(30_000, 3_300),
      core: 'picture',
      browser: decodes,
    },
    {
      name: '30,000 × 300 progressive JPEG whose data ends early',
      bytes: resized('progressive.jpg', 30_000, 300),
      core: 'corrupt-image',
      browser: decodes,
    },
    {
      name: '70,000 × 1 PNG (longer than limits.maxSide)',
      bytes: plainPng(70_000, 1),
      core: 'image-too-large',
    },
    {
      name: '16,384 × 16,384 WebP, header only',
      bytes: Buffer.from('RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\xff\xff\xff\x0f', 'latin1'),
      core: 'image-too-large',
    },
    {
      name: '1 × 1 PNG whose data inflates to 64 MB',
      bytes: pngFile({ width: 1, height: 1, colourType: 2 }, [['IDAT', zeros(2 ** 26)]]),
      core: 'corrupt-image',
      browser: decodes,
    },
    {
      name: 'PNG chunk that claims 2 GB',
      bytes: claimingPng(),
      core: 'corrupt-image',
      browser: decodes,
    },
    {
      name: 'JPEG of 5,000 scans',
      bytes: beforeEnd('progressive.jpg', scans),
      core: 'image-too-large',
    },
    {
      name: 'JPEG with Huffman tables of 4,080 codes',
      bytes: beforeEnd('progressive.jpg', tables),
      core: 'corrupt-image',
      browser: decodes,
    },
    { name: 'file of 0 bytes', bytes: new Uint8Array(0), core: 'corrupt-image' },
    {
      name: 'file of 1 byte',
      bytes: Uint8Array.of(0xff),
      core: 'unsupported-format',
      browser: ['unsupported-format', 'corrupt-image'],
    },
    ...['\x89PNG\r\n\x1a\n', '\xff\xd8\xff', 'GIF89a', 'BM'].map((start) => ({
      name: `text that begins like a ${start.replace(/[^A-Z]/g, '').slice(0, 3) || 'JPEG'} file`,
      bytes: text(start),
      // The words are a size, too: 30,583 × 29,295 and the like.
      core: /GIF|BM/.test(start) ? 'image-too-large' : 'corrupt-image',
    })),
    { name: '1 × 1 PNG', bytes: writePng(testPixels(1, 1)), core: 'picture' },
    { name: '1 × 65,500 PNG', bytes: plainPng(1, 65_500), core: 'picture', browser: decodes },
    { name: '65,500 × 1 PNG', bytes: plainPng(65_500, 1), core: 'picture', browser: decodes },
    { name: 'PNG of 16 bits a channel', bytes: plainPng(40, 30, 16, 2), core: 'picture' },
    {
      name: 'PNG with a palette',
      bytes: pngFile({ width: 8, height: 1, depth: 1, colourType: 3 }, [
        ['PLTE', palette],
        ['IDAT', deflateSync(Buffer.of(0, 0xa5))],
      ]),
      core: 'picture',
    },
    { name: 'interlaced PNG', bytes: interlacedPng(), core: 'picture' },
    {
      name: 'CMYK JPEG',
      bytes: data('cmyk.jpg'),
      core: 'unsupported-format',
      browser: ['picture'],
    },
    { name: 'animated GIF', bytes: gifFile(30, 20, 5), core: 'picture' },
    { name: 'BMP', bytes: bmpFile(15, 10), core: 'picture' },
  ];
}

/** Small files to be cut off at every length. */
export function smallFiles(): { readonly name: string; readonly bytes: Uint8Array }[] {
  return [
    { name: 'PNG', bytes: writePng(testPixels(6, 5)) },
    { name: 'JPEG', bytes: data('grey.jpg') },
    { name: 'progressive JPEG', bytes: data('progressive.jpg') },
    { name: 'GIF', bytes: gifFile(6, 5, 2) },
    { name: 'BMP', bytes: bmpFile(6, 5) },
  ];
}
