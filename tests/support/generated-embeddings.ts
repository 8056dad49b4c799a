/** Generated embeddings with planted copies, as many as are asked for: each is made when it is needed. */
import { randomFractions } from '../../scripts/lib/random.mjs';
import type { NearSource } from '../../wasm/src/cli/cluster/near.js';

const DIMENSION = 1280;

/** Subjects: embeddings of one have a cosine of about 0.5. */
const SUBJECTS = 200;

/** Every so many-th embedding is a copy of one before it. */
export const PLANTED_EVERY = 50;

/** Cosines of copies with their originals: one after the other. */
const COSINES = [0.905, 0.93, 0.95, 0.97, 0.99];

const subjects = Array.from({ length: SUBJECTS }, (_, subject) => noise(subject + 1));

/** `DIMENSION` numbers around 0. */
function noise(seed: number): Float32Array {
  const next = randomFractions((Math.imul(seed, 2654435761) ^ 0x5bd1e995) >>> 0 || 1);
  for (let i = 0; i < 4; i += 1) next();
  const values = new Float32Array(DIMENSION);
  for (let i = 0; i < DIMENSION; i += 1) values[i] = next() - 0.5;
  return values;
}

/** An embedding that is no copy. */
function original(number: number): Float32Array {
  const values = noise(number + 1000);
  const subject = subjects[number % SUBJECTS];
  for (let i = 0; i < DIMENSION; i += 1) values[i] = (values[i] ?? 0) + (subject?.[i] ?? 0);
  return values;
}

/** Which embedding a copy is made of: one that is none itself. */
export function originalOf(number: number): number {
  const somewhere = (Math.imul(number, 2654435761) >>> 0) / 2 ** 32;
  return Math.floor((somewhere * number) / PLANTED_EVERY) * PLANTED_EVERY;
}

function isCopy(number: number): boolean {
  return number % PLANTED_EVERY === PLANTED_EVERY - 1;
}

/** The embedding of this number. */
export function generatedEmbedding(number: number): Float32Array {
  if (!isCopy(number)) return original(number);
  const values = original(originalOf(number));
  const cosine = COSINES[Math.floor(number / PLANTED_EVERY) % COSINES.length] ?? 1;
  // An embedding has about √2 times the length of the noise that is added.
  const strength = Math.sqrt(2 * (1 / cosine ** 2 - 1));
  const added = noise(-number);
  for (let i = 0; i < DIMENSION; i += 1) {
    values[i] = (values[i] ?? 0) + strength * (added[i] ?? 0);
  }
  return values;
}

/** So many embeddings; the pairs of all of them are wanted. */
export function generatedSource(count: number): NearSource {
  return {
    count,
    wanted: count,
    isWanted: () => true,
    async *items() {
      for (let number = 0; number < count; number += 1) {
        yield { number, vector: generatedEmbedding(number), wanted: true };
      }
    },
    vectorsOf: async (numbers) =>
      new Map(numbers.map((number) => [number, generatedEmbedding(number)])),
  };
}
