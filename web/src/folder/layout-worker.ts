/** Lays pictures out beside the page: takes Neighbours once, answers with shares and at last with places. */
import { layOut } from './layout.ts';
import type { Neighbours } from './neighbours.ts';

/** What the worker says. */
export type LayoutReply =
  | { readonly share: number }
  | { readonly places: Float32Array<ArrayBuffer> };

const say = (reply: LayoutReply): void => postMessage(reply);

addEventListener('message', ({ data }: MessageEvent<Neighbours>) => {
  say({ places: layOut(data, (share) => say({ share })) });
});
