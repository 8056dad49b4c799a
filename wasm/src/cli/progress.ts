import type { LoadProgress } from '../types.js';
import type { CommandIo } from './io.js';

/** Carriage return and "erase to the end of the line". */
const REWRITE_LINE = '\r\u001b[K';

/** One line on a terminal that is rewritten as work goes on; silent everywhere else. */
export class ProgressLine {
  private shown = '';

  constructor(private readonly io: CommandIo) {}

  /** Shows `text` in place of what was shown before. */
  show(text: string): void {
    if (!this.io.terminal || text === this.shown) return;
    this.io.err(`${REWRITE_LINE}${text}`);
    this.shown = text;
  }

  /** Shows how far the model has been loaded. */
  readonly onLoad = ({ phase, loaded, total }: LoadProgress): void => {
    this.show(`loading ${phase} ${Math.round((loaded / total) * 100)} %`);
  };

  /** Removes the line. */
  clear(): void {
    if (this.shown === '') return;
    this.io.err(REWRITE_LINE);
    this.shown = '';
  }
}
