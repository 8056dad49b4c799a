/** What this copy of the package was built from; the build writes the values. */
export interface BuildInfo {
  /** Of the package, as in its package.json. */
  readonly version: string;
  /** Git commit, 40 hexadecimal digits, `-dirty` after them where there were changes; or `unknown`. */
  readonly commit: string;
  /** SHA-256 of `likeness-core.wasm`, hexadecimal. */
  readonly wasmSha256: string;
}

/** What this copy of the package was built from. */
export declare const buildInfo: BuildInfo;
