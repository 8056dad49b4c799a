import type { ModelEntry } from '../models/manifest.js';
import type { Backend, Limits, PixelSize, Region, RuntimeInfo } from '../types.js';

type Pixels = Uint8Array | Uint8ClampedArray;

/** RGBA pixels that can be read a band at a time; nothing is copied before it is asked for. */
export interface PixelSource {
  readonly width: number;
  readonly height: number;
  /**
   * The pixels of a region inside the picture: 4 bytes a pixel, no padding, alpha not premultiplied.
   * The array is valid until the next call.
   */
  read(region: Region): Pixels | Promise<Pixels>;
  /** Frees the pixels. */
  close(): void;
}

/**
 * An image in a form that can be posted to a worker. A bitmap is the package's own; buffers are the
 * caller's, unless `transfer` says that they were given away.
 */
export type PreparedImage =
  | { readonly kind: 'file'; readonly file: Blob | Uint8Array; readonly transfer?: boolean }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'bitmap'; readonly bitmap: ImageBitmap }
  | {
      readonly kind: 'pixels';
      readonly width: number;
      readonly height: number;
      readonly data: Uint8ClampedArray;
      readonly transfer?: boolean;
    };

/** A browser's own image decoder, read back through a canvas. */
export interface CanvasDecoder {
  /** Decodes a file, its orientation applied. Rejects where the browser can't. */
  open(file: Blob): Promise<PixelSource>;
  /**
   * The same for a JPEG file, reduced while it is decoded.
   * @param original size of the upright picture
   * @param size that it should have at least
   * @returns undefined where the browser can't do that
   */
  openDraft(
    file: Uint8Array,
    header: FileHeader,
    original: PixelSize,
    size: PixelSize,
  ): Promise<PixelSource | undefined>;
  /** Takes the bitmap over: it is closed with the source. */
  fromBitmap(bitmap: ImageBitmap): Promise<PixelSource>;
}

/** What the core sees at the start of a file. */
export interface FileHeader {
  /** Its usual spelling: "JPEG", "WebP". */
  readonly format: string;
  /** EXIF, 1 to 8; of JPEG and PNG only, else 1. */
  readonly orientation: number;
}

/** The pixels of a file, upright, and the size of the image: larger where the decoder reduced it. */
export interface DecodedFile {
  readonly source: PixelSource;
  readonly original: PixelSize;
}

/** To which size an upright image may be reduced; a decoder may leave it as it is. Throws where it is too large. */
export type SizeFor = (original: PixelSize) => PixelSize;

/** A decoder of files that an application installs beside the package. */
export interface InstalledDecoder {
  /**
   * @param sizeFor is asked before memory is taken for pixels
   * @throws LikenessError `unsupported-format`, `corrupt-image`, `out-of-memory`
   */
  open(file: Uint8Array, header: FileHeader, sizeFor: SizeFor): Promise<DecodedFile>;
}

/** Loads the decoder of a format. Rejects with an Error that says how to get one, where there is none. */
export type DecoderLoader = () => Promise<InstalledDecoder>;

/** The bytes of a model that passed its hash check. */
export interface ModelFile {
  readonly bytes: Uint8Array;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** A file of the caller's, or where it is (an absolute URL). */
export type ByteSource = { readonly url: string } | { readonly bytes: Uint8Array };

/** The core: a file, or compiled already where the platform forbids compiling at run time. */
export type CoreSource = ByteSource | { readonly module: WebAssembly.Module };

/** `likeness-core.wasm`: its bytes, or what they were compiled to. */
export type CoreFile = Uint8Array | WebAssembly.Module;

/** Which model is wanted and where it may come from. */
export interface ModelSupply {
  readonly entry: ModelEntry;
  /** Browser: the URL of a folder. Node: a directory or file URL to look in first. */
  readonly baseUrl: string | undefined;
  /** Where the caller says it is; nothing else is searched. */
  readonly file?: ByteSource;
}

/** The files that every engine is made from: read and checked once, then shared. */
export interface EngineAssets {
  readonly core: CoreFile;
  /** A Blob where that spares a copy for each worker. */
  readonly model: Uint8Array | Blob;
  /** ONNX Runtime's .wasm, likewise; undefined where ONNX Runtime finds it by itself. */
  readonly runtime: Uint8Array | Blob | undefined;
  /** SHA-256 of the model, hexadecimal. */
  readonly sha256: string;
}

/** ONNX Runtime Web, in any of its builds. */
export type OnnxRuntimeModule = typeof import('onnxruntime-web/wasm');

/**
 * Loads ONNX Runtime Web's build for a backend.
 * @throws LikenessError `backend-failed` where it isn't installed
 */
export type RuntimeLoader = (backend: Exclude<Backend, 'core'>) => Promise<OnnxRuntimeModule>;

/**
 * What the thread of an engine runs in: a browser's worker, or Node. The engine itself knows neither. What
 * calls the package runs in a HostEnvironment.
 */
export interface EngineEnvironment {
  /** Undefined where there is no ONNX Runtime Web: the core computes. */
  readonly loadRuntime: RuntimeLoader | undefined;
  readonly canvasReadback: RuntimeInfo['canvasReadback'];
  readonly canvas: CanvasDecoder | undefined;
  /**
   * By the core's names of the formats that they read, some of them better than the core does. Undefined where there
   * can be none.
   */
  readonly decoders: Readonly<Record<string, DecoderLoader>> | undefined;
  /** The bytes behind a URL. @throws LikenessError `fetch-failed`, `image-too-large`, `aborted` */
  readUrl(url: string, limits: Limits, signal: AbortSignal | undefined): Promise<Uint8Array>;
}
