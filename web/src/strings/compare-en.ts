import type { Amount } from '../compare/likeness-map.ts';
import { PARTS } from './parts-en.ts';

/** What the compare view says, in English; the other languages have the same keys. */
export const english = {
  view: 'View',
  views: {
    side: 'Side by side',
    slider: 'Slider',
    blink: 'Blink',
    difference: 'Difference',
    map: 'Map',
  },
  asTheyAre: 'As they are',
  first: 'First image',
  second: 'Second image',
  stage: 'Both images',
  keys: 'Plus and minus zoom, 0 shows everything, arrows move, N and P go to the next and the previous changed place, F fills the screen.',
  slider: 'How much of the first image is shown, in percent',
  strength: 'How strongly differences are shown',
  pause: 'Pause',
  play: 'Blink',
  flip: 'Show the other',
  zoomIn: 'Larger',
  zoomOut: 'Smaller',
  zoomFit: 'Show everything',
  fullScreen: 'Fill the screen',
  leaveFullScreen: 'Leave full screen',
  registered: 'The second image lies over the first where both show the same.',
  unregistered: 'Nothing shows how one lies over the other: each is shown whole.',
  unshowable: 'This browser cannot show one of the images.',
  asTheyAreNote: 'Each is shown as it is.',
  pixels: (at: string, first: string, second: string) => `${at}: ${first} · ${second}`,
  nothingThere: 'no image',
  differBy: (levels: number) => (levels === 0 ? 'equal' : `differ by ${levels} of 255`),
  changes: 'What changed',
  change: {
    added: 'Something was added',
    removed: 'Something was taken away',
    replaced: 'Something else is here',
  },
  place: (number: number, what: string, where: string) => `${number}. ${what}, ${where}`,
  where: PARTS,
  mapLoading: 'Finding out where the likeness comes from…',
  mapFailed: 'Where the likeness comes from could not be found out.',
  mapLegend: 'Bright: here is what makes them alike. Dark: here is not.',
  mapNothing: 'Dark nearly everywhere: hardly anything makes these two alike.',
  mapOverlay: (picture: string) => `Where the likeness comes from, ${picture}`,
  mapCell: (where: string, amount: string) => `${where}: ${amount}`,
  mapAmount: {
    most: 'most of what is here makes them alike',
    some: 'some of what is here makes them alike',
    little: 'little of what is here makes them alike',
    none: 'nothing here makes them alike',
  } satisfies Record<Amount, string> as Record<Amount, string>,
  mapChosen: (picture: string, where: string, amount: string, partner: string | undefined) =>
    `${picture}, ${where}: ${amount}${partner === undefined ? '' : `; it fits best ${partner} of the other one`}.`,
};

/** All that a language has to say about a pair that is compared. */
export type CompareStrings = typeof english;
