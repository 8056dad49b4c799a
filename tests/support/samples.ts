import { readJpeg } from './jpeg.js';

/** Pixels of one of the page's sample pictures: photo-like, rendered by the build. */
export function samplePixels(name: 'fruit' | 'other-fruit' | 'sea'): ImageData {
  return readJpeg(`dist/site/samples/${name}.jpg`);
}
