/**
 * Entries, numbered from 0 in the order they come, by a word of up to 31 bits: chains of the latest first,
 * in as many slots as there are entries. Of the many words that are near one nearly all are nobody's, which
 * a bit for each word tells; those that differ in their last bits lie in one line of the cache.
 */
export class Buckets {
  #bits = 10;
  #latest = new Int32Array(1 << this.#bits).fill(-1);
  #earlier = new Int32Array(1 << this.#bits);
  #words = new Int32Array(1 << this.#bits);
  #count = 0;

  /** Whether a word has, or had, an entry. */
  readonly #present: Uint32Array;

  /**
   * @param wordBits bits of a word, 5 to 31
   * @param differences what words that are near each other differ by; see `differencesOf`
   */
  constructor(
    wordBits: number,
    private readonly differences: Int32Array,
  ) {
    this.#present = new Uint32Array(2 ** (wordBits - 5));
  }

  add(word: number): void {
    if (this.#count === this.#words.length) this.#grow();
    this.#words[this.#count] = word;
    this.#present[word >>> 5] = (this.#present[word >>> 5] ?? 0) | (1 << (word & 31));
    this.#link(this.#count);
    this.#count += 1;
  }

  /** Forgets all entries but the first `count`. */
  keepFirst(count: number): void {
    while (this.#count > count) {
      this.#count -= 1;
      const word = this.#words[this.#count] ?? 0;
      this.#latest[slotOf(word, this.#bits)] = this.#earlier[this.#count] ?? -1;
    }
  }

  /** Calls `visit` with every entry whose word is near this one. */
  near(word: number, visit: (entry: number) => void): void {
    const present = this.#present;
    const words = this.#words;
    const earlier = this.#earlier;
    const latest = this.#latest;
    const bits = this.#bits;
    for (const difference of this.differences) {
      const wanted = word ^ difference;
      if ((((present[wanted >>> 5] ?? 0) >>> (wanted & 31)) & 1) === 0) continue;
      let entry = latest[slotOf(wanted, bits)] ?? -1;
      while (entry >= 0) {
        if (words[entry] === wanted) visit(entry);
        entry = earlier[entry] ?? -1;
      }
    }
  }

  #link(entry: number): void {
    const slot = slotOf(this.#words[entry] ?? 0, this.#bits);
    this.#earlier[entry] = this.#latest[slot] ?? -1;
    this.#latest[slot] = entry;
  }

  #grow(): void {
    this.#bits += 1;
    const size = 1 << this.#bits;
    const words = new Int32Array(size);
    words.set(this.#words);
    this.#words = words;
    this.#earlier = new Int32Array(size);
    this.#latest = new Int32Array(size).fill(-1);
    for (let entry = 0; entry < this.#count; entry += 1) this.#link(entry);
  }
}

/** Multiplicative hashing (D. E. Knuth, The Art of Computer Programming 3, 6.4). */
function slotOf(word: number, bits: number): number {
  return Math.imul(word, 0x9e3779b1) >>> (32 - bits);
}

/** What words of so many bits differ by that differ in at most `most` bits. */
export function differencesOf(bits: number, most: number): Int32Array {
  const found = [0];
  for (let first = 0, set = 0; set < most; set += 1) {
    const end = found.length;
    for (; first < end; first += 1) {
      const before = found[first] ?? 0;
      // Bits are added from the lowest up, so that each set of them comes once.
      for (let bit = before === 0 ? 0 : 32 - Math.clz32(before); bit < bits; bit += 1) {
        found.push(before | (1 << bit));
      }
    }
  }
  return Int32Array.from(found);
}
