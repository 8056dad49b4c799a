import type { Change } from 'image-likeness';
import { describeChanges } from 'image-likeness/display';

/** Everything that the folder view says, in English; the other languages have the same keys. */
export const english = {
  title: 'A whole folder',
  lead: 'Finds copies and look-alikes among many images. They never leave this device, and nothing is ever deleted.',
  drop: 'Drop images or a folder here',
  chooseFolder: 'Choose folder',
  chooseImages: 'Choose images',
  pause: 'Pause',
  resume: 'Resume',
  cancel: 'Cancel',
  loading: 'Loading the model…',
  progress: (done: string, all: string, rate: string, left: string) =>
    `${done} of ${all} images · ${rate} a second · ${left} left`,
  paused: (done: string, all: string) => `Paused at ${done} of ${all} images`,
  finished: (done: string, known: string) =>
    `${done} images read, ${known} of them known from before.`,
  cancelled: (done: string) => `Cancelled. ${done} images were read and stay.`,
  failed: (message: string) => `That didn't work: ${message}`,
  together: 'What belongs together',
  copies: 'Copies and variants',
  alike: 'Similar ones too',
  searching: (share: string) => `Looking for similar images: ${share}`,
  threshold: 'Lowest score',
  accepted: (pairs: string, groups: string) => `Pairs accepted: ${pairs} · groups: ${groups}`,
  fit: 'Fit to my marks',
  fitted: (threshold: string, error: string) =>
    `Threshold ${threshold}; ${error} of your marks missed.`,
  groups: {
    copies: (number: string, count: string) => `Group ${number}: ${count} copies`,
    variants: (number: string, count: string) =>
      `Group ${number}: ${count} variants, the same but for some places`,
    alike: (number: string, count: string) => `Group ${number}: ${count} similar images`,
  },
  noneSpare: 'None of these stands in for another.',
  noGroups: 'No groups yet.',
  noneFound: 'Nothing here belongs together at this threshold.',
  keep: 'Keep this one',
  suggested: 'suggested',
  more: 'More like this',
  moreOf: (path: string) => `Most alike to ${path}`,
  close: 'Close',
  evidence: (count: string) => `Evidence, pair by pair: ${count}`,
  rating: 'Looking at the pairs…',
  pairColumn: 'Pair',
  verdict: {
    identical: 'Identical',
    'near-duplicate': 'Near-duplicate',
    variant: 'Variant',
    similar: 'Similar',
    different: 'Different',
  },
  verdictColumn: 'Verdict',
  score: 'Score',
  cosine: 'Cosine',
  changes: 'Changes',
  changeNames: (changes: readonly Change[]): string[] => describeChanges(changes),
  mark: 'Your mark',
  marks: (count: string) => `Pairs you marked: ${count}`,
  right: 'Right',
  wrong: 'Wrong',
  showMore: 'Show more',
  images: 'All images',
  matrix: 'Map of likeness',
  matrixHelp: (count: string) =>
    `How alike ${count} images are, groups beside each other: the lighter, the more. Arrow keys move from cell to cell.`,
  matrixCell: (a: string, b: string, score: string) => `${a} and ${b}: score ${score}`,
  nearest: 'Nearest of the chosen row',
  unreadable: (count: string) => `Files that couldn't be read: ${count}`,
  readable: 'JPEG, PNG, GIF, BMP, WebP and AVIF can be read here; save others as one of these.',
  save: 'Export',
  script: 'Script to review',
  memory: (count: string, size: string) =>
    `${count} images remembered in this browser, about ${size}.`,
  forget: 'Clear memory',
  full: 'This browser has no more room to remember images. It all goes on in memory.',
  thumbnail: (path: string) => `Preview of ${path}`,
};

/** All that a language has to say. */
export type FolderStrings = typeof english;
