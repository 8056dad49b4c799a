import type { LoadProgress } from '../types.js';
import type { CommandIo } from './io.js';

/** Carriage return and "erase to the end of the line". */
const REWRITE_LINE = '\r\u001b[K';

/** Milliseconds over which the rate is averaged: short, so that images from the cache don't distort it for long. */
const RATE_WINDOW = 10_000;

/** The line is rewritten no more often than this, in milliseconds. */
const SHOW_EVERY = 100;

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

/** Counts work, and says how fast it goes and how long it will take. */
export class Countdown {
  private readonly samples: { readonly time: number; readonly done: number }[];
  private done = 0;
  private shownAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly line: ProgressLine,
    private readonly what: string,
    private readonly total: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.samples = [{ time: now(), done: 0 }];
  }

  /** One more is done. */
  step(): void {
    this.done += 1;
    const time = this.now();
    if (time - this.shownAt < SHOW_EVERY && this.done < this.total) return;
    this.shownAt = time;
    this.samples.push({ time, done: this.done });
    while (this.samples.length > 2 && time - (this.samples[0]?.time ?? 0) > RATE_WINDOW) {
      this.samples.shift();
    }
    this.line.show(this.text(time));
  }

  private text(time: number): string {
    const [oldest = { time, done: this.done }] = this.samples;
    const rate = (this.done - oldest.done) / ((time - oldest.time) / 1000);
    const counted = `${this.what} ${this.done} of ${this.total}`;
    if (!Number.isFinite(rate) || rate <= 0) return counted;
    const left = (this.total - this.done) / rate;
    return `${counted}, ${rate < 10 ? rate.toFixed(1) : rate.toFixed(0)} a second, ${durationOf(left)} left`;
  }
}

/** Seconds in words. */
function durationOf(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
