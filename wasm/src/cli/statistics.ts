/**
 * The p-th percentile by linear interpolation between closest ranks, as `numpy.percentile` does.
 * @param sorted ascending, at least one number
 * @param p 0–100
 */
export function percentile(sorted: readonly number[], p: number): number {
  const rank = ((sorted.length - 1) * p) / 100;
  const below = Math.floor(rank);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[below + 1] ?? low;
  return low + (high - low) * (rank - below);
}

/**
 * Area under the ROC curve: the chance that a positive outranks a negative, ties counting half
 * (Mann–Whitney; Hanley and McNeil, Radiology 143, 1982).
 * @returns 0–1, or NaN when either side is empty
 */
export function rocAuc(positives: readonly number[], negatives: readonly number[]): number {
  const ranked = [
    ...positives.map((value) => ({ value, positive: true })),
    ...negatives.map((value) => ({ value, positive: false })),
  ].sort((a, b) => a.value - b.value);
  let rankSum = 0;
  for (let start = 0; start < ranked.length; ) {
    let end = start;
    let positivesInTie = 0;
    while (end < ranked.length && ranked[end]?.value === ranked[start]?.value) {
      if (ranked[end]?.positive) positivesInTie += 1;
      end += 1;
    }
    rankSum += positivesInTie * ((start + 1 + end) / 2);
    start = end;
  }
  const wins = rankSum - (positives.length * (positives.length + 1)) / 2;
  return wins / (positives.length * negatives.length);
}
