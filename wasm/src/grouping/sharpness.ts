import { LikenessError } from '../errors.js';

/** RGBA pixels, as a canvas gives them, or RGB ones. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** width × height × 4, or × 3. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/**
 * How sharp a picture is: the variance of the Laplacian of its luma (J. L. Pech-Pacheco et al., ICPR
 * 2000), taken at the picture's own size, where blur shows; the 64 × 64 luma of a fingerprint would look
 * the same for a sharp and a soft photograph. Compare pictures of one size only. Whole numbers
 * throughout, so that the same pixels give the same bits everywhere.
 * @returns 0 for a uniform picture or one with a side below 3
 * @throws LikenessError `invalid-argument` when the length of `data` doesn't fit
 */
export function sharpnessOf({ width, height, data }: Pixels): number {
  const channels = data.length / (width * height);
  if (channels !== 3 && channels !== 4) {
    throw new LikenessError(
      'invalid-argument',
      `${width} × ${height} pixels take 3 or 4 bytes each, and here are ${data.length} in all.`,
    );
  }
  if (width < 3 || height < 3) return 0;
  const luma = new Uint8Array(width * height);
  for (let i = 0, at = 0; i < luma.length; i += 1, at += channels) {
    // BT.601 in 16-bit fixed point, as the core's luma.
    luma[i] =
      (19595 * (data[at] ?? 0) +
        38470 * (data[at + 1] ?? 0) +
        7471 * (data[at + 2] ?? 0) +
        32768) >>
      16;
  }
  let sum = 0;
  let squares = 0;
  for (let y = 1; y + 1 < height; y += 1) {
    for (let i = y * width + 1; i < (y + 1) * width - 1; i += 1) {
      const value =
        4 * (luma[i] ?? 0) -
        (luma[i - 1] ?? 0) -
        (luma[i + 1] ?? 0) -
        (luma[i - width] ?? 0) -
        (luma[i + width] ?? 0);
      sum += value;
      squares += value * value;
    }
  }
  const count = (width - 2) * (height - 2);
  return squares / count - (sum / count) ** 2;
}
