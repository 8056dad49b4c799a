/**
 * The package's files as gzip files, which scripts/lib/packed-files.mjs makes, in the place of `#assets/core`,
 * `model` and `runtime`.
 */
export function coreUrl(): URL {
  return new URL('../../build/packed/likeness-core.wasm.gz', import.meta.url);
}

export function modelUrl(): URL {
  return new URL('../../build/packed/mobilenetv2-lite.onnx.gz', import.meta.url);
}

export function runtimeUrl(): URL {
  return new URL('../../build/packed/ort-wasm-simd-threaded.wasm.gz', import.meta.url);
}
