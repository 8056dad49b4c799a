import { LikenessError } from '../errors.js';
import type { Outcome } from './wire.js';

/** The value of an outcome; its error is thrown. */
export function unwrap<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new LikenessError(outcome.code, outcome.message);
}
