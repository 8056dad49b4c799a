import { asLikenessError, LikenessError, messageOf } from '../errors.js';
import type { ModelEntry } from '../models/manifest.js';
import type { PixelSource } from '../realm.js';
import type { Embedding, Limits, MemoryUse, Rgb, Similarity } from '../types.js';
import { startModule } from './module.js';
import type { CoreModule, Outcome, WireScorer, WireTensorizer } from './wire.js';

/** Pixels cross into WebAssembly in bands of at most this many bytes (one row at least). */
const BAND_BYTES = 4 * 1024 * 1024;

/** WebAssembly memory never shrinks, so a core that has grown past this starts afresh. */
const KEPT_BYTES = 96 * 1024 * 1024;

/** A running module and the two C++ objects that live as long as it does. */
interface Running {
  readonly module: CoreModule;
  readonly tensorizer: WireTensorizer;
  readonly scorer: WireScorer;
}

/** The C++ core, set up for one model: preprocessing, pooling, similarity and calibration. */
export class Core {
  private running: Running | undefined;
  private earlierPeak = 0;

  private constructor(
    private readonly compiled: WebAssembly.Module,
    private readonly entry: ModelEntry,
  ) {}

  /**
   * @param wasm bytes of `likeness-core.wasm`
   * @throws LikenessError `wasm-load-failed`
   */
  static async load(wasm: Uint8Array, entry: ModelEntry): Promise<Core> {
    try {
      const compiled = await WebAssembly.compile(wasm as Uint8Array<ArrayBuffer>);
      const core = new Core(compiled, entry);
      await core.makeReady();
      return core;
    } catch (error) {
      throw asLikenessError(error, 'wasm-load-failed', 'likeness-core.wasm could not be started');
    }
  }

  /** To be awaited before each image: starts the module again when it has died or grown large. */
  async makeReady(): Promise<void> {
    if (this.running !== undefined && this.running.module.memoryBytes() <= KEPT_BYTES) return;
    this.earlierPeak = this.memory.corePeak;
    const { resize, input, mean, std, calibration } = this.entry;
    const module = await startModule(this.compiled);
    this.running = {
      module,
      tensorizer: unwrap(module.createTensorizer(resize, input.size, mean, std)),
      scorer: unwrap(
        module.createScorer(
          calibration.cosine,
          calibration.score,
          calibration.nearDuplicate,
          calibration.similar,
        ),
      ),
    };
  }

  /** WebAssembly memory, in bytes. */
  get memory(): MemoryUse {
    const core = this.running?.module.memoryBytes() ?? 0;
    return { core, corePeak: Math.max(core, this.earlierPeak) };
  }

  /**
   * Reads a file's header and checks it against the limits, before anything is allocated.
   * @returns why the core would refuse the file (`unsupported-format`, `corrupt-image`,
   *   `image-too-large`), or undefined
   */
  objectionTo(file: Uint8Array, limits: Limits): LikenessError | undefined {
    return this.call(({ tensorizer }) => {
      stage(tensorizer, file);
      const outcome = tensorizer.inspect(limits.maxFileBytes, limits.maxPixels);
      return outcome.ok ? undefined : new LikenessError(outcome.code, outcome.message);
    });
  }

  /**
   * Decodes JPEG, PNG, BMP or GIF bytes, orientation applied, and preprocesses the pixels.
   * @returns the input tensor and the milliseconds that decoding took
   * @throws LikenessError `unsupported-format`, `corrupt-image`, `image-too-large`, `out-of-memory`
   */
  tensorFromFile(
    file: Uint8Array,
    { limits, background }: { readonly limits: Limits; readonly background: Rgb },
  ): { tensor: Float32Array; decode: number } {
    return this.call(({ tensorizer }) => {
      const start = performance.now();
      stage(tensorizer, file);
      unwrap(tensorizer.decode(limits.maxFileBytes, limits.maxPixels, ...background));
      const decode = performance.now() - start;
      return { tensor: unwrap(tensorizer.preprocessDecoded()), decode };
    });
  }

  /**
   * Preprocesses pixels, of which only those that the crop needs are read, a band at a time.
   * @returns the input tensor and the milliseconds spent in `source.read`
   * @throws LikenessError `invalid-argument`, `out-of-memory`
   */
  tensorFromPixels(
    source: PixelSource,
    background: Rgb,
  ): { tensor: Float32Array; readBack: number } {
    return this.call(({ tensorizer }) => {
      const region = unwrap(tensorizer.begin(source.width, source.height, ...background));
      const bandRows = Math.max(1, Math.floor(BAND_BYTES / (region.width * 4)));
      let readBack = 0;
      for (let row = 0; row < region.height; row += bandRows) {
        const rows = Math.min(bandRows, region.height - row);
        const start = performance.now();
        const band = source.read(region.x, region.y + row, region.width, rows);
        readBack += performance.now() - start;
        stage(tensorizer, band);
        unwrap(tensorizer.push(rows));
      }
      return { tensor: unwrap(tensorizer.finish()), readBack };
    });
  }

  /** Mean of each channel over its cells: the embedding of a feature map (channels × cells). */
  pool(featureMap: Float32Array, channels: number, cells: number): Float32Array {
    return this.call(({ module }) => unwrap(module.globalAveragePool(featureMap, channels, cells)));
  }

  /**
   * @throws LikenessError `model-mismatch`, `invalid-argument` (lengths, non-finite numbers),
   *   `zero-embedding`
   */
  similarity(a: Embedding, b: Embedding): Similarity {
    return this.call(({ module, scorer }) => {
      const cosine = unwrap(module.cosineSimilarity(a.model, a.vector, b.model, b.vector));
      return { ...unwrap(scorer.score(cosine)), cosine };
    });
  }

  /** A trap leaves the module in an unknown state: it is dropped, and the next image starts anew. */
  private call<T>(work: (running: Running) => T): T {
    if (this.running === undefined) {
      throw new LikenessError('backend-failed', 'The core has stopped. Call again to restart it.');
    }
    try {
      return work(this.running);
    } catch (error) {
      if (error instanceof LikenessError) throw error;
      this.running = undefined;
      throw new LikenessError(
        'out-of-memory',
        `The core ran out of memory and will be restarted (${messageOf(error)}). Try a smaller image.`,
        { cause: error },
      );
    }
  }
}

function stage(tensorizer: WireTensorizer, bytes: Uint8Array | Uint8ClampedArray): void {
  unwrap(tensorizer.stage(bytes.byteLength)).set(bytes);
}

function unwrap<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new LikenessError(outcome.code, outcome.message);
}
