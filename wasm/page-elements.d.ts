/**
 * The elements that `ImageSource` names, for code that runs outside of pages: it can hand them on, and do
 * nothing else with them.
 */
declare const element: unique symbol;

declare global {
  interface HTMLImageElement {
    readonly [element]: 'img';
  }
  interface HTMLCanvasElement {
    readonly [element]: 'canvas';
  }
  interface HTMLVideoElement {
    readonly [element]: 'video';
  }
}

export {};
