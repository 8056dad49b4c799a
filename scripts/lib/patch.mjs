/** Other people's code, changed where nothing else helps. */
import { StepError } from './process.mjs';

/**
 * Replaces a piece of code, which must be there exactly as often as is known.
 * @param {object} change
 * @param {string} change.file what a failure names
 * @param {string} change.code
 * @param {string} change.piece
 * @param {string} change.by
 * @param {number} change.times
 * @returns {string} the code
 * @throws {StepError} where the piece is there more or less often: the code is of another version
 */
export function patch({ file, code, piece, by, times }) {
  const parts = code.split(piece);
  const found = parts.length - 1;
  if (found === times) return parts.join(by);
  throw new StepError(
    `${file} must be patched, and is not as it was: "${piece}" is in it ${found} ×, not ${times} ×.`,
    'see whether this version still needs the patch; then change it where it is, or delete it.',
  );
}
