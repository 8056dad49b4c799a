/** Bits of the words that entries are found by. */
const WORD_BITS = 16;

/** What words that differ in at most two bits differ by: 1 + 16 + 120 masks. */
const MASKS = masks();

/** Entries, numbered from 0 in the order they come, by a word of 16 bits: chains of the latest first. */
export class Buckets {
  readonly #latest = new Int32Array(1 << WORD_BITS).fill(-1);
  #earlier = new Int32Array(1024);
  #words = new Uint16Array(1024);
  #count = 0;

  add(word: number): void {
    if (this.#count === this.#earlier.length) {
      const earlier = new Int32Array(this.#count * 2);
      const words = new Uint16Array(this.#count * 2);
      earlier.set(this.#earlier);
      words.set(this.#words);
      this.#earlier = earlier;
      this.#words = words;
    }
    this.#words[this.#count] = word;
    this.#earlier[this.#count] = this.#latest[word] ?? -1;
    this.#latest[word] = this.#count;
    this.#count += 1;
  }

  /** Forgets all entries but the first `count`. */
  keepFirst(count: number): void {
    while (this.#count > count) {
      this.#count -= 1;
      this.#latest[this.#words[this.#count] ?? 0] = this.#earlier[this.#count] ?? -1;
    }
  }

  /** Calls `visit` with every entry whose word differs from this one in at most two bits. */
  near(word: number, visit: (entry: number) => void): void {
    for (const mask of MASKS) {
      let entry = this.#latest[word ^ mask] ?? -1;
      while (entry >= 0) {
        visit(entry);
        entry = this.#earlier[entry] ?? -1;
      }
    }
  }
}

function masks(): Uint16Array {
  const found = [0];
  for (let first = 0; first < WORD_BITS; first += 1) {
    found.push(1 << first);
    for (let second = 0; second < first; second += 1) found.push((1 << first) | (1 << second));
  }
  return Uint16Array.from(found);
}
