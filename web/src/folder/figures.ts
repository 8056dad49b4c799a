/** A number, and how it is written. */
export interface Counted {
  readonly count: number;
  readonly text: string;
}

/** Figures as a language writes them. */
export class Figures {
  /** @param language a BCP 47 tag */
  constructor(private readonly language: string) {}

  number(value: number, digits = 0): string {
    return this.#format(value, { maximumFractionDigits: digits });
  }

  count(count: number): Counted {
    return { count, text: this.number(count) };
  }

  /** A share from 0 to 1, in whole percent. */
  share(share: number): string {
    return this.#format(share, { style: 'percent' });
  }

  size(bytes: number): string {
    const [unit, scale] = (
      bytes < 1e6 ? ['kilobyte', 1e3] : bytes < 1e9 ? ['megabyte', 1e6] : ['gigabyte', 1e9]
    ) as [string, number];
    return this.#format(bytes / scale, { style: 'unit', unit, maximumFractionDigits: 1 });
  }

  /** Rounded up to whole seconds, or minutes from 90 seconds. */
  duration(seconds: number): string {
    const [unit, scale] = seconds < 90 ? ['second', 1] : ['minute', 60];
    return this.#format(Math.ceil(seconds / scale), { style: 'unit', unit });
  }

  /** The day of a time in milliseconds. */
  day(time: number): string {
    return new Intl.DateTimeFormat(this.language, { dateStyle: 'medium' }).format(time);
  }

  /** "a, b and c". */
  list(items: readonly string[]): string {
    return new Intl.ListFormat(this.language).format(items);
  }

  #format(value: number, options: Intl.NumberFormatOptions): string {
    return new Intl.NumberFormat(this.language, options).format(value);
  }
}
