/**
 * Stable, kebab-case names of everything that can go wrong. They never change meaning, so that
 * programs can branch on them; the message that goes with one is for people. `out-of-memory` says that an
 * allocation failed. `internal` says that the core stopped at a fault of its own, which any call that
 * computes may meet, and which should be reported; the next call starts it anew.
 */
export type ErrorCode =
  | 'unsupported-format'
  | 'corrupt-image'
  | 'image-too-large'
  | 'out-of-memory'
  | 'wasm-load-failed'
  | 'model-load-failed'
  | 'model-hash-mismatch'
  | 'model-mismatch'
  | 'backend-failed'
  | 'aborted'
  | 'invalid-argument'
  | 'fetch-failed'
  | 'disposed'
  | 'internal'
  | 'zero-embedding';

/** Every error that this package throws or rejects with. */
export class LikenessError extends Error {
  override readonly name = 'LikenessError';
  readonly code: ErrorCode;
  /** Which of the two images of a comparison is at fault, if it is one of them: 0 the first, 1 the second. */
  readonly image: 0 | 1 | undefined;

  /**
   * @param code stable name of what went wrong
   * @param message what was wrong and what to do about it, in one sentence or two
   * @param options `cause`: the error underneath, if there is one
   */
  constructor(code: ErrorCode, message: string, options?: { cause?: unknown; image?: 0 | 1 }) {
    super(message, options);
    this.code = code;
    this.image = options?.image;
  }
}

/**
 * The engine that a call was made on is gone (its worker died, or its graphics device was lost), so
 * that the same call may work on another one. Internal.
 */
export class EngineLostError extends LikenessError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('backend-failed', message, options);
  }
}

/** The text of any thrown value. */
export function messageOf(error: unknown): string {
  // By shape: an error of another realm is an instance of another class.
  const { message } = (error ?? {}) as { readonly message?: unknown };
  return typeof message === 'string' ? message : String(error);
}

/** `error` itself when it is a LikenessError, else a LikenessError with `code` that wraps it. */
export function asLikenessError(error: unknown, code: ErrorCode, context: string): LikenessError {
  if (error instanceof LikenessError) return error;
  return new LikenessError(code, `${context}: ${messageOf(error)}`, { cause: error });
}

/**
 * What `work` resolves to; a LikenessError it throws is thrown on with `context` before its message.
 * @param image as in LikenessError
 */
export async function withContext<T>(context: string, work: Promise<T>, image?: 0 | 1): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof LikenessError) || error.code === 'aborted') throw error;
    throw new LikenessError(error.code, `${context}: ${error.message}`, {
      cause: error,
      ...(image !== undefined && { image }),
    });
  }
}

/** Throws `aborted` when the signal has fired; call it between the phases of long work. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortedError(signal);
}

/** The `aborted` error for a signal that has fired, with the signal's reason as its cause. */
export function abortedError(signal: AbortSignal): LikenessError {
  return new LikenessError('aborted', 'The call was aborted by its AbortSignal.', {
    cause: signal.reason,
  });
}
