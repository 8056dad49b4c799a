import type { Change } from 'image-likeness';
import { describeChanges } from 'image-likeness/display';
import type { Counted } from '../folder/figures.ts';
import type { LeftBecause } from '../folder/move.ts';

/** A number with its noun. */
const plural = ({ count, text }: Counted, one: string, many: string): string =>
  `${text} ${count === 1 ? one : many}`;
const pictures = (count: Counted): string => plural(count, 'picture', 'pictures');
const groups = (count: Counted): string => plural(count, 'group', 'groups');
const files = (count: Counted): string => plural(count, 'file', 'files');

const leftBecause: Record<LeftBecause, string> = {
  changed: 'it has changed or gone since it was read',
  'keeper-changed': 'the picture that stays for it has changed or gone',
  occupied: 'there is another file of this name by now',
  failed: 'the browser could not do it',
};

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
  tune: 'Fine tuning',
  alike: 'Similar pictures',
  searching: (share: string) => `Looking for similar images: ${share}`,
  threshold: 'Lowest score',
  accepted: (pairs: string, groups: string) => `Pairs accepted: ${pairs} · groups: ${groups}`,
  fit: 'Fit to my marks',
  fitted: (threshold: string, error: string) =>
    `Threshold ${threshold}; ${error} of your marks missed.`,
  noGroups: 'No groups yet.',
  noneFound: 'Nothing here belongs together.',
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
  goOn: (name: string) => `Go on with “${name}”`,
  goOnUnread: 'It was not read to its end. What was read is remembered.',
  goOnRead: 'Chosen last time; what was read is remembered.',
  summary: (inGroups: Counted, groupCount: Counted, couldGo: Counted, size: string) =>
    `${pictures(inGroups)} in ${groups(groupCount)}, ${couldGo.text} could go, ${size}`,
  nothingToDo: 'No copies found',
  readCount: (read: Counted, not: Counted) =>
    not.count === 0 ? `${read.text} read` : `${read.text} read, ${not.text} not`,
  decidedCount: (decided: Counted, all: Counted, spare: Counted, size: string) =>
    `${decided.text} of ${groups(all)} decided; ${files(spare)} spare, ${size}`,
  keepBestOfAll: 'Keep the best of every group',
  undo: 'Undo',
  redo: 'Redo',
  move: (spare: Counted) => `Move ${files(spare)} to likeness-spare`,
  moveNote:
    'Each is copied into the folder likeness-spare, inside the one you chose, and compared byte for byte before it leaves its place. You can bring all of them back.',
  cannotMove:
    'This browser, or the way these files were chosen, lets no page move them. The script moves them for you; read it first.',
  someCannotMove: (count: Counted) =>
    `${files(count)} can’t be moved by this page: they were not chosen as a folder.`,
  moving: (done: string, total: string) => `Moving: ${done} of ${total}`,
  restoring: (done: string, total: string) => `Bringing back: ${done} of ${total}`,
  stop: 'Stop',
  moved: (count: Counted, size: string) => `${files(count)} moved to likeness-spare, ${size}.`,
  restored: (count: Counted, size: string) => `${files(count)} brought back, ${size}.`,
  leftThere: (count: Counted) => `${files(count)} left in place:`,
  leftBecause: (because: LeftBecause) => leftBecause[because],
  inSpare: (count: Counted) => `${files(count)} of this folder lie in likeness-spare.`,
  restore: 'Bring them back',
  kinds: 'Show',
  kind: {
    identical: 'Identical',
    'near-duplicate': 'Near-duplicates',
    variants: 'Variants',
    alike: 'Similar',
  },
  groupTitle: {
    identical: (count: Counted) => `${pictures(count)}, identical`,
    'near-duplicate': (count: Counted) => `${pictures(count)}, near-duplicates`,
    variants: (count: Counted) => `${pictures(count)}, the same but for some places`,
    alike: (count: Counted) => `${pictures(count)}, similar`,
  },
  groupOf: (place: string, count: string) => `Group ${place} of ${count}`,
  allGroups: 'All groups',
  wins: (size: string) => `${size} could go`,
  noneSpare: 'None of these is proven to stand in for another: look before you let one go.',
  suggestion: (name: string, reasons: string) => `Suggested: ${name}, because ${reasons}.`,
  reason: {
    'shows-most': 'it shows the most',
    'in-colour': 'it is in colour',
    'most-pixels': 'it has the most pixels',
    'not-enlarged': 'it was not enlarged',
    sharpest: 'it is the sharpest',
    'no-border': 'it has no border',
    'largest-file': 'its file is the largest',
    oldest: 'it is the oldest',
    first: 'nothing sets another one above it',
  },
  reasonBadge: {
    'shows-most': 'shows most',
    'in-colour': 'colour',
    'most-pixels': 'most pixels',
    'not-enlarged': 'not enlarged',
    sharpest: 'sharpest',
    'no-border': 'no border',
    'largest-file': 'largest file',
    oldest: 'oldest',
    first: '',
  },
  decided: 'decided',
  review: 'Groups to decide about',
  identical: 'identical',
  best: 'best',
  previous: 'Previous',
  next: 'Next',
  keepBest: 'Keep the best',
  keepAll: 'Keep all',
  keep: 'Keep',
  spare: 'Spare',
  onlyThis: 'Only this',
  decisions: { keep: 'kept', spare: 'spare', undefined: 'undecided' },
  lastStays: (path: string) => `${path} stays: of every group one picture does.`,
  decidedNow: (path: string, decision: string) => `${path}: ${decision}.`,
  allDecided: 'Every group has been decided.',
  keys: 'Keys in a group',
  keyNames: {
    choose: 'choose',
    keep: 'keep',
    spare: 'spare',
    only: 'only this',
    decided: 'decided',
    review: 'Groups to decide about',
    best: 'the best',
    next: 'next',
    previous: 'previous',
    undo: 'undo',
    compare: 'compare',
  },
  compareWith: (path: string, keeper: string) => `Compare ${path} with ${keeper}`,
  look: (path: string) => `Look at ${path}`,
  back: 'Back to the group',
  comparing: 'Comparing…',
  stays: 'stays',
  thumbnail: (path: string) => `Preview of ${path}`,
};

/** All that a language has to say. */
export type FolderStrings = typeof english;
