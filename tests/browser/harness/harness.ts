/**
 * The package in a page of its own, under the page's security policy: tests reach it as
 * `window.harness`, and hand files over through the file input.
 */
import { createLikeness, type ImageSource, type Likeness, type OnnxRuntime } from 'image-likeness';
import * as formats from 'image-likeness/formats';
import { onnxRuntime } from 'image-likeness/onnxruntime/webgpu';
import { startModule } from '../../../dist/package/binding/module.js';
import { modelUrl } from '../../../dist/package/model-url.js';
import { weightsOf } from '../../../dist/package/models/weights.js';
import { randomEmbeddings } from '../../support/embeddings.js';
import { fnv1a } from '../../support/fnv.js';
import { type Golden, type GoldenResult, runGolden } from '../../support/golden.js';
import { testPixels } from '../../support/pixels.js';
import { plainJson } from '../../support/plain.js';

/** What tests call; everything that is returned can cross from the browser to Node. */
export interface Harness {
  /** The package's own function. */
  readonly createLikeness: typeof createLikeness;
  /** ONNX Runtime Web, for graphics cards too. */
  readonly runtime: OnnxRuntime;
  /** Address of the core. */
  readonly coreUrl: string;
  /** A worker that runs the package's worker script. */
  spawnWorker(): Worker;
  /** A model that is loaded once. */
  likeness(): Promise<Likeness>;
  /** The files in the file input. */
  files(): readonly File[];
  /** A test picture, the same that Node makes. */
  picture(width: number, height: number, seed?: number): ImageData;
  /**
   * Waits until a worker that has ANSWER_HELLO hears this page and is heard: what a BroadcastChannel is
   * sent just after it was made may be lost, as it is made known to other threads in its own time.
   */
  channelsOpen(): Promise<void>;
  /** The code that a call rejects with; 'fine' where it doesn't. */
  codeOf(call: Promise<unknown>): Promise<string>;
  /** Hash of the tensor of an image. */
  tensorHash(image: ImageSource): Promise<string>;
  /** FNV-1a, as in tests/data. */
  hash(values: Float32Array): string;
  /** See plainJson. */
  plain(value: unknown): string;
  /** The package's own module. */
  readonly formats: typeof formats;
  /** Generated embeddings, the same as in Node. */
  readonly randomEmbeddings: typeof randomEmbeddings;
  /** tests/data/golden.json through the module, on this thread. */
  golden(golden: Golden): Promise<GoldenResult[]>;
}

declare global {
  interface Window {
    harness: Harness;
  }
}

let loaded: Promise<Likeness> | undefined;

const { href: coreUrl } = new URL('../../../dist/package/likeness-core.wasm', import.meta.url);

window.harness = {
  createLikeness,
  runtime: onnxRuntime,
  coreUrl,
  spawnWorker: () =>
    new Worker(new URL('../../../dist/package/worker.js', import.meta.url), { type: 'module' }),
  formats,
  randomEmbeddings,
  likeness() {
    loaded ??= createLikeness();
    return loaded;
  },
  files: () => [...(document.querySelector('input')?.files ?? [])],
  picture(width, height, seed) {
    const { data } = testPixels(width, height, seed);
    return new ImageData(new Uint8ClampedArray(data), width, height);
  },
  channelsOpen: () =>
    new Promise((resolve) => {
      const channel = new BroadcastChannel('hello');
      const asking = setInterval(() => channel.postMessage('who is there?'), 10);
      channel.onmessage = () => {
        clearInterval(asking);
        channel.close();
        resolve();
      };
    }),
  codeOf: (call) =>
    call.then(
      () => 'fine',
      (error: { code?: string }) => error.code ?? String(error),
    ),
  tensorHash: async (image) =>
    fnv1a((await (await window.harness.likeness()).preprocess(image)).data),
  hash: fnv1a,
  plain: plainJson,
  async golden(golden) {
    const compiled = await WebAssembly.compileStreaming(fetch(coreUrl));
    const model = await (await fetch(modelUrl())).arrayBuffer();
    return runGolden(await startModule(compiled), golden, weightsOf(new Uint8Array(model)));
  },
};
