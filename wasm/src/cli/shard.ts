import { createHash } from 'node:crypto';
import { usageError } from './io.js';

/** Bytes of the hash that decide; as many as fit into a number. */
const HASH_BYTES = 6;

/** One of `count` parts of a set of files. */
export interface Shard {
  /** From 1. */
  readonly number: number;
  readonly count: number;
}

/** `i/n`, 1 ≤ i ≤ n. @throws LikenessError `invalid-argument` */
export function parseShard(text: string): Shard {
  const [, number, count] = /^(\d{1,9})\/(\d{1,9})$/.exec(text)?.map(Number) ?? [];
  if (number === undefined || count === undefined || number < 1 || number > count) {
    throw usageError(`--shard takes i/n, from 1/n to n/n, not "${text}".`);
  }
  return { number, count };
}

/**
 * Whether a file belongs to a shard: by the SHA-256 of its relative path alone, so that machines that
 * know nothing of each other agree, and a new file changes the place of no other.
 */
export function isInShard(relative: string, { number, count }: Shard): boolean {
  const hash = createHash('sha256').update(relative).digest().readUIntBE(0, HASH_BYTES);
  return hash % count === number - 1;
}
