import { LikenessError } from '../errors.js';

/** RGBA pixels, as a canvas gives them. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** width × height × 4. */
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
  if (data.length !== width * height * 4) {
    throw new LikenessError(
      'invalid-argument',
      `${width} × ${height} RGBA pixels take ${width * height * 4} bytes, not ${data.length}.`,
    );
  }
  if (width < 3 || height < 3) return 0;
  const luma = new Uint8Array(width * height);
  for (let i = 0; i < luma.length; i += 1) {
    const [red, green, blue] = [data[4 * i] ?? 0, data[4 * i + 1] ?? 0, data[4 * i + 2] ?? 0];
    // BT.601 in 16-bit fixed point, as the core's luma.
    luma[i] = (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16;
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
