/**
 * A reader for the part of Thrift's compact protocol that Parquet uses, with limits: the cost of reading a crafted
 * file is bounded by its length. See the specification, doc/specs/thrift-compact-protocol.md.
 */
import { invalid } from './stored.js';

/** Deepest nesting of structures and lists; Parquet's own has less than ten levels. */
const DEEPEST = 32;

/** Bytes of a 64-bit number. */
const LONGEST_VARINT = 10;

/** The numbers and structures of a structure, by field number; byte strings and lists are skipped. */
export type Fields = ReadonlyMap<number, number | Fields>;

/**
 * Checks a structure and reads its numbers.
 * @param end the structure must end before this byte
 * @returns its fields and the position after it
 * @throws LikenessError `invalid-argument`
 */
export function readStruct(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly fields: Fields; readonly end: number } {
  const reader = new Reader(bytes, start, end);
  return { fields: reader.struct(0), end: reader.at };
}

class Reader {
  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
    private readonly end: number,
  ) {}

  struct(depth: number): Fields {
    if (depth > DEEPEST) throw invalid('The structures of the file lie too deep in each other.');
    const fields = new Map<number, number | Fields>();
    let field = 0;
    for (;;) {
      const head = this.byte();
      const type = head & 15;
      if (type === 0) return fields;
      field = head >> 4 === 0 ? zigzag(this.varint()) : field + (head >> 4);
      const value = this.value(type, depth + 1);
      if (value !== undefined) fields.set(field, value);
    }
  }

  private value(type: number, depth: number): number | Fields | undefined {
    switch (type) {
      case 1:
      case 2:
        return 2 - type;
      case 3:
        return this.byte();
      case 4:
      case 5:
      case 6:
        return zigzag(this.varint());
      case 7:
        this.skip(8);
        return undefined;
      case 8:
        this.skip(this.varint());
        return undefined;
      case 9:
        this.list(depth);
        return undefined;
      case 12:
        return this.struct(depth);
      default:
        throw invalid(`The file has a structure of a kind ${type} that Parquet doesn't use.`);
    }
  }

  private list(depth: number): void {
    if (depth > DEEPEST) throw invalid('The lists of the file lie too deep in each other.');
    const head = this.byte();
    const length = head >> 4 === 15 ? this.varint() : head >> 4;
    // An item has at least one byte.
    if (length > this.end - this.at) {
      throw invalid(`The file claims a list of ${length} items and ends before.`);
    }
    const type = head & 15;
    for (let item = 0; item < length; item += 1) {
      this.value(type === 1 || type === 2 ? 3 : type, depth + 1);
    }
  }

  private varint(): number {
    let value = 0;
    for (let place = 0; place < LONGEST_VARINT; place += 1) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** (7 * place);
      if (byte < 128) return value;
    }
    throw invalid('The file has a number of more than 64 bits.');
  }

  private byte(): number {
    this.skip(1);
    return this.bytes[this.at - 1] ?? 0;
  }

  private skip(count: number): void {
    this.at += count;
    if (this.at > this.end) throw invalid('The file ends in the middle of a structure.');
  }
}

function zigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
