/** What is missing in TypeScript's VideoFrame, and in older browsers. */
interface TurnedFrame {
  /** Degrees. */
  readonly rotation?: number;
  readonly flip?: boolean;
}

/** Whether a frame's pixels have yet to be turned upright; undefined where the browser doesn't say. */
export function isTurned(frame: VideoFrame): boolean | undefined {
  const { rotation, flip }: TurnedFrame = frame as TurnedFrame;
  return rotation === undefined ? undefined : rotation !== 0 || flip === true;
}
