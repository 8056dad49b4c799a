import { LikenessError, messageOf } from '../errors.js';
import {
  type FileMetaData,
  parquetMetadata,
  parquetReadObjects,
  parquetSchema,
} from '../libraries/hyparquet.js';
import { parquetWriteBuffer } from '../libraries/hyparquet-writer.js';
import { checkFooter, checkPages } from './parquet-limits.js';
import {
  type EmbeddingTable,
  invalid,
  type StoredEmbedding,
  storedEmbedding,
  toVector,
} from './stored.js';

/** Columns `id`, `model` (text) and `embedding` (list of float), none of them nullable. */
const SCHEMA: NonNullable<Parameters<typeof parquetWriteBuffer>[0]['schema']> = [
  { name: 'root', num_children: 3 },
  { name: 'id', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  { name: 'model', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  { name: 'embedding', converted_type: 'LIST', repetition_type: 'REQUIRED', num_children: 1 },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' },
];

const COLUMNS = ['id', 'model', 'embedding'] as const;

/** What the file's metadata say of normalised vectors. */
const NORMALISED = { key: 'normalised', value: 'L2' } as const;

/** Apache Parquet; the model is also in the file's metadata, under `model`. */
export function writeParquet({ model, ids, vectors, normalised }: EmbeddingTable): Uint8Array {
  return new Uint8Array(
    parquetWriteBuffer({
      schema: SCHEMA,
      columnData: [
        { name: 'id', data: [...ids] },
        { name: 'model', data: ids.map(() => model) },
        { name: 'embedding', data: vectors.map((vector) => [...vector]) },
      ],
      kvMetadata: [{ key: 'model', value: model }, ...(normalised ? [NORMALISED] : [])],
      createdBy: 'image-likeness',
      // Floats don't compress.
      codec: 'UNCOMPRESSED',
      statistics: false,
    }),
  );
}

/** @throws LikenessError `invalid-argument` */
export async function readParquet(bytes: Uint8Array): Promise<StoredEmbedding[]> {
  try {
    checkFooter(bytes);
    // A copy even of a Buffer, whose own `slice` makes none.
    const file = new Uint8Array(bytes).buffer;
    const metadata = parquetMetadata(file);
    assertSchema(metadata);
    checkPages(bytes, metadata, COLUMNS);
    const rows = await parquetReadObjects({ file, metadata, columns: [...COLUMNS] });
    if (BigInt(rows.length) !== metadata.num_rows) throw invalid('Rows are missing.');
    const normalised = metadata.key_value_metadata?.some(({ key }) => key === NORMALISED.key);
    return rows.map(({ id, model, embedding }, row) =>
      storedEmbedding(id, model, toVector(embedding, row), row, normalised),
    );
  } catch (error) {
    if (error instanceof LikenessError) throw error;
    throw invalid(`The file is no Parquet file of embeddings: ${messageOf(error)}`, error);
  }
}

/**
 * For columns that are missing from the schema the reader would throw while other columns are still being read,
 * and their errors could not be caught.
 */
export function assertSchema(metadata: FileMetaData): void {
  const root = parquetSchema(metadata);
  for (const { columns } of metadata.row_groups) {
    for (const { meta_data: column } of columns) {
      let node: typeof root | undefined = root;
      for (const name of column?.path_in_schema ?? ['']) {
        node = node?.children.find(({ element }) => element.name === name);
      }
      if (node === undefined) throw invalid('The columns of the file are not those of its schema.');
    }
  }
}
