/** The stages of one answer, one by one, on one thread: with the package's own parts. */
import { Core } from '../../../dist/package/binding/core.js';
import { startModule } from '../../../dist/package/binding/module.js';
import { canvasDecoder } from '../../../dist/package/browser/canvas.js';
import coreUrl from '../../../dist/package/likeness-core.wasm?url';
import liteUrl from '../../../dist/package/mobilenetv2-lite.onnx?url';
import { findModel } from '../../../dist/package/models/manifest.js';
import { openPasses } from '../passes.mjs';
import { measurePreprocessing } from '../preprocessing.mjs';
import { timed } from '../rounds.mjs';

const WHITE = /** @type {const} */ ([255, 255, 255]);
const FINGERPRINT = { fingerprint: true };

/**
 * @param {import('./pictures.mjs').Pictures} pictures
 * @param {string} modelUrl
 * @returns {Promise<import('../rounds.mjs').Contestant>}
 */
export async function createStages(pictures, modelUrl) {
  const entry = findModel('mobilenetv2');
  const wasm = await bytesOf(coreUrl);
  const core = await Core.load(wasm, entry);
  const compiled = await WebAssembly.compile(wasm);
  const module = await startModule(compiled);
  const loadRuntime = () => import('onnxruntime-web/wasm');
  const full = await openPasses(compiled, loadRuntime, entry, await bytesOf(modelUrl));
  const liteEntry = findModel('mobilenetv2-lite');
  const lite = await openPasses(compiled, loadRuntime, liteEntry, await bytesOf(liteUrl));

  /** @param {ImageBitmap} bitmap */
  const embed = async (bitmap) => {
    const source = await canvasDecoder.fromBitmap(await createImageBitmap(bitmap));
    const region = { x: 0, y: 0, width: source.width, height: source.height };
    const prepared = await timed(() =>
      core.inputFromPixels(source, WHITE, FINGERPRINT, region, region, 1),
    );
    source.close();
    const { readBack, tensor, fingerprint } = prepared.value;
    const passed = await timed(() => full.core.run(tensor));
    const pooled = await timed(() => core.pool(passed.value));
    const vector = pooled.value;
    if (fingerprint === undefined) throw new Error('The core made no fingerprint.');
    const embedding = { model: 'bench@1', dimension: vector.length, vector, fingerprint };
    return { embedding, prepared: prepared.ms, readBack, passed: passed.ms, pooled: pooled.ms };
  };

  return {
    async turn() {
      const decoded = await timed(() => canvasDecoder.open(pictures.large[0]));
      decoded.value.close();
      const tensor = measurePreprocessing(module, entry, pictures.pixels, false);
      const whole = measurePreprocessing(module, entry, pictures.pixels, true);
      const large = await embed(pictures.bitmap);
      const small = await embed(pictures.small);
      const rated = await timed(() => core.similarity(large.embedding, small.embedding));
      const passes = { full: await full.turn(), lite: await lite.turn() };
      return {
        'decode, 12 MP JPEG': decoded.ms,
        'canvas read-back, 12 MP': large.readBack,
        '12 MP RGBA to tensor, with the copy into WASM': tensor.withCopy,
        '12 MP RGBA to tensor, without the copy': tensor.withoutCopy,
        '12 MP RGBA to tensor and fingerprint, with the copy into WASM': whole.withCopy,
        '12 MP RGBA to tensor and fingerprint, without the copy': whole.withoutCopy,
        'forward pass': passes.full.core,
        'ONNX Runtime Web, forward pass': passes.full.runtime,
        'lite: forward pass': passes.lite.core,
        'lite: ONNX Runtime Web, forward pass': passes.lite.runtime,
        'post-processing: pooling, similarity': large.pooled + rated.ms,
        'Likeness, 12 MP bitmap to tensor': large.prepared,
        'Likeness, 12 MP bitmap to embedding': large.prepared + large.passed + large.pooled,
        'Likeness, 224 × 224 bitmap to embedding': small.prepared + small.passed + small.pooled,
      };
    },
  };
}

/** @param {string} url */
async function bytesOf(url) {
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}
