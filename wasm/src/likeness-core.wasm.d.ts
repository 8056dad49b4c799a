/**
 * The WebAssembly of `image-likeness`. What importing it gives is up to the bundler; with
 * `import url from 'image-likeness/likeness-core.wasm?url'` (Vite), an asset rule (webpack) or the
 * `file` loader (esbuild) it is the file's address, for the option `wasmUrl`; Cloudflare's build gives the
 * compiled module, for `wasmModule`.
 */
declare const url: string;
export default url;
