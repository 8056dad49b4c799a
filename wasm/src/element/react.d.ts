/** Types of `<image-likeness>` for React's JSX: `import type {} from 'image-likeness/element/react'`. */
import type * as React from 'react';
import type { ImageLikeness, ImageLikenessAttributes, ImageLikenessEvents } from './index.js';

/** React 19 listens to custom events by properties named after them. */
type Listeners = {
  readonly [N in keyof ImageLikenessEvents as `on${N}`]?: (event: ImageLikenessEvents[N]) => void;
};

/** What React sets as properties. */
type Properties = Partial<
  Pick<ImageLikeness, 'a' | 'b' | 'altA' | 'altB' | 'modelBaseUrl' | 'likeness'>
>;

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'image-likeness': React.DetailedHTMLProps<
        React.HTMLAttributes<ImageLikeness>,
        ImageLikeness
      > &
        Omit<ImageLikenessAttributes, 'a' | 'b'> &
        Properties &
        Listeners;
    }
  }
}
