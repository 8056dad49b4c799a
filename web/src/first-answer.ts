import type { CopyKind } from 'image-likeness';
import { spawnFirstAnswer } from './beside.ts';

/** What pixels alone can tell; about any other pair they say nothing. */
export type FirstAnswer = CopyKind;

/**
 * Says whether two pictures are copies before the model has arrived. A worker of its own reads them, so that
 * neither the page nor the model waits for it.
 * @returns undefined where the pixels prove nothing, the worker can't start or the signal ends it
 */
export function firstAnswer(
  a: Blob,
  b: Blob,
  signal: AbortSignal,
): Promise<FirstAnswer | undefined> {
  return new Promise((resolve) => {
    try {
      const worker = spawnFirstAnswer();
      if (worker === undefined) {
        resolve(undefined);
        return;
      }
      const end = (answer?: FirstAnswer): void => {
        worker.terminate();
        resolve(answer);
      };
      signal.addEventListener('abort', () => end());
      worker.addEventListener('message', ({ data }: MessageEvent<FirstAnswer | undefined>) =>
        end(data),
      );
      worker.addEventListener('error', () => end());
      worker.postMessage([a, b]);
    } catch {
      // The model answers later all the same.
      resolve(undefined);
    }
  });
}
