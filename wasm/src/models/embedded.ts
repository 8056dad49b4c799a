import { modelUrl } from '#assets/model';
import { LikenessError } from '../errors.js';
import { WITHOUT_ADDRESS } from '../files/own-files.js';

/** The models that travel inside the package. */
const EMBEDDED: Readonly<Record<string, () => URL>> = { 'mobilenetv2-lite': modelUrl };

/** Whether a model travels inside the package. */
export function isEmbedded(id: string): boolean {
  return Object.hasOwn(EMBEDDED, id);
}

/**
 * Where the package keeps a model, or undefined when it has to be fetched.
 * @throws LikenessError `model-load-failed` where scripts have no address
 */
export function embeddedModelUrl(id: string): URL | undefined {
  try {
    return isEmbedded(id) ? EMBEDDED[id]?.() : undefined;
  } catch (error) {
    throw new LikenessError('model-load-failed', WITHOUT_ADDRESS, { cause: error });
  }
}
