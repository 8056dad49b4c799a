/** The nine parts of a picture in English, row by row. */
export const PARTS: readonly string[] = [
  'top left',
  'at the top',
  'top right',
  'on the left',
  'in the middle',
  'on the right',
  'bottom left',
  'at the bottom',
  'bottom right',
];
