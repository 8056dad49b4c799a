import type { Change } from 'image-likeness';
import { describeChanges } from 'image-likeness/display';

/** What the details of an answer say, in English; the other languages have the same keys. */
export const english = {
  copyText: 'Copy as text',
  copyJson: 'Copy as JSON',
  copyCard: 'Copy as image',
  saveCard: 'Save as image',
  cosine: 'Cosine',
  probability: 'Same kind of subject',
  under: (percent: string) => `under ${percent}`,
  over: (percent: string) => `over ${percent}`,
  ranges: 'Scores of nine in ten known pairs',
  rangesOf: (strangers: string, similar: string, copies: string) =>
    `strangers ${strangers}, similar ${similar}, near-duplicates ${copies}`,
  overlap: 'In common',
  overlapShares: (first: string, second: string) =>
    `${first} of the first image, ${second} of the second`,
  noOverlap: 'nothing shows that one was made from the other',
  agreement: 'Detail there that agrees',
  changes: 'Changes',
  changeNames: (changes: readonly Change[]): string[] => describeChanges(changes),
  places: 'Places in the first image, in pixels',
  place: (width: string, height: string, x: string, y: string) =>
    `${width} × ${height} at (${x}, ${y})`,
  model: 'Model',
  modelHash: 'SHA-256 of the model',
  backend: 'Backend',
  threads: 'Threads',
  threadsIn: (threads: number, workers: number) =>
    workers > 1 ? `${threads} in each of ${workers} workers` : String(threads),
  selfTest: 'Self-test',
  selfTestPassed: 'passed: the numbers are finite and not all zero',
  selfTestCosine: (cosine: string) => `cosine ${cosine} with WebAssembly`,
  decoding: 'Decoding',
  preparing: 'Preparing',
  modelRun: 'Model run',
  total: 'In all',
  copied: 'Copied.',
  copyRefused: 'This browser does not let the page copy.',
  saved: (name: string) => `Saved as ${name}.`,
  cardFailed: 'It could not be drawn: this browser cannot show one of the images.',
};

export type DetailsStrings = typeof english;
