/** A GIF file of one frame whose pixels are indices below 4. */
export interface GifSpec {
  /** Width and height of the screen. */
  readonly screen: readonly [number, number];
  /** Left, top, width and height of the frame. */
  readonly frame: readonly [number, number, number, number];
  /** The index of the colour behind the frame. */
  readonly background?: number;
  /** The index that is transparent, if there is one. */
  readonly transparent?: number;
}

/**
 * A GIF file with an LZW stream that never grows its table: a clear code in front of every index.
 * @param palette red, green and blue of 4 colours
 */
export function gifFile(
  { screen, frame, background = 0, transparent }: GifSpec,
  palette: readonly number[],
  indices: readonly number[],
): Buffer {
  const words = (values: readonly number[]) =>
    values.flatMap((value) => [value & 0xff, value >> 8]);
  // Codes of 3 bits: the indices, 4 to clear, 5 to end; the first bit of a byte is its lowest.
  const codes = [...indices.flatMap((index) => [4, index]), 5];
  const stream = new Uint8Array(Math.ceil((codes.length * 3) / 8));
  for (const [place, code] of codes.entries()) {
    for (let bit = 0; bit < 3; bit += 1) {
      const at = place * 3 + bit;
      stream[at >> 3] = (stream[at >> 3] ?? 0) | (((code >> bit) & 1) << (at & 7));
    }
  }
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < stream.length; at += 255) {
    const block = stream.subarray(at, at + 255);
    blocks.push(Uint8Array.of(block.length), block);
  }
  const control = transparent === undefined ? [] : [0x21, 0xf9, 4, 1, 0, 0, transparent, 0];
  return Buffer.concat([
    Buffer.from('GIF89a', 'latin1'),
    Uint8Array.from([...words(screen), 0x81, background, 0, ...palette, ...control]),
    Uint8Array.from([0x2c, ...words(frame), 0, 2]),
    ...blocks,
    Uint8Array.of(0, 0x3b),
  ]);
}
