/**
 * How alike are two images? Entry point of the package; importing it does nothing but define.
 * @packageDocumentation
 */
export { type ErrorCode, LikenessError } from './errors.js';
export { createLikeness, DEFAULT_LIMITS, DEFAULT_MODEL } from './likeness.js';
export type {
  CallOptions,
  Comparison,
  Embedding,
  ImageSource,
  Likeness,
  LikenessOptions,
  Limits,
  LoadPhase,
  LoadProgress,
  MemoryUse,
  ModelInfo,
  PixelRoad,
  Rgb,
  RuntimeInfo,
  Similarity,
  Timings,
  Verdict,
} from './types.js';
