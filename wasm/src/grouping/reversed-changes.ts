import type { Change, ChangeKind } from '../types.js';

const REVERSED: Partial<Record<ChangeKind, ChangeKind>> = {
  cropped: 'uncropped',
  uncropped: 'cropped',
  bordered: 'unbordered',
  unbordered: 'bordered',
  greyscale: 'coloured',
  coloured: 'greyscale',
  blurred: 'sharpened',
  sharpened: 'blurred',
  added: 'removed',
  removed: 'added',
};

/**
 * The way back: what was done to the second image of a pair to make the first one.
 * @param changes from the first to the second one, as in `evidence.changes`
 * @param frames how many the first image has; unless given, nothing is said of another number of frames
 */
export function reversedChanges(changes: readonly Change[], frames?: number): Change[] {
  const mirrored = changes.some(({ kind }) => kind === 'mirrored');
  return changes.flatMap(({ kind, amount, a, b }) => {
    const change = { kind: REVERSED[kind] ?? kind, amount, a: b, b: a };
    switch (kind) {
      case 'reanimated':
        return frames === undefined ? [] : { ...change, amount: frames };
      case 'resized':
      case 'exposed':
        return { ...change, amount: 1 / amount };
      case 'turned':
        // Mirroring turns the other way what comes after it.
        return mirrored ? change : { ...change, amount: -amount };
      default:
        return change;
    }
  });
}
