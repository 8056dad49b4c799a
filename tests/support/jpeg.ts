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

/** A JPEG file with an EXIF orientation (1 to 8) put in front. */
export function withOrientation(file: Uint8Array, orientation: number): Buffer {
  // APP1, "Exif", a big-endian TIFF header, and one directory with one short: tag 0x0112.
  const segment = [
    [0xff, 0xe1, 0x00, 0x22, 0x45, 0x78, 0x69, 0x66, 0x00, 0x00],
    [0x4d, 0x4d, 0x00, 0x2a, 0x00, 0x00, 0x00, 0x08, 0x00, 0x01],
    [0x01, 0x12, 0x00, 0x03, 0x00, 0x00, 0x00, 0x01, 0x00, orientation, 0x00, 0x00],
    [0x00, 0x00, 0x00, 0x00],
  ].flat();
  return Buffer.concat([file.subarray(0, 2), Uint8Array.from(segment), file.subarray(2)]);
}
