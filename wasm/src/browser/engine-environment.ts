import type { EngineEnvironment, RuntimeLoader } from '../engine/environment.js';
import { readUrl } from '../files/read-url.js';
import { canvasDecoder, probeCanvasReadback } from './canvas.js';

/** What the engine needs of the browser's worker that it runs in. */
export async function createEngineEnvironment(
  loadRuntime?: RuntimeLoader,
): Promise<EngineEnvironment> {
  const canvasReadback = await probeCanvasReadback();
  const canvas = canvasReadback === 'unavailable' ? undefined : canvasDecoder;
  return { loadRuntime, canvasReadback, canvas, decoders: undefined, readUrl };
}
