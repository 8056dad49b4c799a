/** Types of `<image-likeness>` in Vue's templates: `import type {} from 'image-likeness/element/vue'`. */
import type { DefineComponent } from 'vue';
import type { ImageLikeness, ImageLikenessAttributes, ImageLikenessEvents } from './index.js';

/** Vue listens to custom events by properties named after them. */
type Listeners = {
  readonly 'onLikeness-progress'?: (event: ImageLikenessEvents['likeness-progress']) => void;
  readonly 'onLikeness-result'?: (event: ImageLikenessEvents['likeness-result']) => void;
  readonly 'onLikeness-error'?: (event: ImageLikenessEvents['likeness-error']) => void;
};

/** What Vue sets as properties. */
type Properties = Partial<
  Pick<ImageLikeness, 'a' | 'b' | 'altA' | 'altB' | 'modelBaseUrl' | 'likeness'>
>;

declare module 'vue' {
  interface GlobalComponents {
    'image-likeness': DefineComponent<
      Omit<ImageLikenessAttributes, 'a' | 'b'> & Properties & Listeners
    >;
  }
}
