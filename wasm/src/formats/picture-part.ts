/**
 * Parts of a folder as Parquet files: embeddings, and beside them what copies are looked for by. Any reader of
 * Parquet finds the columns `id`, `model` and `embedding` as in other files of embeddings; `docs/cluster.md`
 * describes the others. The layout has a version, which the file's metadata name.
 */
import { LikenessError, messageOf } from '../errors.js';
import { type FileMetaData, parquetMetadata, parquetReadObjects } from '../libraries/hyparquet.js';
import { parquetWriteBuffer } from '../libraries/hyparquet-writer.js';
import type { Embedding, Fingerprint } from '../types.js';
import { assertSchema } from './parquet.js';
import { checkColumn, checkFooter, columnRange } from './parquet-limits.js';
import { invalid, toVector } from './stored.js';

/** Changes with the columns. */
export const PART_VERSION = 1;

/** The key of the file's metadata under which a part says what it is. */
const PART_KEY = 'image-likeness.part';

/** Rows that are read and decoded at once: about 2 MB. */
const GROUP_ROWS = 128;

/** The most values of a column for each of its bytes, or, where they repeat, for each row. */
const MOST_VALUES = 4;

/** Bytes of a sketch's header, and of each corner after it: see packed_features.cpp in core/. */
const SKETCH_HEADER = 5;
const CORNER_BYTES = 39;

/** Where a file lies, and what it is; see FoundFile and Picture of the command line. */
export interface PartFile {
  /** The path as it was given. */
  readonly id: string;
  /** Which of the paths of the command line it was found by, from 0. */
  readonly root: number;
  /** The path below that. */
  readonly relative: string;
  readonly real: string;
  readonly inode: string;
  readonly names: number;
  readonly link: boolean;
}

/** A picture of a part, without what takes room. */
export interface PartPicture extends PartFile {
  /** Of the file. */
  readonly bytes: number;
  /** When the file was last changed, in milliseconds. */
  readonly modified: number;
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly greyscale: boolean;
  readonly digest: string;
  /** How many corners the sketch has. */
  readonly corners: number;
  /** Euclidean length of the embedding. */
  readonly norm: number;
}

/** A picture that is to be written. */
export interface PictureOfPart
  extends PartFile,
    Pick<PartPicture, 'bytes' | 'modified' | 'sha256'> {
  /** With fingerprint and sketch. */
  readonly embedding: Embedding;
}

/** A row's names where some of them are no Unicode, which columns of text need. */
export interface RawNames extends Pick<PartFile, 'id' | 'relative' | 'real' | 'inode'> {
  readonly row: number;
}

/** A file that became no picture. */
export interface SkippedFile extends PartFile {
  readonly reason: string;
}

/** What a part says of itself. */
export interface PartFacts {
  readonly version: number;
  /** `<model id>@<weights version>/<view>`. */
  readonly model: string;
  /** Values of an embedding. */
  readonly dimension: number;
  /** SHA-256 of the core that made it: another one may make other sketches. */
  readonly core: string;
  /** What decoded images before the core did, where there was such: it may have made other pixels. */
  readonly decoder: string | null;
  /** From 1. */
  readonly shard: { readonly number: number; readonly count: number };
  /** What the walk through the folders passed over: the same in all parts. */
  readonly passed: readonly { readonly path: string; readonly reason: string }[];
  /** Files of this part that could not be read. */
  readonly skipped: readonly SkippedFile[];
  readonly rawNames: readonly RawNames[];
}

/** Columns that take room. */
export type HeavyColumn = 'embedding' | 'luma' | 'full_luma' | 'sketch';

/** What was asked for of a row's heavy columns. */
export interface HeavyValues {
  readonly embedding?: Float32Array;
  readonly luma?: Uint8Array;
  readonly full_luma?: Uint8Array;
  readonly sketch?: Uint8Array;
}

/** Reads bytes of a file; whole ones, or it throws. */
export interface PartSource {
  readonly byteLength: number;
  read(start: number, end: number): Promise<Uint8Array>;
}

type Element = NonNullable<Parameters<typeof parquetWriteBuffer>[0]['schema']>[number];

const text = (name: string): Element => ({
  name,
  type: 'BYTE_ARRAY',
  converted_type: 'UTF8',
  repetition_type: 'REQUIRED',
});
const column = (name: string, type: NonNullable<Element['type']>): Element => ({
  name,
  type,
  repetition_type: 'REQUIRED',
});

const LIGHT: readonly Element[] = [
  text('sha256'),
  column('bytes', 'DOUBLE'),
  column('modified', 'DOUBLE'),
  column('width', 'INT32'),
  column('height', 'INT32'),
  column('frames', 'INT32'),
  column('greyscale', 'BOOLEAN'),
  text('digest'),
  column('corners', 'INT32'),
  column('norm', 'DOUBLE'),
  column('root', 'INT32'),
  text('relative'),
  text('real'),
  text('inode'),
  column('names', 'INT32'),
  column('link', 'BOOLEAN'),
];

const SCHEMA: Element[] = [
  { name: 'root', num_children: LIGHT.length + 6 },
  text('id'),
  text('model'),
  { name: 'embedding', converted_type: 'LIST', repetition_type: 'REQUIRED', num_children: 1 },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' },
  ...LIGHT,
  column('luma', 'BYTE_ARRAY'),
  column('full_luma', 'BYTE_ARRAY'),
  column('sketch', 'BYTE_ARRAY'),
];

const LIGHT_NAMES = ['id', ...LIGHT.map(({ name }) => name)];

/** How many corners a sketch has. */
export function cornersOf(sketch: Uint8Array): number {
  return Math.max(0, Math.floor((sketch.length - SKETCH_HEADER) / CORNER_BYTES));
}

/** A sketch without its corners: sizes only. */
export function withoutCorners(sketch: Uint8Array): Uint8Array {
  return sketch.slice(0, SKETCH_HEADER);
}

/** A part as a file. The same pictures give the same bytes. */
export function writePart(pictures: readonly PictureOfPart[], facts: Omit<PartFacts, 'version'>) {
  const prints = pictures.map(({ embedding: { fingerprint, sketch } }) => {
    if (fingerprint !== undefined && sketch !== undefined) return { ...fingerprint, sketch };
    throw invalid('An image of a part has a fingerprint and a sketch.');
  });
  const values: Readonly<Record<string, unknown[]>> = {
    id: pictures.map(({ id }) => id),
    model: pictures.map(({ embedding }) => embedding.model),
    embedding: pictures.map(({ embedding }) => [...embedding.vector]),
    sha256: pictures.map(({ sha256 }) => sha256),
    bytes: pictures.map(({ bytes }) => bytes),
    modified: pictures.map(({ modified }) => modified),
    width: prints.map(({ width }) => width),
    height: prints.map(({ height }) => height),
    frames: prints.map(({ frames }) => frames),
    greyscale: prints.map(({ greyscale }) => greyscale),
    digest: prints.map(({ digest }) => digest),
    corners: prints.map(({ sketch }) => cornersOf(sketch)),
    norm: pictures.map(({ embedding: { vector } }) =>
      Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)),
    ),
    root: pictures.map(({ root }) => root),
    relative: pictures.map(({ relative }) => relative),
    real: pictures.map(({ real }) => real),
    inode: pictures.map(({ inode }) => inode),
    names: pictures.map(({ names }) => names),
    link: pictures.map(({ link }) => link),
    luma: prints.map(({ luma }) => luma),
    // Most pictures have no border: both are the same.
    full_luma: prints.map(({ luma, fullLuma }) => (same(luma, fullLuma) ? NOTHING : fullLuma)),
    sketch: prints.map(({ sketch }) => sketch),
  };
  return new Uint8Array(
    parquetWriteBuffer({
      schema: SCHEMA,
      columnData: [
        'id',
        'model',
        'embedding',
        ...LIGHT_NAMES.slice(1),
        'luma',
        'full_luma',
        'sketch',
      ].map((name) => ({ name, data: values[name] ?? [] })),
      rowGroupSize: GROUP_ROWS,
      kvMetadata: [
        { key: 'model', value: facts.model },
        { key: PART_KEY, value: JSON.stringify({ version: PART_VERSION, ...facts }) },
      ],
      createdBy: 'image-likeness',
      codec: 'UNCOMPRESSED',
      statistics: false,
    }),
  );
}

const NOTHING = new Uint8Array(0);

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((value, i) => value === b[i]);
}

/** The fingerprint of a picture of a part. */
export function fingerprintFrom(
  picture: PartPicture,
  { luma, full_luma }: HeavyValues,
): Fingerprint {
  const { width, height, frames, greyscale, digest } = picture;
  const whole = luma ?? NOTHING;
  const fullLuma = full_luma === undefined || full_luma.length === 0 ? whole : full_luma;
  return { width, height, frames, greyscale, digest, luma: whole, fullLuma };
}

/** A part, open for reading: some rows at a time. */
export class PictureParts {
  private constructor(
    private readonly source: PartSource,
    private readonly metadata: FileMetaData,
    readonly facts: PartFacts,
  ) {}

  /** @throws LikenessError `invalid-argument` for what is no part, or one of another version */
  static async open(source: PartSource): Promise<PictureParts> {
    return explained(async () => {
      const tail = await source.read(Math.max(0, source.byteLength - 8), source.byteLength);
      if (tail.length < 8) throw invalid('it is too short');
      const length = new DataView(tail.buffer, tail.byteOffset).getUint32(0, true);
      const start = source.byteLength - 8 - length;
      if (start < 0) throw invalid('it is cut off');
      const footer = new Uint8Array(await source.read(start, source.byteLength));
      checkFooter(footer);
      const metadata = parquetMetadata(footer.buffer);
      assertSchema(metadata);
      return new PictureParts(source, metadata, factsOf(metadata));
    });
  }

  get rows(): number {
    return Number(this.metadata.num_rows);
  }

  /** In which group a row is. */
  groupOf(row: number): number {
    return Math.floor(row / GROUP_ROWS);
  }

  /** The first row of a group. */
  firstOf(group: number): number {
    return group * GROUP_ROWS;
  }

  /** All pictures, in the order of the folder. */
  async pictures(): Promise<PartPicture[]> {
    const groups = this.metadata.row_groups.map((_, group) => group);
    const pictures: PartPicture[] = [];
    for (const group of groups) {
      const rows = await this.read(group, LIGHT_NAMES);
      for (const row of rows) pictures.push(row as unknown as PartPicture);
    }
    for (const { row, ...names } of this.facts.rawNames) {
      const picture = pictures[row];
      if (picture === undefined) throw invalid('It has names of rows that are missing.');
      pictures[row] = { ...picture, ...names };
    }
    return pictures;
  }

  /** What takes room of the rows of a group. */
  async heavy(group: number, columns: readonly HeavyColumn[]): Promise<HeavyValues[]> {
    const rows = await this.read(group, columns);
    return rows.map(({ embedding, ...values }, row) => ({
      ...values,
      ...(embedding !== undefined && { embedding: toVector(embedding, row) }),
    }));
  }

  private read(group: number, columns: readonly string[]): Promise<Record<string, unknown>[]> {
    return explained(async () => {
      const rowGroup = this.metadata.row_groups[group];
      if (rowGroup === undefined) throw invalid('rows are missing');
      const chunks: { readonly start: number; readonly bytes: Uint8Array }[] = [];
      for (const { meta_data: chunk } of rowGroup.columns) {
        if (chunk === undefined || !columns.includes(chunk.path_in_schema[0] ?? '')) continue;
        const { start, end } = columnRange(chunk, this.source.byteLength);
        const bytes = new Uint8Array(await this.source.read(start, end));
        checkColumn(bytes, 0, bytes.length, MOST_VALUES * Math.max(GROUP_ROWS, bytes.length));
        chunks.push({ start, bytes });
      }
      const file = {
        byteLength: this.source.byteLength,
        slice: (start: number, end = this.source.byteLength) => sliceOf(chunks, start, end),
      };
      const first = this.firstOf(group);
      const rows = await parquetReadObjects({
        file,
        metadata: this.metadata,
        columns: [...columns],
        rowStart: first,
        rowEnd: first + Number(rowGroup.num_rows),
        utf8: false,
      });
      if (rows.length !== Number(rowGroup.num_rows)) throw invalid('rows are missing');
      return rows;
    });
  }
}

/** Bytes of a file of which some pieces are there; what lies between them is asked for, but of no use. */
function sliceOf(
  chunks: readonly { readonly start: number; readonly bytes: Uint8Array }[],
  start: number,
  end: number,
): ArrayBuffer {
  const slice = new Uint8Array(end - start);
  for (const { start: at, bytes } of chunks) {
    const from = Math.max(start, at);
    const to = Math.min(end, at + bytes.length);
    if (from < to) slice.set(bytes.subarray(from - at, to - at), from - start);
  }
  return slice.buffer;
}

function factsOf(metadata: FileMetaData): PartFacts {
  const found = metadata.key_value_metadata?.find(({ key }) => key === PART_KEY)?.value;
  if (found === undefined) {
    throw invalid(
      'it has embeddings only: write it with embed --shard i/n --out FILE.parquet, not --normalise',
    );
  }
  const facts = JSON.parse(found) as PartFacts;
  if (facts.version !== PART_VERSION) {
    throw invalid(`it has version ${facts.version}, and this program reads ${PART_VERSION}`);
  }
  const { row_groups: groups, num_rows: rows } = metadata;
  const whole = groups.every(
    ({ num_rows: count }, group) =>
      Number(count) === Math.min(GROUP_ROWS, Number(rows) - group * GROUP_ROWS),
  );
  if (!whole || Math.ceil(Number(rows) / GROUP_ROWS) !== groups.length) {
    throw invalid('another program wrote it');
  }
  return facts;
}

async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LikenessError && error.code !== 'invalid-argument') throw error;
    throw invalid(`This is no part that can be read: ${messageOf(error)}.`, error);
  }
}
