/**
 * Many images: reading and remembering them, groups of copies and which image of each to keep, similar images, and a
 * threshold fitted to pairs that a user marked. It loads no model: a Likeness does the comparing.
 * @module grouping
 */
export {
  type Alike,
  apartFromCopies,
  type Collection,
  type CopyGroup,
  createCollection,
  type FiledEmbedding,
  type FileFacts,
  type GroupOptions,
  isCopy,
  LARGEST_MATRIX,
  type LongCallOptions,
  type NearDuplicate,
  type PicturePair,
  type Progress,
  type RatedPair,
  type Rater,
  type ScoredPair,
  type ScoreMatrix,
  type SimilarGroup,
  type SimilarGroups,
} from './collection.js';
export { type RatingMemory, withDetails } from './details.js';
export {
  type EmbeddedFile,
  type EmbeddingStore,
  type EmbedFilesOptions,
  embedFiles,
  type SourceFile,
} from './embed-files.js';
export { reversedChanges } from './reversed-changes.js';
export { type FittedThreshold, fitThreshold, type Mark } from './threshold.js';
