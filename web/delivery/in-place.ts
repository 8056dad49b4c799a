/**
 * The package's files where they are made, for `npm run dev`, in the place of `#assets/core`, `model` and
 * `runtime`. ONNX Runtime does not find its file by itself there.
 */
export function coreUrl(): URL {
  return new URL('../../build/dev/likeness-core.wasm', import.meta.url);
}

export function modelUrl(): URL {
  return new URL('../../build/dev/mobilenetv2-lite.onnx', import.meta.url);
}

export function runtimeUrl(): URL {
  return new URL(
    '../../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm',
    import.meta.url,
  );
}
