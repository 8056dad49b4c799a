/**
 * Many pictures: read and remembered, which are copies of one another and which of them to keep, which are alike, and the
 * threshold that fits a user's marks. Nothing is loaded; a Likeness does the comparing.
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
export { type FittedThreshold, fitThreshold, type Mark } from './threshold.js';
