import { sharpnessOf } from 'image-likeness/grouping';

/** A picture to measure. */
export interface SharpnessRequest {
  readonly id: number;
  readonly file: Blob;
  /** Of the upright picture, in pixels. */
  readonly width: number;
  /** Of the upright picture, in pixels. */
  readonly height: number;
}

/** What became of it: undefined where the browser can't draw it. */
export interface SharpnessAnswer {
  readonly id: number;
  readonly sharpness: number | undefined;
}

/** Larger pictures are measured in their middle, at their own size. */
const LONGEST_SIDE = 4096;

async function measure({ file, width, height }: SharpnessRequest): Promise<number> {
  const columns = Math.min(width, LONGEST_SIDE);
  const rows = Math.min(height, LONGEST_SIDE);
  const left = (width - columns) >> 1;
  const top = (height - rows) >> 1;
  const bitmap = await createImageBitmap(file, left, top, columns, rows);
  const context = new OffscreenCanvas(columns, rows).getContext('2d');
  if (context === null) throw new Error('there is no canvas');
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return sharpnessOf(context.getImageData(0, 0, columns, rows));
}

addEventListener('message', async ({ data }: MessageEvent<SharpnessRequest>) => {
  const sharpness = await measure(data).catch(() => undefined);
  postMessage({ id: data.id, sharpness } satisfies SharpnessAnswer);
});
