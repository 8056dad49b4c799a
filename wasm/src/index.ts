/**
 * How alike are two images? Entry point of the package; importing it does nothing but define.
 * @packageDocumentation
 */

export { createLikeness, DEFAULT_LIMITS, DEFAULT_MODEL } from './api/likeness.js';
export type {
  CollectedPicture,
  CollectionStore,
  CopyGroup,
  PicturePair,
  Proof,
  SimilarGroup,
} from './binding/collection-store.js';
export { type BuildInfo, buildInfo } from './build-info.js';
export { type ErrorCode, LikenessError } from './errors.js';
export type { ModelCalibration } from './models/manifest.js';
export type {
  Backend,
  Both,
  CallOptions,
  CellPair,
  Change,
  ChangeKind,
  CompareOptions,
  Comparison,
  CopyKind,
  CustomModel,
  Demotion,
  EmbedAllOptions,
  Embedding,
  EmbeddingIndex,
  EmbedOptions,
  EmbedResult,
  Evidence,
  ExplainedComparison,
  Fingerprint,
  Grid,
  HeatMap,
  ImageOptions,
  ImageSource,
  Likeness,
  LikenessOptions,
  Limits,
  LoadPhase,
  LoadProgress,
  MatchMap,
  MemoryUse,
  ModelInfo,
  Neighbour,
  PairwiseOptions,
  PictureDetail,
  PixelRoad,
  PixelSize,
  Rectangle,
  Region,
  Registration,
  Rgb,
  RuntimeInfo,
  ScoreRanges,
  Similarity,
  Tensor,
  Timings,
  Verdict,
  View,
} from './types.js';
