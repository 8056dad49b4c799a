import type { LoadPhase, LoadProgress } from '../types.js';

/** Reports progress that never goes back: a file that is fetched again reports only what is new. */
export function forwardOnly(
  onProgress: ((progress: LoadProgress) => void) | undefined,
): (progress: LoadProgress) => void {
  const reached = new Map<LoadPhase, number>();
  return (progress) => {
    const share = progress.loaded / progress.total;
    if (share <= (reached.get(progress.phase) ?? -1)) return;
    reached.set(progress.phase, share);
    onProgress?.(progress);
  };
}
