/**
 * The models that travel inside the package. Each address is written out as a whole, because that is
 * how bundlers find the file behind it.
 */
const EMBEDDED: Readonly<Record<string, () => URL>> = {
  'mobilenetv2-lite': () => new URL('./mobilenetv2-lite.onnx', import.meta.url),
};

/** Where the package keeps a model, or undefined when it has to be fetched. */
export function embeddedModelUrl(id: string): URL | undefined {
  return EMBEDDED[id]?.();
}
