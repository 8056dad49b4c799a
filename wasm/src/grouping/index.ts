/**
 * Many pictures: which are copies of one another, which are alike, the threshold that fits a user's
 * marks, and which picture of a group to keep. Nothing is loaded; a Likeness does the comparing.
 * @module grouping
 */
export {
  type Alike,
  type Collection,
  createCollection,
  isCopy,
  LARGEST_MATRIX,
  type LongCallOptions,
  type NearDuplicate,
  type Progress,
  type Rater,
  type ScoredPair,
  type ScoreMatrix,
  type SimilarGroups,
} from './collection.js';
export { withDetails } from './details.js';
export { groupsOf, type Link } from './groups.js';
export { type Keepable, suggestKept, undecidedBySize } from './keep-best.js';
export { type Pixels, sharpnessOf } from './sharpness.js';
export { type FittedThreshold, fitThreshold, type Mark } from './threshold.js';
