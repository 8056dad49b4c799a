import type { ReadOptions } from '../engine/image-processor.js';
import { LikenessError } from '../errors.js';
import type { Limits, PixelRoad, Rgb } from '../types.js';

/** The default limits. */
export const DEFAULT_LIMITS: Limits = {
  maxFileBytes: 128 * 1024 * 1024,
  maxPixels: 100_000_000,
  maxSide: 65_535,
};

/** The core counts pixels of a side in 32 bits. */
const LARGEST_SIDE = 2 ** 31 - 1;

/** The default model: the one inside the package. */
export const DEFAULT_MODEL = 'mobilenetv2-lite';

/**
 * The options for reading images, checked and completed.
 * @throws LikenessError `invalid-argument`, naming the option that is wrong
 */
export function readOptionsFrom(options: {
  readonly limits?: Partial<Limits>;
  readonly background?: Rgb;
  readonly pixelRoad?: PixelRoad;
}): ReadOptions {
  const background = options.background ?? [255, 255, 255];
  if (background.length !== 3 || !background.every(isByte)) {
    throw new LikenessError(
      'invalid-argument',
      'background must be three whole numbers from 0 to 255.',
    );
  }
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new LikenessError('invalid-argument', `limits.${name} must be a whole number above 0.`);
    }
  }
  if (limits.maxSide > LARGEST_SIDE) {
    throw new LikenessError('invalid-argument', `limits.maxSide must be at most ${LARGEST_SIDE}.`);
  }
  return { limits, background, pixelRoad: options.pixelRoad ?? 'auto' };
}

function isByte(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 255;
}
