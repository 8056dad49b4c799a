/** Preprocessing in WebAssembly, and what of it is copying pixels in. Runs in Node and browsers. */

import { sideOf, strideOf } from '../../dist/package/models/manifest.js';

/** As Core.inputFromPixels: bands of whole rows, of at most so many bytes. */
const BAND_BYTES = 4 * 1024 * 1024;

/**
 * RGBA to tensor, once: what `likeness.preprocess` comes to, or with the fingerprint what `embed` does.
 * @param {import('../../dist/package/binding/wire.js').CoreModule} module
 * @param {import('../../dist/package/models/manifest.js').ModelEntry} entry
 * @param {{ readonly data: Uint8ClampedArray, readonly width: number, readonly height: number }} picture
 * @param {boolean} fingerprint whether it is made too
 * @returns {{ withCopy: number, withoutCopy: number }} ms
 */
export function measurePreprocessing(module, entry, { data, width, height }, fingerprint) {
  const { view, resize, mean, std } = entry;
  const spec = { view, side: sideOf(entry), stride: strideOf(entry), resize, mean, std };
  const processor = must(module.createImageProcessor(spec));
  const bandRows = Math.max(1, Math.floor(BAND_BYTES / (width * 4)));
  let copying = 0;
  const start = performance.now();
  must(processor.begin(width, height, width, height, 255, 255, 255, fingerprint, false, false));
  for (let row = 0; row < height; row += bandRows) {
    const rows = Math.min(bandRows, height - row);
    const band = data.subarray(row * width * 4, (row + rows) * width * 4);
    const copyStart = performance.now();
    must(processor.stage(band.byteLength)).set(band);
    copying += performance.now() - copyStart;
    must(processor.push(rows));
  }
  must(processor.finish());
  const withCopy = performance.now() - start;
  processor.delete();
  return { withCopy, withoutCopy: withCopy - copying };
}

/**
 * @template T
 * @param {import('../../dist/package/binding/wire.js').Outcome<T>} outcome
 * @returns {T}
 */
function must(outcome) {
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value;
}
