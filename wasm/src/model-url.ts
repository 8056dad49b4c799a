/** Where the model that travels inside the package is; see core-url.ts. */
export function modelUrl(): URL {
  return new URL('./mobilenetv2-lite.onnx', import.meta.url);
}
