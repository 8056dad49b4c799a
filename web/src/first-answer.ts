import { spawnFirstAnswer } from './beside.ts';
import { element } from './dom.ts';
import {
  type FirstAnswer,
  type FirstAnswerRequest,
  isFirstAnswerReply,
} from './first-answer-messages.ts';
import { onLanguage, words } from './language.ts';

/**
 * Says that two pictures are copies before the model has arrived. A worker of its own reads them, so
 * that neither the page nor the model waits for it; where it can't start, there is no first answer.
 */
export class FirstAnswerView {
  private readonly line = element('[data-testid="first-answer"]', HTMLElement);
  private worker: Worker | undefined;
  private answer: FirstAnswer | undefined;

  constructor() {
    onLanguage(() => this.render());
  }

  /** Looks at two pictures; what is found shows until `end`. */
  begin(a: Blob, b: Blob): void {
    this.end();
    try {
      const worker = spawnFirstAnswer();
      if (worker === undefined) return;
      worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        if (worker !== this.worker || !isFirstAnswerReply(data)) return;
        this.stop();
        this.answer = data.firstAnswer;
        this.render();
      });
      worker.addEventListener('error', () => this.stop());
      worker.postMessage({ pair: [a, b] } satisfies FirstAnswerRequest);
      this.worker = worker;
    } catch {
      // The model answers later all the same.
    }
  }

  /** The model has answered, or other pictures are here. */
  end(): void {
    this.stop();
    this.answer = undefined;
    this.render();
  }

  private render(): void {
    const { answer } = this;
    this.line.hidden = answer === undefined;
    this.line.textContent = answer === undefined ? '' : words().firstAnswer[answer];
  }

  private stop(): void {
    this.worker?.terminate();
    this.worker = undefined;
  }
}
