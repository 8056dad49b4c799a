/** Forward passes of one model by the core and by ONNX Runtime Web, side by side. Runs in Node and browsers. */
import { CoreNetwork } from '../../dist/package/binding/core-network.js';
import { OrtNetwork } from '../../dist/package/engine/ort-network.js';
import { sideOf, strideOf } from '../../dist/package/models/manifest.js';
import { unpackWeights } from '../../dist/package/models/unpack.js';
import { weightsOf } from '../../dist/package/models/weights.js';
import { timed } from './rounds.mjs';
import { summaryOf } from './statistics.mjs';

/** Passes of each in one turn. */
const PASSES = 9;

/** @typedef {import('../../dist/package/engine/network.js').Network} Network */

/**
 * @typedef {object} Passes
 * @property {Network} core the model as the core runs it
 * @property {() => Promise<{ core: number, runtime: number }>} turn measures: medians, in ms
 */

/**
 * @param {WebAssembly.Module} compiled likeness-core.wasm
 * @param {import('../../dist/package/engine/environment.js').RuntimeLoader} loadRuntime
 * @param {import('../../dist/package/models/manifest.js').ModelEntry} entry
 * @param {Uint8Array} model an ONNX file
 * @returns {Promise<Passes>}
 */
export async function openPasses(compiled, loadRuntime, entry, model) {
  const core = await CoreNetwork.open(compiled, weightsOf(model));
  const runtime = await OrtNetwork.create(loadRuntime, unpackWeights(model), entry);
  const [width, height] = sidesOfSquare(entry);
  const data = Float32Array.from({ length: 3 * height * width }, (_, i) => Math.sin(i));
  const tensor = { data, dims: [1, 3, height, width] };
  return {
    core,
    async turn() {
      /** @type {{ core: number[], runtime: number[] }} */
      const times = { core: [], runtime: [] };
      for (let pass = 0; pass < PASSES; pass += 1) {
        times.core.push((await timed(() => core.run(tensor))).ms);
        times.runtime.push((await timed(() => runtime.run(tensor))).ms);
      }
      return {
        core: summaryOf(times.core).median,
        runtime: summaryOf(times.runtime).median,
      };
    },
  };
}

/**
 * Width and height of what the model sees of a square picture, in pixels; in the view `whole` as the core's whole_size()
 * has them.
 * @param {import('../../dist/package/models/manifest.js').ModelEntry} entry
 * @returns {[number, number]}
 */
function sidesOfSquare(entry) {
  const stride = strideOf(entry);
  const cells = sideOf(entry) / stride;
  return [stride * Math.ceil(cells - 0.5), stride * Math.floor(cells + 0.5)];
}
