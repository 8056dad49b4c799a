/**
 * The package in a page of its own, under the page's security policy: tests reach it as
 * `window.harness`, and hand files over through the file input.
 */
import { createLikeness, type ImageSource, type Likeness } from 'image-likeness';
import { startModule } from '../../../dist/package/core/module.js';
import { fnv1a } from '../../support/fnv.js';
import { type Golden, type GoldenResult, runGolden } from '../../support/golden.js';
import { plainJson } from '../../support/plain.js';

/** What tests call; everything that is returned can cross from the browser to Node. */
export interface Harness {
  /** The package's own function. */
  readonly createLikeness: typeof createLikeness;
  /** A model that is loaded once. */
  likeness(): Promise<Likeness>;
  /** The files in the file input. */
  files(): readonly File[];
  /** Hash of the tensor of an image. */
  tensorHash(image: ImageSource): Promise<string>;
  /** See plainJson. */
  plain(value: unknown): string;
  /** tests/data/golden.json through the module, on this thread. */
  golden(golden: Golden): Promise<GoldenResult[]>;
}

declare global {
  interface Window {
    harness: Harness;
  }
}

let loaded: Promise<Likeness> | undefined;

window.harness = {
  createLikeness,
  likeness() {
    loaded ??= createLikeness();
    return loaded;
  },
  files: () => [...(document.querySelector('input')?.files ?? [])],
  tensorHash: async (image) => fnv1a(await (await window.harness.likeness()).preprocess(image)),
  plain: plainJson,
  async golden(golden) {
    const url = new URL('../../../dist/package/likeness-core.wasm', import.meta.url);
    return runGolden(await startModule(await WebAssembly.compileStreaming(fetch(url))), golden);
  },
};
