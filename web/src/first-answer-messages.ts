/** What the page and its worker say to each other about a first answer. */
import type { CopyKind } from 'image-likeness';

/** What pixels alone can tell; about any other pair they say nothing. */
export type FirstAnswer = CopyKind;

/** Asks whether two pictures are copies. */
export interface FirstAnswerRequest {
  readonly pair: readonly [Blob, Blob];
}

/** The one answer to a FirstAnswerRequest. */
export interface FirstAnswerReply {
  readonly firstAnswer: FirstAnswer | undefined;
}

/** Whether a message is of this kind: the package's own pass through the same worker. */
export function isFirstAnswerRequest(message: unknown): message is FirstAnswerRequest {
  return typeof message === 'object' && message !== null && 'pair' in message;
}

/** The same for the reply. */
export function isFirstAnswerReply(message: unknown): message is FirstAnswerReply {
  return typeof message === 'object' && message !== null && 'firstAnswer' in message;
}
