import { readFileSync } from 'node:fs';
import jpeg from 'jpeg-js';

/** RGBA pixels as a baseline JPEG file, without subsampling of colour. */
export function writeJpeg(image: ImageData, quality = 90): Buffer {
  const { width, height } = image;
  const data = Buffer.from(image.data.buffer, image.data.byteOffset, image.data.byteLength);
  return jpeg.encode({ data, width, height }, quality).data;
}

/** The RGBA pixels of a JPEG file. */
export function readJpeg(path: string): ImageData {
  const { data, width, height } = jpeg.decode(readFileSync(path), { useTArray: true });
  return { data: new Uint8ClampedArray(data), width, height, colorSpace: 'srgb' } as ImageData;
}
