import type { Core } from '../binding/core.js';
import { LikenessError } from '../errors.js';
import type { Rgb, Tensor } from '../types.js';
import { PixelArray } from './image-processor.js';
import type { Network } from './network.js';

/** Lowest cosine to the reference that a backend may have. */
const LOWEST_COSINE = 0.999;

/** Of the built-in picture, in pixels: no square, so that a network that needs one fails at once. */
const WIDTH = 96;
const HEIGHT = 64;

const BLACK: Rgb = [0, 0, 0];

/**
 * Embeds a built-in picture before a backend is used. The reference is what ONNX Runtime's processor
 * backend makes of the same model in the same place, so that any model can be tested, and no number
 * has to travel with it. The processor itself must give finite numbers that are not all zero.
 * @param reference opens the reference; undefined for the processor itself
 * @returns the cosine to the reference
 * @throws LikenessError `backend-failed` when the numbers are wrong
 */
export async function testNetwork(
  core: Core,
  network: Network,
  reference: (() => Promise<Network>) | undefined,
): Promise<number> {
  const tensor = await builtInTensor(core);
  const vector = await embedWith(core, network, tensor);
  if (reference === undefined) return checked(cosineOf(core, vector, vector));
  const referee = await reference();
  try {
    return checked(cosineOf(core, vector, await embedWith(core, referee, tensor)));
  } finally {
    await referee.release();
  }
}

/** A picture with edges, colours and noise; the same everywhere, since it is all whole numbers. */
async function builtInTensor(core: Core): Promise<Tensor> {
  const data = new Uint8ClampedArray(WIDTH * HEIGHT * 4).fill(255);
  let state = 1;
  for (let pixel = 0; pixel < WIDTH * HEIGHT; pixel += 1) {
    const [x, y] = [pixel % WIDTH, Math.floor(pixel / WIDTH)];
    // The linear congruential generator of Numerical Recipes, section 7.1.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[pixel * 4] = x * 3 + (state >>> 27);
    data[pixel * 4 + 1] = y * 3 + (state >>> 28);
    data[pixel * 4 + 2] = ((x >> 3) ^ (y >> 3)) * 32;
  }
  const whole = { x: 0, y: 0, width: WIDTH, height: HEIGHT };
  const picture = new PixelArray(WIDTH, HEIGHT, data);
  return (await core.inputFromPixels(picture, BLACK, {}, whole, whole, 1)).tensor;
}

async function embedWith(core: Core, network: Network, tensor: Tensor): Promise<Float32Array> {
  return core.pool(await network.run(tensor));
}

/** NaN where one of them is all zero or not finite. */
function cosineOf(core: Core, a: Float32Array, b: Float32Array): number {
  try {
    return core.cosine(a, b);
  } catch (error) {
    if (error instanceof LikenessError) return Number.NaN;
    throw error;
  }
}

function checked(cosine: number): number {
  if (cosine >= LOWEST_COSINE) return cosine;
  throw new LikenessError(
    'backend-failed',
    `It gives wrong numbers: the cosine of the built-in image to the reference is ${cosine}, below ${LOWEST_COSINE}.`,
  );
}
