/** The nine parts of a picture in German, row by row. */
export const PARTS: readonly string[] = [
  'oben links',
  'oben',
  'oben rechts',
  'links',
  'in der Mitte',
  'rechts',
  'unten links',
  'unten',
  'unten rechts',
];
