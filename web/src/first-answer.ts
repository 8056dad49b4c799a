import { spawnFirstAnswer } from './beside.ts';
import {
  type FirstAnswer,
  type FirstAnswerRequest,
  isFirstAnswerReply,
} from './first-answer-messages.ts';

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
      worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        if (isFirstAnswerReply(data)) end(data.firstAnswer);
      });
      worker.addEventListener('error', () => end());
      worker.postMessage({ pair: [a, b] } satisfies FirstAnswerRequest);
    } catch {
      // The model answers later all the same.
      resolve(undefined);
    }
  });
}
