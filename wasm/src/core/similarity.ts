import type { Relation, Similarity } from '../types.js';
import type { WireEvidence, WireRating } from './wire.js';

/** The public shape of what the core found. */
export function toSimilarity(rating: WireRating): Similarity {
  const { margin, evidence, ...similarity } = rating;
  if (evidence === undefined || margin === undefined) return similarity;
  return {
    ...similarity,
    evidence: {
      samePixels: evidence.samePixels,
      hashDistance: { dct: evidence.dct, gradient: evidence.gradient },
      correlation: { whole: evidence.wholeCorrelation, window: evidence.windowCorrelation },
      margin,
      relations: similarity.verdict === 'near-duplicate' ? relationsOf(evidence) : [],
    },
  };
}

function relationsOf({ mirrored, degrees, greyscale, cropped }: WireEvidence): Relation[] {
  const named: [boolean, Relation][] = [
    [mirrored, 'mirrored'],
    [degrees === 90, 'rotated-90'],
    [degrees === 180, 'rotated-180'],
    [degrees === 270, 'rotated-270'],
    [greyscale, 'greyscale'],
    [cropped, 'cropped'],
  ];
  return named.filter(([holds]) => holds).map(([, relation]) => relation);
}
