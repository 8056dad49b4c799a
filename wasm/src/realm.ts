import type { Limits, LoadProgress, RuntimeInfo } from './types.js';
import type { ModelEntry } from './models/manifest.js';

/** RGBA pixels that can be read a band at a time; nothing is copied before it is asked for. */
export interface PixelSource {
  readonly width: number;
  readonly height: number;
  /**
   * Rows `y` to `y + rows`: 4 bytes a pixel, no padding, alpha not premultiplied. The array is valid
   * until the next call.
   */
  read(y: number, rows: number): Uint8Array | Uint8ClampedArray;
  /** Frees the pixels. */
  close(): void;
}

/** An image in a form that can be posted to a worker. */
export type PreparedImage =
  | { readonly kind: 'file'; readonly file: Blob | Uint8Array }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'bitmap'; readonly bitmap: ImageBitmap }
  | {
      readonly kind: 'pixels';
      readonly width: number;
      readonly height: number;
      readonly data: Uint8ClampedArray;
    };

/** A browser's own image decoder, read back through a canvas. */
export interface CanvasDecoder {
  /** Decodes a file, its orientation applied. Rejects where the browser can't. */
  open(file: Blob): Promise<PixelSource>;
  /** Takes the bitmap over: it is closed with the source. */
  fromBitmap(bitmap: ImageBitmap): PixelSource;
}

/** The bytes of a model that passed its hash check. */
export interface ModelFile {
  readonly bytes: Uint8Array;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** Where a model may come from. */
export interface ModelSearch {
  readonly entry: ModelEntry;
  /** Browser: the URL of a folder. Node: a directory or file URL to look in first. */
  readonly baseUrl: string | undefined;
}

/**
 * All that differs between the places where the engine runs: a browser's worker, or Node. The
 * engine itself knows neither.
 */
export interface Realm {
  readonly canvasReadback: RuntimeInfo['canvasReadback'];
  readonly canvas: CanvasDecoder | undefined;
  /** The bytes of `likeness-core.wasm`. @throws LikenessError `wasm-load-failed` */
  readCoreWasm(signal: AbortSignal | undefined): Promise<Uint8Array>;
  /** @throws LikenessError `model-load-failed`, `model-hash-mismatch`, `aborted` */
  readModel(
    search: ModelSearch,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal | undefined,
  ): Promise<ModelFile>;
  /** The bytes behind a URL. @throws LikenessError `fetch-failed`, `image-too-large`, `aborted` */
  readUrl(url: string, limits: Limits, signal: AbortSignal | undefined): Promise<Uint8Array>;
}
