/** What pictures are laid out by. Apart from the layout itself, so that the page loads nothing of that. */

/** The most pictures that are laid out. */
export const MOST_LAID_OUT = 5000;

/** Fewer make no map. */
export const FEWEST_LAID_OUT = 8;

/** How many of the pictures most alike to each are looked at. */
export const NEIGHBOURS = 15;

/** The pictures most alike to each picture, best first, and how far they are, 0 to 2; all have as many. */
export interface Neighbours {
  readonly numbers: readonly (readonly number[])[];
  readonly distances: readonly (readonly number[])[];
}
