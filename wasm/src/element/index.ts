/**
 * The custom element `<image-likeness>`. Importing this module defines it, which is its one side
 * effect; `image-likeness/element/class` has the class alone.
 * @packageDocumentation
 */
import { ImageLikeness } from './image-likeness.js';

export {
  ImageLikeness,
  type ImageLikenessAttributes,
  type ImageLikenessEvents,
} from './image-likeness.js';
export type { ElementStyles } from './reactive-element.js';

// Where pages are rendered on a server there are no elements to define, and two copies of the package
// on one page must not quarrel.
if (typeof customElements !== 'undefined' && customElements.get('image-likeness') === undefined) {
  customElements.define('image-likeness', ImageLikeness);
}
