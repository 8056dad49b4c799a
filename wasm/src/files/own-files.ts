/** What to do where the package's scripts don't find the files that they load. */
export const BESIDE_THE_SCRIPTS =
  "If a bundler put the package's scripts elsewhere, put likeness-core.wasm and mobilenetv2-lite.onnx of image-likeness/dist/package beside them, or import 'image-likeness/standalone', which has both inside.";

/** What to do where scripts have no address, beside which files could be. */
export const WITHOUT_ADDRESS =
  "The package's scripts have no address here, as in a CommonJS bundle, and so its files have none. Import 'image-likeness/standalone', which has them inside, or leave the package out of the bundle.";
