import { describeChanges } from 'image-likeness/display';
import { PAIR_WORDS } from './de.ts';
import type { DetailsStrings } from './details-en.ts';

/** See english. */
export const german: DetailsStrings = {
  copyText: 'Als Text kopieren',
  copyJson: 'Als JSON kopieren',
  copyCard: 'Als Bild kopieren',
  saveCard: 'Als Bild sichern',
  cosine: 'Kosinus',
  probability: 'Gleiche Art von Motiv',
  under: (percent) => `unter ${percent}`,
  over: (percent) => `über ${percent}`,
  ranges: 'Werte von neun von zehn bekannten Paaren',
  rangesOf: (strangers, similar, copies) =>
    `Fremde ${strangers}, ähnliche ${similar}, fast gleiche ${copies}`,
  overlap: 'Gemeinsam',
  overlapShares: (first, second) => `${first} des ersten Bildes, ${second} des zweiten`,
  noOverlap: 'nichts zeigt, dass eins aus dem anderen gemacht ist',
  agreement: 'Übereinstimmende Einzelheiten darin',
  changes: 'Änderungen',
  changeNames: (changes) => describeChanges(changes, PAIR_WORDS),
  places: 'Stellen im ersten Bild, in Pixeln',
  place: (width, height, x, y) => `${width} × ${height} bei (${x}, ${y})`,
  model: 'Modell',
  modelHash: 'SHA-256 des Modells',
  backend: 'Rechenweg',
  threads: 'Threads',
  threadsIn: (threads, workers) =>
    workers > 1 ? `${threads} in jedem von ${workers} Workern` : String(threads),
  selfTest: 'Selbsttest',
  selfTestPassed: 'bestanden: Die Zahlen sind endlich und nicht alle null',
  selfTestCosine: (cosine) => `Kosinus ${cosine} mit WebAssembly`,
  decoding: 'Entschlüsseln',
  preparing: 'Vorbereiten',
  modelRun: 'Modell',
  total: 'Insgesamt',
  copied: 'Kopiert.',
  copyRefused: 'Dieser Browser lässt die Seite nicht kopieren.',
  saved: (name) => `Gesichert als ${name}.`,
  cardFailed:
    'Das Bild ließ sich nicht zeichnen: Dieser Browser kann eines der Bilder nicht zeigen.',
};
