/** The messages between the package and its workers. Internal. */
import type { Analysis, EngineConfig, EngineInfo, Wanted } from '../engine/engine.js';
import type { EngineAssets, PreparedImage } from '../engine/realm.js';
import type { ErrorCode } from '../errors.js';
import type {
  Embedding,
  MatchMap,
  MemoryUse,
  PictureDetail,
  Region,
  Similarity,
  Tensor,
} from '../types.js';

/** The calls that a worker answers: what each takes and gives. */
export interface Calls {
  start: {
    argument: readonly [config: EngineConfig, assets: EngineAssets];
    result: EngineInfo;
  };
  analyse: {
    argument: readonly [image: PreparedImage, wanted: Wanted];
    result: Analysis;
  };
  detail: {
    argument: readonly [image: PreparedImage];
    result: PictureDetail;
  };
  preprocess: {
    argument: readonly [image: PreparedImage, region: Region | undefined];
    result: Tensor;
  };
  similarity: {
    argument: readonly [a: Embedding, b: Embedding, turned?: readonly Float32Array[] | undefined];
    result: Similarity;
  };
  matchMap: {
    argument: readonly [featuresA: Tensor, featuresB: Tensor];
    result: MatchMap;
  };
  memory: { argument: readonly []; result: MemoryUse };
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

/** To a worker. An `abort` names the call that it is for. */
export type Request =
  | Call
  | { readonly type: 'abort'; readonly id: number }
  /** Opens a store whose calls come through the port; see index-port.ts and collection-port.ts. */
  | { readonly type: 'index'; readonly port: MessagePort }
  | { readonly type: 'collection'; readonly port: MessagePort };

/** From a worker. */
export type Reply =
  /** The worker holds this lock for as long as it lives (browsers only). */
  | { readonly type: 'alive'; readonly lock: string }
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  /** A LikenessError crosses as its code and message; `lost`: it was an EngineLostError. */
  | {
      readonly type: 'error';
      readonly id: number;
      readonly code: ErrorCode;
      readonly message: string;
      readonly lost: boolean;
    };
