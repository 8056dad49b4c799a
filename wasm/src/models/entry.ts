import { LikenessError } from '../errors.js';
import type { CustomModel, Pooling, View } from '../types.js';

/** Bits of most weights of a packed model; see pack.ts. */
export type WeightBits = 8 | 12;

/** Every view there is. */
export const VIEWS: readonly View[] = ['whole', 'centre'];

const VIEW_NAMES = VIEWS.map((view) => `"${view}"`).join(' or ');

const POOLINGS: readonly Pooling[] = ['mean', 'energy'];

/** A file that a model can be made from, known by its hash. */
export interface ModelSource {
  /** Where it can be downloaded, tried in this order. */
  readonly urls: readonly string[];
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
  /** How the model is made from it: the classifier is cut off before global average pooling. */
  readonly made: 'cut-classifier';
  /** Bits that `models fetch` packs weights into unless told otherwise; float32 where missing. */
  readonly weightBits?: WeightBits;
}

/** A ready-made file, known by its hash. */
export interface AcceptedFile {
  /** Hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  /** Where it comes from. */
  readonly note: string;
}

/** How a cosine becomes a score. See models/README.md for the fit. */
export interface ModelCalibration {
  /** False where no pairs were at hand to fit on, and the score is a mere straight line. */
  readonly fitted: boolean;
  /** Knots, strictly increasing from -1 to 1. */
  readonly cosine: readonly number[];
  /** Scores at the knots, strictly increasing from 0 to 100. */
  readonly score: readonly number[];
  /** Probabilities at the knots that both show the same kind of subject, from 0 to 1. */
  readonly probability: readonly number[];
  /** Lowest score that is called similar. */
  readonly similar: number;
  /** Where scores of known pairs were found; missing where none were at hand. */
  readonly ranges?: ScoreRanges;
}

/**
 * From the 5 % to the 95 % quantile of the scores of labelled pairs that the fit had not seen, 0 to
 * 100. They overlap.
 */
export interface ScoreRanges {
  /** Pictures of two kinds of subject. */
  readonly different: readonly [from: number, to: number];
  /** Two pictures of one kind of subject. */
  readonly similar: readonly [from: number, to: number];
  /** A picture and an edited copy of it. */
  readonly edited: readonly [from: number, to: number];
}

/** All there is to know about a model: what to feed it, what it returns, where it comes from. */
export interface ModelEntry {
  readonly id: string;
  readonly title: string;
  /** What its answers are good for, as the end of a sentence: "good for …". */
  readonly goodFor: string;
  /** Id of the model that this one is a small copy of, if it is one. */
  readonly fullModel?: string;
  /** Embeddings compare only when id and weights version are equal. */
  readonly weightsVersion: string;
  /** SPDX identifier. */
  readonly licence: string;
  readonly sources: readonly ModelSource[];
  /** The first one is what `models fetch` makes. */
  readonly accepted: readonly AcceptedFile[];
  readonly input: CustomModel['input'];
  /** What of a picture it sees; calibration and mean embedding are fitted for this view. */
  readonly view: View;
  /** What part each cell of the feature map has in the embedding. */
  readonly pooling: Pooling;
  /** Length that an image's short side is resized to before the centre crop, in pixels. */
  readonly resize: number;
  /** Of red, green and blue in [0, 1]. */
  readonly mean: readonly number[];
  /** Of red, green and blue in [0, 1]. */
  readonly std: readonly number[];
  /** Name and shape of a square input's feature map, channels × cells. */
  readonly output: { readonly name: string; readonly channels: number; readonly cells: number };
  /** Length of an embedding. */
  readonly dimension: number;
  /**
   * What cosines are centred on: the mean of many pictures' embeddings, each of length 1, or one number for all
   * channels; missing where cosines are plain. See models/README.md.
   */
  readonly meanEmbedding?: number | readonly number[];
  readonly calibration: ModelCalibration;
}

/**
 * Checks what a manifest file holds.
 * @param value the parsed JSON of models/manifest.json
 * @throws LikenessError `invalid-argument`, naming the first field that is wrong
 */
export function parseManifest(value: unknown): readonly ModelEntry[] {
  const manifest = new Field('manifest', value);
  if (manifest.at('version').number() !== 1) throw manifest.at('version').wrong('must be 1');
  return manifest.at('models').list().map(readEntry);
}

/**
 * Checks one entry by itself.
 * @param path what the entry is called in errors
 * @throws LikenessError `invalid-argument`, naming the first field that is wrong
 */
export function parseEntry(value: unknown, path: string): ModelEntry {
  return readEntry(new Field(path, value));
}

/**
 * The entry with a view of the caller's choice. Its calibration fits the entry's own view, and does not
 * count as fitted in another one; there, all cells have the same part in the embedding.
 */
export function withView(entry: ModelEntry, view: View | undefined): ModelEntry {
  if (view === undefined || view === entry.view) return entry;
  if (!isView(view)) throw new LikenessError('invalid-argument', `view must be ${VIEW_NAMES}.`);
  const { ranges: _, ...calibration } = entry.calibration;
  const chosen: ModelEntry = {
    ...entry,
    view,
    pooling: 'mean',
    calibration: { ...calibration, fitted: false },
  };
  checkView(chosen, 'model');
  return chosen;
}

/** Pixels of the input a cell of the feature map, along either side. */
export function strideOf({ input, output }: Pick<ModelEntry, 'input' | 'output'>): number {
  return input.size / Math.sqrt(output.cells);
}

/**
 * Side of the entry's view, in pixels: in `centre` that of every input, in `whole` that of a square which has
 * about the area of any input.
 */
export function sideOf({ view, input }: Pick<ModelEntry, 'view' | 'input'>): number {
  return (view === 'whole' && input.wholeSize) || input.size;
}

/** What the entry's cosines are centred on, a number for each channel; undefined where they are plain. */
export function meanOf({
  meanEmbedding: mean,
  dimension,
}: Pick<ModelEntry, 'meanEmbedding' | 'dimension'>): Float32Array | undefined {
  if (typeof mean === 'number') return new Float32Array(dimension).fill(mean);
  return mean && Float32Array.from(mean);
}

/** The whole picture's sides are multiples of the stride, which has to be a whole number therefore. */
function checkView(entry: ModelEntry, path: string): void {
  if (entry.view === 'centre' || Number.isInteger(strideOf(entry))) return;
  throw new Field(`${path}.view`, entry.view).wrong(
    'must be "centre" where input.size is no multiple of the square root of output.cells',
  );
}

function isView(value: string): value is View {
  return VIEWS.some((view) => view === value);
}

function readEntry(entry: Field): ModelEntry {
  const output = parseOutput(entry.at('output'));
  const dimension = entry.at('dimension').count();
  const meanEmbedding = entry.at('meanEmbedding');
  const fullModel = entry.at('fullModel');
  const checked: ModelEntry = {
    id: entry.at('id').text(MODEL_ID),
    title: entry.at('title').text(),
    goodFor: entry.at('goodFor').text(),
    ...(fullModel.given && { fullModel: fullModel.text(MODEL_ID) }),
    weightsVersion: entry.at('weightsVersion').text(),
    licence: entry.at('licence').text(),
    sources: entry.at('sources').list().map(parseSource),
    accepted: entry.at('accepted').list().map(parseAccepted),
    input: parseInput(entry.at('input'), output),
    view: parseView(entry.at('view')),
    pooling: parsePooling(entry.at('pooling')),
    resize: entry.at('resize').count(),
    mean: entry.at('mean').numbers(3),
    std: entry.at('std').numbers(3),
    output,
    dimension,
    ...(meanEmbedding.given && { meanEmbedding: meanEmbedding.vector(dimension) }),
    calibration: parseCalibration(entry.at('calibration')),
  };
  checkView(checked, entry.path);
  return checked;
}

function parseInput(input: Field, output: ModelEntry['output']): ModelEntry['input'] {
  const square = { name: input.at('name').text(), size: input.at('size').count() };
  const wholeSize = input.at('wholeSize');
  if (!wholeSize.given) return square;
  return { ...square, wholeSize: wholeSize.count(strideOf({ input: square, output })) };
}

function parseOutput(output: Field): ModelEntry['output'] {
  return {
    name: output.at('name').text(),
    channels: output.at('channels').count(),
    cells: parseSquare(output.at('cells')),
  };
}

function parseSquare(cells: Field): number {
  const count = cells.count();
  if (Number.isInteger(Math.sqrt(count))) return count;
  throw cells.wrong('must be a square number');
}

function parseView(view: Field): View {
  const name = view.text();
  if (isView(name)) return name;
  throw view.wrong(`must be ${VIEW_NAMES}`);
}

function parsePooling(pooling: Field): Pooling {
  const name = POOLINGS.find((known) => known === pooling.text());
  if (name === undefined) throw pooling.wrong('must be "mean" or "energy"');
  return name;
}

function parseSource(source: Field): ModelSource {
  const made = source.at('made').text();
  const bits = source.at('weightBits');
  if (made !== 'cut-classifier') throw source.at('made').wrong('must be "cut-classifier"');
  return {
    urls: source
      .at('urls')
      .list()
      .map((url) => url.text(/^https:\/\//)),
    bytes: source.at('bytes').count(),
    sha256: source.at('sha256').text(SHA256),
    made,
    ...(bits.given && { weightBits: parseWeightBits(bits) }),
  };
}

function parseWeightBits(bits: Field): WeightBits {
  const count = bits.number();
  if (count !== 8 && count !== 12) throw bits.wrong('must be 8 or 12');
  return count;
}

function parseAccepted(file: Field): AcceptedFile {
  return {
    sha256: file.at('sha256').text(SHA256),
    bytes: file.at('bytes').count(),
    note: file.at('note').text(),
  };
}

function parseCalibration(calibration: Field): ModelCalibration {
  const cosine = calibration.at('cosine').numbers();
  const ranges = calibration.at('ranges');
  return {
    fitted: calibration.at('fitted').flag(),
    cosine,
    score: calibration.at('score').numbers(cosine.length),
    probability: calibration.at('probability').numbers(cosine.length),
    similar: calibration.at('similar').number(),
    ...(ranges.given && {
      ranges: {
        different: parseRange(ranges.at('different')),
        similar: parseRange(ranges.at('similar')),
        edited: parseRange(ranges.at('edited')),
      },
    }),
  };
}

function parseRange(range: Field): readonly [from: number, to: number] {
  const [from = 0, to = 0] = range.numbers(2);
  if (from < 0 || from > to || to > 100) throw range.wrong('must rise within 0 to 100');
  return [from, to];
}

const MODEL_ID = /^[a-z0-9-]+$/;
const SHA256 = /^[0-9a-f]{64}$/;

/** A value in the manifest and the way to it, so that an error can name it. */
class Field {
  constructor(
    readonly path: string,
    private readonly value: unknown,
  ) {}

  at(name: string): Field {
    if (typeof this.value !== 'object' || this.value === null)
      throw this.wrong('must be an object');
    const value: unknown = (this.value as Record<string, unknown>)[name];
    return new Field(`${this.path}.${name}`, value);
  }

  get given(): boolean {
    return this.value !== undefined;
  }

  list(): Field[] {
    if (!Array.isArray(this.value)) throw this.wrong('must be a list');
    return this.value.map((value, index) => new Field(`${this.path}[${index}]`, value));
  }

  text(pattern = /./): string {
    if (typeof this.value === 'string' && pattern.test(this.value)) return this.value;
    throw this.wrong(`must be text that matches ${pattern}`);
  }

  flag(): boolean {
    if (typeof this.value === 'boolean') return this.value;
    throw this.wrong('must be true or false');
  }

  number(): number {
    if (typeof this.value === 'number' && Number.isFinite(this.value)) return this.value;
    throw this.wrong('must be a number');
  }

  count(least = 1): number {
    const value = this.number();
    if (Number.isSafeInteger(value) && value >= least) return value;
    throw this.wrong(`must be a whole number of at least ${least}`);
  }

  numbers(length?: number): number[] {
    const values = this.list().map((field) => field.number());
    if (length === undefined || values.length === length) return values;
    throw this.wrong(`must hold ${length} numbers`);
  }

  vector(length: number): number | number[] {
    return typeof this.value === 'number' ? this.number() : this.numbers(length);
  }

  wrong(rule: string): LikenessError {
    return new LikenessError(
      'invalid-argument',
      `The description of a model is wrong: ${this.path} ${rule}.`,
    );
  }
}
