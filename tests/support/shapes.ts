/** Pictures of ten shapes, from a square to strips: width and height in pixels. */
export const SHAPES: readonly (readonly [width: number, height: number])[] = [
  [300, 300],
  [250, 200],
  [300, 400],
  [450, 300],
  [360, 640],
  [402, 199],
  [150, 450],
  [801, 200],
  [60, 600],
  [1500, 15],
];
