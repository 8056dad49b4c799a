/**
 * Where ONNX Runtime's .wasm is. ONNX Runtime finds it by itself, with every bundler's help; a build that
 * serves the file in another form puts a module of its own in the place of this one.
 */
export function runtimeUrl(): URL | undefined {
  return undefined;
}
