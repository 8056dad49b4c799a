/**
 * What pages need to show a comparison: a colour map, the match map over two images, and descriptions in words.
 * The custom element and the project's own page use it. Importing it has no side effect.
 * @packageDocumentation
 */

export type { Change, MatchMap, Rgb, Similarity, Verdict } from '../types.js';
export { cellAfter } from './cell-keys.js';
export { colourOf } from './colour.js';
export {
  drawLegend,
  MatchMapPair,
  type MatchMapPairOptions,
  type MatchMapWords,
  matchMapStyles,
  type NamedCell,
  type Side,
} from './match-map-pair.js';
export {
  describeChanges,
  describeTime,
  describeVerdict,
  type PairWords,
  placesOf,
} from './words.js';
