/** What crosses between threads, and what of it moves. */
import type { ErrorCode, LikenessError } from '../errors.js';
import { kindOf } from '../realms.js';

/** To the thread that has the object. An `abort` names the call that it is for. */
export type Request =
  | {
      readonly type: 'call';
      readonly id: number;
      readonly name: string;
      /** Without the signal, which can't be posted. */
      readonly args: readonly unknown[];
      /** Whether an AbortSignal is the last argument. */
      readonly abortable: boolean;
    }
  | { readonly type: 'abort'; readonly id: number };

/** From the thread that has the object. */
export type Reply =
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  /** A LikenessError crosses as its code and message; `lost`: it was an EngineLostError. */
  | {
      readonly type: 'error';
      readonly id: number;
      readonly code: ErrorCode;
      readonly message: string;
      readonly lost: boolean;
    };

/** Arguments on their way: what is posted, and what of it moves instead of being copied. */
export interface Posted<A> {
  readonly args: A;
  readonly transfer: readonly Transferable[];
}

/** How a method is called from another thread. Its AbortSignal, if it takes one, is its last argument. */
export interface Method<A extends readonly unknown[], R> {
  /** Decides what moves; all arguments are copied unless given. The signal is not among them. */
  readonly post?: (args: A) => Posted<A>;
  /** The result is an object that is called through a port of its own, and ends with this one. */
  readonly opens?: Service<R>;
  /** Whether an aborted call waits until the other side has stopped. Unless given it rejects at once. */
  readonly awaitsStop?: boolean;
  /** It is the last call: it never fails, and later ones reject with this error. */
  readonly ends?: () => LikenessError;
}

/** An object that can be called from another thread: all of its methods, each with how it is called. */
export type Service<T> = {
  readonly [N in keyof T]: T[N] extends (...args: infer A) => Promise<infer R>
    ? Method<A, R>
    : never;
};

/** A method whose types only its two ends know. */
export type AnyMethod = Method<readonly unknown[], object>;

/** The methods of a service by their names. */
export function methodsOf<T>(service: Service<T>): Readonly<Record<string, AnyMethod>> {
  return service as object as Readonly<Record<string, AnyMethod>>;
}

/** For arguments that are the package's own. */
export function move<A extends readonly unknown[]>(args: A): Posted<A> {
  return { args, transfer: transferablesIn(args) };
}

/** For arguments that are the caller's. */
export function copy<A extends readonly unknown[]>(args: A): Posted<A> {
  return { args, transfer: [] };
}

/** The buffers and ports in plain data. Shared memory is not among them: both sides see it. */
export function transferablesIn(value: unknown): Transferable[] {
  const found = new Set<Transferable>();
  collect(value, found);
  return [...found];
}

function collect(value: unknown, found: Set<Transferable>): void {
  if (typeof value !== 'object' || value === null) return;
  if (ArrayBuffer.isView(value)) {
    if (kindOf(value.buffer) === 'ArrayBuffer') found.add(value.buffer as ArrayBuffer);
  } else if (value instanceof MessagePort) {
    found.add(value);
  } else {
    for (const part of Object.values(value)) collect(part, found);
  }
}
