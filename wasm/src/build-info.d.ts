/** What this copy of the package was built from; the build writes the values. */
export interface BuildInfo {
  /** Of the package, as in its package.json. */
  readonly version: string;
  /** Git commit, 40 hexadecimal digits, `-dirty` after them where there were changes; or `unknown`. */
  readonly commit: string;
  /** SHA-256 of `likeness-core.wasm`, hexadecimal. */
  readonly wasmSha256: string;
  /** ONNX Runtime Web's version, and its `ort-wasm-simd-threaded.wasm`: SHA-256 (hexadecimal), bytes. */
  readonly runtime: { readonly version: string; readonly sha256: string; readonly bytes: number };
}

/** What this copy of the package was built from. */
export declare const buildInfo: BuildInfo;
