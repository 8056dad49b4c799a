import { element } from './dom.ts';

/** What fingerprints alone can tell; about any other pair they say nothing. */
export type FirstAnswer = 'identical' | 'near-duplicate';

const TEXTS: Readonly<Record<FirstAnswer, string>> = {
  identical: 'Identical, by fingerprint. The model is still loading.',
  'near-duplicate': 'Near-duplicate, by fingerprint. The model is still loading.',
};

/**
 * Says that two pictures are copies before the model has arrived. A worker of its own reads them, so
 * that neither the page nor the model waits for it; where it can't start, there is no first answer.
 */
export class FirstAnswerView {
  private readonly line = element('[data-testid="first-answer"]', HTMLElement);
  private worker: Worker | undefined;

  /** Looks at two pictures; what is found shows until `end`. */
  begin(a: Blob, b: Blob): void {
    this.end();
    try {
      const worker = new Worker(new URL('./first-answer-worker.ts', import.meta.url), {
        type: 'module',
      });
      worker.addEventListener('message', ({ data }: MessageEvent<FirstAnswer | undefined>) => {
        if (worker !== this.worker) return;
        this.stop();
        if (data === undefined) return;
        this.line.textContent = TEXTS[data];
        this.line.hidden = false;
      });
      worker.addEventListener('error', () => this.stop());
      worker.postMessage([a, b]);
      this.worker = worker;
    } catch {
      // The model answers later all the same.
    }
  }

  /** The model has answered, or other pictures are here. */
  end(): void {
    this.stop();
    this.line.hidden = true;
    this.line.textContent = '';
  }

  private stop(): void {
    this.worker?.terminate();
    this.worker = undefined;
  }
}
