/** What a BMP file says of its pixels: https://learn.microsoft.com/windows/win32/gdi/bitmap-storage. */
export interface BmpSpec {
  readonly width: number;
  readonly height: number;
  /** Bits a pixel. */
  readonly bits: number;
  /** Bytes of the header: 40 unless told otherwise. */
  readonly header?: number;
  /** 0 none (unless told otherwise), 1 RLE8, 2 RLE4, 3 fields of bits, 6 such with alpha. */
  readonly compression?: number;
  /** Red, green, blue and alpha, in the header where it has room, else behind it. */
  readonly masks?: readonly number[];
  /** Blue, green, red and a zero for each colour. */
  readonly palette?: readonly number[];
  /** Bytes between all that and the pixels. */
  readonly gap?: number;
}

/** A BMP file with these rows, the bottom one first, coded and padded. */
export function bmpFile(spec: BmpSpec, rows: Uint8Array): Buffer {
  const { header = 40, masks = [], palette = [], gap = 0 } = spec;
  const info = Buffer.alloc(Math.max(header, 40 + 4 * masks.length));
  info.writeUInt32LE(header, 0);
  info.writeInt32LE(spec.width, 4);
  info.writeInt32LE(spec.height, 8);
  info.writeUInt16LE(1, 12);
  info.writeUInt16LE(spec.bits, 14);
  info.writeUInt32LE(spec.compression ?? 0, 16);
  info.writeUInt32LE(rows.length, 20);
  info.writeUInt32LE(palette.length / 4, 32);
  for (const [place, mask] of masks.entries()) info.writeUInt32LE(mask, 40 + 4 * place);
  const front = Buffer.alloc(14);
  front.write('BM', 'latin1');
  const start = front.length + info.length + palette.length + gap;
  front.writeUInt32LE(start + rows.length, 2);
  front.writeUInt32LE(start, 10);
  return Buffer.concat([front, info, Buffer.from(palette), Buffer.alloc(gap), rows]);
}
