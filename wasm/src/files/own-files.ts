/** What to do where the package's scripts don't find the files that they load. */
export const BESIDE_THE_SCRIPTS =
  "If a bundler put the package's scripts elsewhere, put likeness-core.wasm and mobilenetv2-lite.onnx of image-likeness/dist/package beside them, or import 'image-likeness/standalone', which has both inside.";
