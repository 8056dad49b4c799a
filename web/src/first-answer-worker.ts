import { createLikenessCore, hashDistance, type PreprocessedImage } from 'image-likeness/core';
import type { FirstAnswer } from './first-answer.ts';

/**
 * Most bits of 64 in which either hash of two copies may differ here. Of 456,490 pairs of pictures of
 * Caltech-101, those of two kinds of subject begin at 16; four pairs of one kind stay within 4, three
 * of them drawings of the same sign.
 */
const MOST_BITS = 4;

/** Decodes like the package: its own decoder, and for what that doesn't know the browser's. */
async function read(
  core: Awaited<ReturnType<typeof createLikenessCore>>,
  file: Blob,
): Promise<PreprocessedImage> {
  try {
    return await core.preprocess(file);
  } catch {
    const bitmap = await createImageBitmap(file);
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext('2d');
    if (context === null) throw new Error('there is no canvas');
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    return core.preprocess(context.getImageData(0, 0, width, height));
  }
}

async function sameBytes(a: Blob, b: Blob): Promise<boolean> {
  if (a.size !== b.size) return false;
  const [first, second] = await Promise.all(
    [a, b].map(async (file) => new Uint8Array(await file.arrayBuffer())),
  );
  return first?.every((byte, at) => byte === second?.[at]) ?? false;
}

async function answer(a: Blob, b: Blob): Promise<FirstAnswer | undefined> {
  const core = await createLikenessCore();
  const first = (await read(core, a)).fingerprint;
  // Read first: a file that is no image is identical to nothing.
  if (await sameBytes(a, b)) return 'identical';
  const second = (await read(core, b)).fingerprint;
  if (first.digest === second.digest) return 'identical';
  const [hashA, hashB] = [core.perceptualHash(first), core.perceptualHash(second)];
  const bits = Math.max(
    hashDistance(hashA.dct, hashB.dct),
    hashDistance(hashA.gradient, hashB.gradient),
  );
  return bits <= MOST_BITS ? 'near-duplicate' : undefined;
}

addEventListener('message', async ({ data: [a, b] }: MessageEvent<[Blob, Blob]>) => {
  try {
    postMessage(await answer(a, b));
  } catch {
    // What is wrong with a picture is for the comparison to say.
    postMessage(undefined);
  }
});
