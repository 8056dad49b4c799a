/** Says in a worker whether two pictures are copies, by their pixels alone. */
import { createLikenessCore, type PreprocessedImage } from 'image-likeness/core';
import {
  type FirstAnswer,
  type FirstAnswerReply,
  isFirstAnswerRequest,
} from './first-answer-messages.ts';

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
  const first = await read(core, a);
  // Read first: a file that is no image is identical to nothing.
  if (await sameBytes(a, b)) return 'identical';
  return core.examine(first, await read(core, b)).copy;
}

/** Answers what the page asks, before the package in the same worker takes it for a message of its own. */
export function serveFirstAnswers(): void {
  addEventListener('message', (event) => void reply(event), { capture: true });
}

async function reply(event: MessageEvent<unknown>): Promise<void> {
  if (!isFirstAnswerRequest(event.data)) return;
  event.stopImmediatePropagation();
  const [a, b] = event.data.pair;
  let firstAnswer: FirstAnswer | undefined;
  try {
    firstAnswer = await answer(a, b);
  } catch {
    // What is wrong with a picture is for the comparison to say.
  }
  postMessage({ firstAnswer } satisfies FirstAnswerReply);
}
