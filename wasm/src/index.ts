/**
 * How alike are two images? Entry point of the package; importing it does nothing but define.
 * @packageDocumentation
 */
export { type ErrorCode, LikenessError } from './errors.js';
export { createLikeness, DEFAULT_LIMITS, DEFAULT_MODEL } from './likeness.js';
export type {
  CallOptions,
  CellPair,
  CompareOptions,
  Comparison,
  Embedding,
  Evidence,
  Fingerprint,
  ImageSource,
  Likeness,
  LikenessOptions,
  Limits,
  LoadPhase,
  LoadProgress,
  MatchMap,
  MemoryUse,
  ModelInfo,
  PixelRoad,
  Relation,
  Rgb,
  RuntimeInfo,
  Similarity,
  Timings,
  Verdict,
} from './types.js';
