import type { Grid } from '../types.js';

const STEPS: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * The cell of a grid that an arrow key leads to; at an edge the same one.
 * @param key as in `KeyboardEvent.key`
 * @param index of the cell, row by row
 * @returns undefined for any other key
 */
export function cellAfter(key: string, index: number, { columns, rows }: Grid): number | undefined {
  const step = STEPS[key];
  if (step === undefined) return undefined;
  const within = (value: number, count: number): number => Math.min(count - 1, Math.max(0, value));
  const column = within((index % columns) + step[0], columns);
  const row = within(Math.floor(index / columns) + step[1], rows);
  return row * columns + column;
}
