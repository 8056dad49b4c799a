/** Whole comparisons, as an application makes them, against what the browser itself takes. */
import { BITMAP_OPTIONS } from '../../../dist/package/browser/canvas.js';
import { createLikeness } from '../../../dist/package/index.js';
import { onnxRuntime } from '../../../dist/package/onnxruntime/index.js';
import { timed } from '../rounds.mjs';
import { contextOf } from './pictures.mjs';

/**
 * @param {import('./pictures.mjs').Pictures} pictures
 * @param {string} modelUrl
 * @returns {Promise<import('../rounds.mjs').Contestant>}
 */
export async function createComparisons(pictures, modelUrl) {
  const likeness = await openFullModel(modelUrl);
  const byRuntime = await openFullModel(modelUrl, { backend: 'wasm', runtime: onnxRuntime });
  return {
    async turn() {
      const medium = await timed(() => likeness.compare(...pictures.medium));
      const runtimes = await timed(() => byRuntime.compare(...pictures.medium));
      const large = await timed(() => likeness.compare(...pictures.large));
      return {
        'whole comparison, two 1 MP JPEGs': medium.ms,
        'by ONNX Runtime Web: whole comparison, two 1 MP JPEGs': runtimes.ms,
        'whole comparison, two 12 MP JPEGs': large.ms,
      };
    },
  };
}

/**
 * By the core unless the options say otherwise.
 * @param {string} modelUrl
 * @param {import('../../../dist/package/index.js').LikenessOptions} [options]
 */
export function openFullModel(modelUrl, options) {
  const modelBaseUrl = new URL('.', new URL(modelUrl, location.href)).href;
  return createLikeness({ model: 'mobilenetv2', modelBaseUrl, ...options });
}

/**
 * The browser's decoder and canvas alone, both pictures, one after the other.
 * @param {import('./pictures.mjs').Pictures} pictures
 * @returns {import('../rounds.mjs').Contestant}
 */
export function createBrowserFloor({ large }) {
  return {
    async turn() {
      const { ms } = await timed(async () => {
        for (const file of large) {
          const bitmap = await createImageBitmap(file, BITMAP_OPTIONS);
          const { width, height } = bitmap;
          const context = contextOf(new OffscreenCanvas(width, height));
          context.drawImage(bitmap, 0, 0);
          context.getImageData(0, 0, width, height);
          bitmap.close();
        }
      });
      return { "browser's own decode and read-back of two 12 MP JPEGs": ms };
    },
  };
}
