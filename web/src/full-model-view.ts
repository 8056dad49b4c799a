import type { ModelInfo } from 'image-likeness';
import { element } from './dom.ts';
import { describeError } from './words.ts';

/** Says which model answers and what it is good for; offers the full one where there is one. */
export class FullModelView {
  private readonly root = element('[data-testid="model"]', HTMLElement);
  private readonly title = element('[data-testid="model-title"]', HTMLElement);
  private readonly purpose = element('[data-testid="model-purpose"]', HTMLElement);
  private readonly button = element('[data-testid="full-model"]', HTMLButtonElement);
  private readonly problem = element('[data-testid="full-model-error"]', HTMLElement);
  private fullModel: string | undefined;

  /** @param change loads the model of that id and makes it the one that answers */
  constructor(change: (id: string) => Promise<void>) {
    this.button.addEventListener('click', async () => {
      if (this.fullModel === undefined) return;
      this.button.disabled = true;
      this.problem.hidden = true;
      try {
        await change(this.fullModel);
      } catch (error) {
        this.problem.textContent = describeError(error);
        this.problem.hidden = false;
      } finally {
        this.button.disabled = false;
      }
    });
  }

  /** Shows the model that answers. */
  show({ title, goodFor, fullModel }: ModelInfo): void {
    this.title.textContent = title;
    this.purpose.textContent = goodFor;
    this.fullModel = fullModel;
    this.button.hidden = fullModel === undefined;
    this.root.hidden = false;
  }
}
