import jpeg from 'jpeg-js';

/** RGBA pixels as a baseline JPEG file, without subsampling of colour. */
export function writeJpeg(image: ImageData, quality = 90): Buffer {
  const { width, height } = image;
  const data = Buffer.from(image.data.buffer, image.data.byteOffset, image.data.byteLength);
  return jpeg.encode({ data, width, height }, quality).data;
}
