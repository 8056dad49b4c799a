/**
 * How alike are two images? Entry point of the package; importing it does nothing but define.
 * @packageDocumentation
 */
export { type BuildInfo, buildInfo } from './build-info.js';
export { type ErrorCode, LikenessError } from './errors.js';
export { createLikeness, DEFAULT_LIMITS, DEFAULT_MODEL } from './likeness.js';
export type { ModelCalibration, NearDuplicateWeight } from './models/manifest.js';
export type {
  Backend,
  CallOptions,
  CellPair,
  CompareOptions,
  Comparison,
  CustomModel,
  Demotion,
  Embedding,
  EmbeddingIndex,
  EmbedOptions,
  EmbedResult,
  Evidence,
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
  PixelRoad,
  Region,
  Relation,
  Rgb,
  RuntimeInfo,
  ScoreRanges,
  Similarity,
  Tensor,
  Timings,
  Verdict,
  View,
} from './types.js';
