/**
 * The package's own files, and how it gets at them. Whoever needs one imports its module by the name given
 * here, so that a bundler packs no other. package.json (`imports`) says which modules these are; builds that
 * deliver the files in another way put modules of their own in their places, by an alias:
 *
 * - `core-url.ts`, `model-url.ts`, `worker-url.ts`: files beside the package's scripts (the default)
 * - `standalone/`: everything inside one script
 * - in the page: gzip files (`web/delivery/packed.ts`), one HTML file (`web/one-file/`), and files where
 *   they are made (`web/delivery/in-place.ts`, for `npm run dev`)
 */
export interface Assets {
  /** `#assets/core`: where `likeness-core.wasm` is; it may be a gzip file. */
  coreUrl(): URL;
  /** `#assets/model`: where the model that travels inside the package is; likewise. */
  modelUrl(): URL;
  /** `#assets/runtime`: where ONNX Runtime's .wasm is, likewise; undefined where it finds that by itself. */
  runtimeUrl(): URL | undefined;
  /** `#assets/worker`: starts the package's worker in a browser. */
  spawnWorker(): Worker;
  /**
   * `#assets/fetch`: fetches one of these files, or the one that the caller names in its place. The package
   * reads its files by nothing else.
   */
  fetchAsset(url: string, signal: AbortSignal | undefined): Promise<Fetched>;
}

/** A server's answer; or what is in a file that is at hand, since Node takes longer to have a Response than to read it. */
export type Fetched = Response | Uint8Array;
