import { modelUrl } from '#assets/model';

/** The models that travel inside the package. */
const EMBEDDED: Readonly<Record<string, () => URL>> = { 'mobilenetv2-lite': modelUrl };

/** Where the package keeps a model, or undefined when it has to be fetched. */
export function embeddedModelUrl(id: string): URL | undefined {
  return EMBEDDED[id]?.();
}
