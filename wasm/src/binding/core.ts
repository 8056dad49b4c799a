import { compileWasm } from '../compile-wasm.js';
import type { CoreFile, FileHeader, PixelSource } from '../engine/environment.js';
import { asLikenessError, LikenessError } from '../errors.js';
import { identityOf } from '../models/identity.js';
import { type ModelEntry, meanOf, sideOf, strideOf } from '../models/manifest.js';
import type {
  Embedding,
  Examination,
  Grid,
  HeatMap,
  Limits,
  MatchMap,
  MemoryUse,
  PixelSize,
  Region,
  Rgb,
  Similarity,
  Tensor,
} from '../types.js';
import { CoreCollection } from './core-collection.js';
import { CoreIndex } from './core-index.js';
import { CoreNetwork } from './core-network.js';
import { detailOf } from './detail.js';
import { fingerprintOf } from './fingerprint.js';
import { startModule } from './module.js';
import { toEvidence, toSimilarity } from './similarity.js';
import { abandon, trapError } from './trap.js';
import { unwrap } from './unwrap.js';
import type {
  CoreModule,
  WireImageProcessor,
  WireInput,
  WirePerceptualHash,
  WirePicture,
  WireScorer,
} from './wire.js';

/** Pixels cross into WebAssembly in bands of at most this many bytes (one row at least). */
const BAND_BYTES = 4 * 1024 * 1024;

/** WebAssembly memory never shrinks, so a core that has grown past this starts afresh. */
const KEPT_BYTES = 96 * 1024 * 1024;

/** How many pairs of cells a match map names. */
const STRONGEST_PAIRS = 10;

/** Pixels a cell of a match map's pictures: sharp enough to be stretched over a photograph. */
const HEAT_CELL = 16;

/** What is known of a file before it is decoded. */
export interface Inspection extends FileHeader {
  readonly frames: number;
  /** Of the upright picture; undefined where there is an objection. */
  readonly size: PixelSize | undefined;
  /** Why the core would refuse it: `unsupported-format`, `corrupt-image`, `image-too-large`. */
  readonly objection: LikenessError | undefined;
}

/** A running module and the two C++ objects that live as long as it does. */
interface Running {
  readonly module: CoreModule;
  readonly processor: WireImageProcessor;
  readonly scorer: WireScorer;
}

/** The C++ core, set up for one model: preprocessing, pooling, similarity and calibration. */
export class Core {
  private running: Running | undefined;
  private earlierPeak = 0;
  private readonly mean: Float32Array | undefined;

  private constructor(
    private readonly compiled: WebAssembly.Module,
    private readonly entry: ModelEntry,
  ) {
    this.mean = meanOf(entry);
  }

  /**
   * @param wasm `likeness-core.wasm`
   * @throws LikenessError `wasm-load-failed`
   */
  static async load(wasm: CoreFile, entry: ModelEntry): Promise<Core> {
    try {
      const compiled = wasm instanceof Uint8Array ? await compileWasm(wasm) : wasm;
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
    this.dispose();
    const { entry } = this;
    const { view, resize, mean, std, calibration } = entry;
    const spec = { view, side: sideOf(entry), stride: strideOf(entry), resize, mean, std };
    const module = await startModule(this.compiled);
    this.running = {
      module,
      processor: unwrap(module.createImageProcessor(spec)),
      scorer: unwrap(module.createScorer(calibration)),
    };
  }

  /**
   * A network, in a WebAssembly memory of its own.
   * @param weights as `weightsOf` makes them
   * @throws LikenessError `model-load-failed`, `out-of-memory`
   */
  openNetwork(weights: Uint8Array): Promise<CoreNetwork> {
    return CoreNetwork.open(this.compiled, weights);
  }

  /** An empty index, in a WebAssembly memory of its own. */
  openIndex(): Promise<CoreIndex> {
    return CoreIndex.open(this.compiled);
  }

  /** An empty collection of the model's embeddings, in a WebAssembly memory of its own. */
  openCollection(): Promise<CoreCollection> {
    const { dimension, calibration } = this.entry;
    const space = {
      model: identityOf(this.entry),
      dimension,
      mean: this.mean ?? null,
      calibration,
    };
    return CoreCollection.open(this.compiled, space);
  }

  /** WebAssembly memory, in bytes. */
  get memory(): MemoryUse {
    const core = this.running?.module.memoryBytes() ?? 0;
    const handles = this.running?.module.handlesAlive() ?? 0;
    return { core, corePeak: Math.max(core, this.earlierPeak), handles };
  }

  /** Frees the C++ objects; the next `makeReady` would make new ones. */
  dispose(): void {
    const { running } = this;
    this.earlierPeak = this.memory.corePeak;
    this.running = undefined;
    running?.processor.delete();
    running?.scorer.delete();
  }

  /** Reads a file's header and checks it against the limits, before anything is allocated. */
  inspect(file: Uint8Array, limits: Limits): Inspection {
    return this.call(({ processor }) => {
      stage(processor, file);
      const outcome = processor.inspect(limits.maxFileBytes, limits.maxPixels, limits.maxSide);
      return {
        ...processor.lookAt(),
        size: outcome.ok ? outcome.value : undefined,
        objection: outcome.ok ? undefined : new LikenessError(outcome.code, outcome.message),
      };
    });
  }

  /** The size that a picture's detail has: no side longer than 1,024 pixels. */
  detailSize({ width, height }: PixelSize): PixelSize {
    return this.call(({ module }) => module.detailSize(width, height));
  }

  /**
   * Decodes JPEG, PNG, BMP or GIF bytes, orientation applied, and preprocesses the pixels.
   * @param region the part of the upright picture that counts; all of it unless given
   * @returns what was wanted, and the milliseconds that decoding took
   * @throws LikenessError `unsupported-format`, `corrupt-image`, `image-too-large`, `out-of-memory`,
   *   `invalid-argument` for a region outside the picture
   */
  inputFromFile(
    file: Uint8Array,
    { limits, background }: { readonly limits: Limits; readonly background: Rgb },
    { fingerprint = false, detail = false, sketch = false }: InputOptions,
    region?: Region,
  ): WireInput & { readonly decode: number } {
    return this.call(({ processor }) => {
      const start = performance.now();
      stage(processor, file);
      const { frames } = processor.lookAt();
      const { maxFileBytes, maxPixels, maxSide } = limits;
      unwrap(processor.decode(maxFileBytes, maxPixels, maxSide, ...background));
      const decode = performance.now() - start;
      const input =
        region === undefined
          ? processor.preprocessDecoded(fingerprint, detail, sketch)
          : processor.preprocessRegion(
              region.x,
              region.y,
              region.width,
              region.height,
              fingerprint,
              detail,
              sketch,
            );
      return { ...withFrames(unwrap(input), frames), decode };
    });
  }

  /**
   * Preprocesses pixels, a band at a time. Nothing else may be asked of the core until a source that
   * answers with promises has been read; others are read at once.
   * @param region the part of the picture that counts, inside it
   * @param original size of that part before the decoder reduced it
   * @param frames of the file that the pixels come from
   * @returns what was wanted, and the milliseconds spent in `source.read`
   * @throws LikenessError `invalid-argument`, `out-of-memory`
   */
  async inputFromPixels(
    source: PixelSource,
    background: Rgb,
    { fingerprint = false, detail = false, sketch = false }: InputOptions,
    { x, y, width, height }: Region,
    original: PixelSize,
    frames: number,
  ): Promise<WireInput & { readonly readBack: number }> {
    this.call(({ processor }) =>
      unwrap(
        processor.begin(
          width,
          height,
          original.width,
          original.height,
          ...background,
          fingerprint,
          detail,
          sketch,
        ),
      ),
    );
    const bandRows = Math.max(1, Math.floor(BAND_BYTES / (width * 4)));
    let readBack = 0;
    for (let row = 0; row < height; row += bandRows) {
      const rows = Math.min(bandRows, height - row);
      const start = performance.now();
      const answer = source.read({ x, y: y + row, width, height: rows });
      const band = answer instanceof Promise ? await answer : answer;
      readBack += performance.now() - start;
      this.call(({ processor }) => {
        stage(processor, band);
        unwrap(processor.push(rows));
      });
    }
    const input = this.call(({ processor }) => unwrap(processor.finish()));
    return { ...withFrames(input, frames), readBack };
  }

  /** The embedding of a feature map: the mean of its cells, weighed as the model's entry says. */
  pool(features: Tensor): Float32Array {
    const { channels } = this.entry.output;
    const { columns, rows } = gridOf(features);
    return this.call(({ module }) =>
      unwrap(module.globalAveragePool(this.weigh(module, features), channels, columns * rows)),
    );
  }

  /** A network's input, turned upright from an EXIF orientation (1 to 8). */
  turn(tensor: Tensor, orientation: number): Tensor {
    return this.call(({ module }) => unwrap(module.orientTensor(tensor, orientation)));
  }

  /** Score, probability and verdict (`similar` or `different`) of a centred cosine, −1 to 1. */
  rate(cosine: number): Similarity {
    return this.call(({ scorer }) =>
      toSimilarity(unwrap(scorer.rate([cosine], [cosine], null, null))),
    );
  }

  /**
   * What the pixels of two pictures say, without a model; copies are told where both come with details.
   * @throws LikenessError `invalid-argument`, `out-of-memory`
   */
  examine(a: Pick<Embedding, 'fingerprint' | 'detail'>, b: typeof a): Examination {
    const [pictureA, pictureB] = [pictureOf(a), pictureOf(b)];
    if (pictureA === null || pictureB === null) {
      throw new LikenessError('invalid-argument', 'Both images need their fingerprints.');
    }
    return this.call(({ scorer }) => {
      const { copy, ...evidence } = unwrap(scorer.examine(pictureA, pictureB));
      return { ...(copy !== 'none' && { copy }), evidence: toEvidence(evidence) };
    });
  }

  /** Both perceptual hashes of a luma of 64 × 64, 16 hexadecimal digits each. */
  perceptualHash(luma: Uint8Array): WirePerceptualHash {
    return this.call(({ module }) => unwrap(module.perceptualHash(luma)));
  }

  /** Cosine of two vectors of one model, −1 to 1. @throws LikenessError as `similarity` */
  cosine(a: Float32Array, b: Float32Array): number {
    const { id } = this.entry;
    return this.call(({ module }) => unwrap(module.cosineSimilarity(id, a, id, b)));
  }

  /**
   * Copies are told where both embeddings come with fingerprint and detail.
   * @param turned vectors of b, turned upright from the orientations 1 to 8: the model compares the pair
   *   in all of them
   * @throws LikenessError `model-mismatch`, `invalid-argument` (lengths, non-finite numbers),
   *   `zero-embedding`
   */
  similarity(a: Embedding, b: Embedding, turned?: readonly Float32Array[]): Similarity {
    return this.call(({ module, scorer }) => {
      const vectors = turned ?? [b.vector];
      const cosines = vectors.map((vector) =>
        unwrap(module.cosineSimilarity(a.model, a.vector, b.model, vector)),
      );
      const centredA = this.centre(module, a.vector, 1);
      const centred = vectors.map((vector) =>
        unwrap(module.cosineSimilarity(a.model, centredA, b.model, this.centre(module, vector, 1))),
      );
      return toSimilarity(unwrap(scorer.rate(cosines, centred, pictureOf(a), pictureOf(b))));
    });
  }

  /**
   * Where the (centred) cosine of two feature maps comes from.
   * @throws LikenessError `zero-embedding`, `invalid-argument` for maps of another shape
   */
  matchMap(featuresA: Tensor, featuresB: Tensor): MatchMap {
    const { output, view, input, resize } = this.entry;
    const grid = { a: gridOf(featuresA), b: gridOf(featuresB) };
    return this.call(({ module }) => {
      const { heatA, heatB, ...map } = unwrap(
        module.matchMap(
          this.centre(module, this.weigh(module, featuresA), grid.a.columns * grid.a.rows),
          this.centre(module, this.weigh(module, featuresB), grid.b.columns * grid.b.rows),
          output.channels,
          grid.a,
          grid.b,
          STRONGEST_PAIRS,
          HEAT_CELL,
        ),
      );
      return {
        ...map,
        grid,
        ...(view === 'centre' && { crop: input.size / resize }),
        heat: { a: heatMap(grid.a, heatA), b: heatMap(grid.b, heatB) },
      };
    });
  }

  /** Feature maps whose mean over the cells is the embedding. */
  private weigh(module: CoreModule, features: Tensor): Float32Array {
    const { output, pooling } = this.entry;
    const { columns, rows } = gridOf(features);
    if (pooling === 'mean') return features.data;
    return unwrap(module.weighCells(features.data, output.channels, columns * rows));
  }

  /** Features (one cell: an embedding) as seen from the model's mean embedding, if it has one. */
  private centre(module: CoreModule, features: Float32Array, cells: number): Float32Array {
    if (this.mean === undefined) return features;
    return unwrap(module.centre(features, this.entry.output.channels, cells, this.mean));
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
      const { module, processor, scorer } = this.running;
      abandon(module, [processor, scorer]);
      this.running = undefined;
      throw trapError(error, 'The core', 'and will be restarted', 'Try a smaller image.');
    }
  }
}

/** What is wanted of an image beside its tensor. */
export interface InputOptions {
  readonly fingerprint?: boolean;
  readonly detail?: boolean;
  /** For a collection. */
  readonly sketch?: boolean;
}

/** @throws LikenessError `invalid-argument` */
function pictureOf(embedding: Pick<Embedding, 'fingerprint' | 'detail'>): WirePicture | null {
  const fingerprint = fingerprintOf(embedding);
  if (fingerprint === undefined) return null;
  const detail = detailOf(embedding);
  return detail === undefined ? { fingerprint } : { fingerprint, detail };
}

/** The core sees the pixels of one frame only. */
function withFrames({ fingerprint, ...input }: WireInput, frames: number): WireInput {
  return fingerprint === undefined ? input : { ...input, fingerprint: { ...fingerprint, frames } };
}

function gridOf({ dims: [, , rows = 0, columns = 0] }: Tensor): Grid {
  return { columns, rows };
}

function heatMap({ columns, rows }: Grid, values: Float32Array): HeatMap {
  return { width: columns * HEAT_CELL, height: rows * HEAT_CELL, values };
}

function stage(processor: WireImageProcessor, bytes: Uint8Array | Uint8ClampedArray): void {
  unwrap(processor.stage(bytes.byteLength)).set(bytes);
}
