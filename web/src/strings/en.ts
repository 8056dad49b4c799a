import type { ErrorCode, ModelInfo } from 'image-likeness';
import { describeTime } from 'image-likeness/display';
import type { SentenceWords } from '../pair/sentence.ts';
import { PARTS } from './parts-en.ts';

const share = (value: number): string => `${Math.round(value * 100)}%`;

const list = new Intl.ListFormat('en', { type: 'conjunction' });

/** The answer as a sentence. */
const SENTENCE: SentenceWords = {
  identical: 'The same image, pixel for pixel.',
  copy: (changes, places, most) => {
    const whole = most ? 'Mostly the same image' : 'The same image';
    const said = changes.length === 0 ? whole : `${whole}, ${list.format(changes)}`;
    return places === '' ? `${said}.` : `${said}; ${places}.`;
  },
  changes: {
    verdicts: { identical: '', 'near-duplicate': '', variant: '', similar: '', different: '' },
    changes: {
      're-encoded': () => 'saved again',
      resized: (factor) => `${factor > 1 ? 'enlarged' : 'reduced'} to ${share(factor)}`,
      cropped: (part) => `cropped to ${share(part)}`,
      uncropped: (part) => `as ${share(part)} of a larger one`,
      bordered: (part) => (part < 0.6 ? 'with a wide border' : 'with a border'),
      unbordered: () => 'without its border',
      turned: (degrees) =>
        `turned by ${Math.abs(degrees).toFixed(1)}° ${degrees > 0 ? 'clockwise' : 'counterclockwise'}`,
      mirrored: () => 'mirrored',
      greyscale: () => 'in grey',
      coloured: () => 'in colour',
      exposed: (contrast) =>
        contrast > 1.1
          ? 'with more contrast'
          : contrast < 0.9
            ? 'with less contrast'
            : 'with other brightness',
      blurred: () => 'blurred',
      sharpened: () => 'sharper',
      added: () => 'something added',
      removed: () => 'something taken away',
      replaced: () => 'something replaced',
      reanimated: (frames) => `with ${frames} frames`,
    },
    turnedRight: 'turned right',
    turnedLeft: 'turned left',
    upsideDown: 'turned upside down',
    inPlaces: (change, count) => `${change} in ${count} places`,
  },
  places: {
    one: {
      added: 'something was added',
      removed: 'something was taken away',
      replaced: 'one place differs',
    },
    several: (count) => (count === 1 ? 'one place differs' : `${count} places differ`),
    where: PARTS,
    at: (place, where) => `${place}, ${where}`,
  },
  sharing: 'Different images, but a part of one is in the other.',
  similar: {
    surely: 'Two different images of the same kind of thing.',
    probably: 'Two different images, probably of the same kind of thing.',
    perhaps: 'Two different images, perhaps of the same kind of thing.',
  },
  different: {
    nothing: 'Two different images with nothing in common.',
    little: 'Two different images with little in common.',
  },
};

/**
 * Everything that the page says, in English; the other languages have the same keys. What is under
 * `page` stands in index.html too, where `data-text` (or `data-aria-label`, …) names the key.
 */
export const english = {
  /** What the language calls itself. */
  name: 'English',
  direction: 'ltr',
  page: {
    title: 'Likeness: how alike are two images?',
    question: 'How alike are two images?',
    lead: 'Choose, drop or paste them. They never leave this device.',
    mode: 'What to compare',
    pairMode: 'Two images',
    folderMode: 'A folder',
    language: 'Language',
    pair: 'The two images',
    firstImage: 'First image',
    secondImage: 'Second image',
    invitation: 'choose, drop or paste',
    noPreview: 'No preview',
    swap: 'Swap',
    clear: 'Start over',
    details: 'Details',
    camera: 'Take a picture with the camera',
    loadingModel: 'Loading the model',
    loadingFullModel: 'Loading the full model',
    askFullModel: 'Ask the full model (7 MB)',
    refuseFullModel: 'Don’t load it',
    settings: 'Settings',
    settingsLead:
      'The address of this page remembers them: a link restores them, never the images.',
    model: 'Model',
    modelAuto: 'The small one at once, then the full one where there is one',
    modelLite: 'Only the small one',
    modelFull: 'The full one, even when data is to be saved',
    backend: 'What computes',
    backendAuto: 'What suits the model',
    backendCore: 'The processor (Likeness itself)',
    backendWasm: 'The processor (ONNX Runtime)',
    backendWebgpu: 'The graphics card (WebGPU)',
    backendWebnn: 'Neural network interface (WebNN, experimental)',
    orientations: 'Try all turned and mirrored ways (slower)',
    threads: 'Several processor cores work on one image (threads)',
    samples: 'Or try a pair',
    sampleSame: 'The same, in another file',
    sampleSimilar: 'The same kind of thing',
    sampleDifferent: 'Something else',
    privacy:
      'The model runs inside this page, on this device. Nothing is uploaded, and nothing is loaded from anywhere else.',
    foreignRequests: 'Requests to any other origin since this page loaded:',
    howToCheck: 'How to check that yourself',
    oneFile: 'This page as one file, for use without any server (about 2 MB)',
    checkSteps:
      'Open the browser’s developer tools (F12), choose “Network”, reload the page and compare two images. Every address in the list begins with that of this page.',
  },
  /** Names of the parts of the scale. */
  bands: { different: 'different', similar: 'alike', copy: 'the same' },
  loading: 'Loading the model…',
  ready: 'Ready.',
  otherImage: 'Now the other image.',
  comparing: 'Comparing…',
  fetchingPair: 'Fetching the pair…',
  refined: (before: string) => `Refined by the full model; the small one said ${before} %.`,
  confirmed: 'The full model says the same.',
  /** Milliseconds. */
  time: describeTime,
  /** The answer as a sentence. */
  sentence: SENTENCE,
  /** What the scale says to those who don't see it. */
  scale: (score: string, band: string) => `${score} of 100: ${band}`,
  model: (title: string, purpose: string) => `${title} is good for ${purpose}.`,
  /** What a model is good for. */
  purpose: ({ goodFor }: Pick<ModelInfo, 'id' | 'goodFor'>) => goodFor,
  fullModelLoading: 'The full model is on its way and will refine the answer.',
  fullModelMissing: (command: string) =>
    `The full model, which knows kinds of subject better, isn’t on this site. Whoever runs it can add it: ${command}`,
  fullModelNotInFile:
    'The full model, which knows kinds of subject better, is not part of this file; a served page has it.',
  savingData: 'Data is being saved here, so the full model isn’t loaded unasked.',
  demoted: (backend: string, reason: string) => `${backend} can’t be used here: ${reason}`,
  /** What has become of the wish for threads. */
  threads: {
    off: () =>
      'The page reloads once for it, and keeps the two images: browsers let threads share memory only in a page that is cut off from other sites.',
    ready: () => 'Off. Each image is worked on by one core, the two side by side.',
    starting: () => 'Being set up. The page reloads once, and keeps the two images.',
    on: (count: number) =>
      count > 1
        ? `On: ${count} threads work on one image.`
        : 'On, but this browser shows the page a single core: there is nothing to share.',
    refused: () =>
      'Not yet. Reload the page, or open it in another tab; if that changes nothing, this browser does not allow it here. Everything works without.',
    impossible: () =>
      'Not possible here: it needs a service worker, and browsers have that only for pages from an https address or from localhost. Everything works without.',
  },
  falsified:
    'This browser falsifies what pages read from a canvas, so images are decoded by our own code here: JPEG, PNG, BMP and GIF only.',
  onlyTwo:
    'More than two images came: the first two are compared here. A folder compares them all.',
  update: {
    text: 'A new version of this page is here.',
    button: 'Use it now',
    late: 'The browser is still busy with the old version. If it stays so, reload the page, or close all its tabs and open it again.',
  },
  firstAnswer: {
    identical: 'Identical, by the pixels. The model is still loading.',
    'near-duplicate': 'Near-duplicate, by the pixels. The model is still loading.',
    variant: 'Variant: most is the same, by the pixels. The model is still loading.',
  },
  /** What went wrong and what to do, where the package's own message, which is English, is not said. */
  problem: undefined as ((code: ErrorCode) => string) | undefined,
  /** Which of the two images is at fault. */
  image: (index: 0 | 1): string => (index === 0 ? 'First image' : 'Second image'),
  unexpected: 'Something unexpected went wrong:',
  /** What the package's own message stands under, where it is not said at once. */
  technical: undefined as string | undefined,
};

/** All that a language has to say. */
export type Strings = typeof english;
