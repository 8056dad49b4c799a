import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const COLOUR_TYPE_RGBA = 6;

/** What IHDR says (PNG specification, third edition, section 11.2.1). */
export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits a sample; 8 unless told otherwise. */
  readonly depth?: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA (unless told otherwise). */
  readonly colourType?: number;
  readonly interlaced?: boolean;
}

/** RGBA pixels as an 8-bit PNG file (PNG specification, third edition), lossless. */
export function writePng({ data, width, height }: ImageData): Buffer {
  const stride = width * 4;
  const scanlines = Buffer.alloc((stride + 1) * height);
  for (let y = 0; y < height; y += 1) {
    scanlines.set(data.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  }
  return pngFile({ width, height }, [['IDAT', deflateSync(scanlines)]]);
}

/** A PNG file of these chunks between IHDR and IEND. */
export function pngFile(
  { width, height, depth = 8, colourType = COLOUR_TYPE_RGBA, interlaced = false }: PngHeader,
  chunks: readonly (readonly [type: string, body: Buffer])[],
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colourType, 0, 0, interlaced ? 1 : 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    ...chunks.map(([type, body]) => chunk(type, body)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, body: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, checksum]);
}
