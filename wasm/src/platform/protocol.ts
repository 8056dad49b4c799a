/** The messages between a page and the package's worker. Internal. */
import type { Analysis, EngineConfig, EngineInfo, Wanted } from '../engine.js';
import type { ErrorCode } from '../errors.js';
import type { PreparedImage } from '../realm.js';
import type { Embedding, LoadProgress, MatchMap, MemoryUse, Similarity } from '../types.js';

/** The calls that a worker answers: what each takes and gives. */
export interface Calls {
  start: { argument: EngineConfig; result: EngineInfo };
  analyse: {
    argument: readonly [image: PreparedImage, wanted: Wanted];
    result: Analysis;
  };
  preprocess: { argument: PreparedImage; result: Float32Array };
  similarity: {
    argument: readonly [a: Embedding, b: Embedding, turned?: readonly Float32Array[] | undefined];
    result: Similarity;
  };
  matchMap: {
    argument: readonly [featuresA: Float32Array, featuresB: Float32Array];
    result: MatchMap;
  };
  memory: { argument: undefined; result: MemoryUse };
}

export type CallName = keyof Calls;

/** A call by name; the name tells the type of its argument. */
export type Call = {
  [N in CallName]: {
    readonly type: 'call';
    readonly id: number;
    readonly name: N;
    readonly argument: Calls[N]['argument'];
  };
}[CallName];

/** Page to worker. An `abort` names the call that it is for. */
export type Request = Call | { readonly type: 'abort'; readonly id: number };

/** Worker to page. A LikenessError crosses as its code and message. */
export type Reply =
  | { readonly type: 'progress'; readonly id: number; readonly progress: LoadProgress }
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | {
      readonly type: 'error';
      readonly id: number;
      readonly code: ErrorCode;
      readonly message: string;
    };
