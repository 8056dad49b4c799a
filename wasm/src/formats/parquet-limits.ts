/**
 * Checks the sizes in a Parquet file against its length before the file is read: the reader allocates what page
 * headers say, and goes backwards where a page has a negative size.
 */
import type { ColumnMetaData, FileMetaData } from '../libraries/hyparquet.js';
import { invalid } from './stored.js';
import { type Fields, readStruct } from './thrift.js';

/** Length of the footer's length and the closing PAR1. */
const TAIL_BYTES = 8;

/** Snappy expands 3 bytes to at most 64; other compressions aren't read. */
const MOST_EXPANSION = 22;
const LEAST_PAGE = 64;

/** The most values for each byte of the file: floats that are worth storing take more than two bits. */
const MOST_VALUES_PER_BYTE = 4;

/** parquet.thrift, Encoding.DELTA_BYTE_ARRAY: texts repeat parts of earlier ones, so their length isn't bounded by their bytes. */
const DELTA_BYTE_ARRAY = 7;

/** Field numbers of parquet.thrift. */
const PAGE = { uncompressedSize: 2, compressedSize: 3, data: 5, dictionary: 7, dataV2: 8 } as const;
const PAGE_HEADER = { values: 1, encoding: 2 } as const;
const PAGE_HEADER_V2 = { encoding: 4, definitionBytes: 5, repetitionBytes: 6 } as const;

/**
 * Checks the footer's structure, so that the cost of reading it is bounded by its length.
 * @throws LikenessError `invalid-argument`
 */
export function checkFooter(bytes: Uint8Array): void {
  const end = bytes.length - TAIL_BYTES;
  if (end < 0) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(end, true);
  // The reader itself refuses a file that is too short.
  if (length <= end) readStruct(bytes, end - length, end);
}

/**
 * Checks row groups, and the pages of some columns.
 * @throws LikenessError `invalid-argument`
 */
export function checkPages(
  bytes: Uint8Array,
  { num_rows: rows, row_groups: groups }: FileMetaData,
  columns: readonly string[],
): void {
  // Every row has an id and values, so a valid file has more bytes than rows.
  if (rows < 0n || rows > BigInt(bytes.length)) {
    throw invalid(`The file claims ${rows} rows and has ${bytes.length} bytes.`);
  }
  let rowsLeft = rows;
  let bytesLeft = bytes.length;
  let valuesLeft = bytes.length * MOST_VALUES_PER_BYTE;
  for (const group of groups) {
    if (group.num_rows < 0n || group.num_rows > rowsLeft) {
      throw invalid('The parts of the file have other numbers of rows than the whole.');
    }
    rowsLeft -= group.num_rows;
    for (const { meta_data: column } of group.columns) {
      if (column === undefined || !columns.includes(column.path_in_schema[0] ?? '')) continue;
      const { start, end } = columnRange(column, bytes.length);
      // Columns that share bytes would let a small file expand into a large one.
      bytesLeft -= end - start;
      if (bytesLeft < 0) throw invalid('The columns of the file lie on each other.');
      valuesLeft -= checkColumn(bytes, start, end, valuesLeft);
    }
  }
}

/**
 * The bytes of a column in a file of so many.
 * @throws LikenessError `invalid-argument` where it lies outside
 */
export function columnRange(
  column: ColumnMetaData,
  fileBytes: number,
): { readonly start: number; readonly end: number } {
  const start = Number(column.dictionary_page_offset || column.data_page_offset);
  const size = Number(column.total_compressed_size);
  if (start < 0 || size < 0 || start + size > fileBytes) {
    throw invalid('The columns of the file lie outside it.');
  }
  return { start, end: start + size };
}

/** @returns how many values the pages have, dictionaries included; at most `most` */
export function checkColumn(bytes: Uint8Array, start: number, end: number, most: number): number {
  let values = 0;
  // Like the reader: a single remaining byte is not a page.
  for (let at = start; at < end - 1; ) {
    const { fields, end: body } = readStruct(bytes, at, end);
    const compressed = numberIn(fields, PAGE.compressedSize);
    const uncompressed = numberIn(fields, PAGE.uncompressedSize);
    if (compressed > end - body || uncompressed > LEAST_PAGE + MOST_EXPANSION * compressed) {
      throw invalid(
        `A page of the file claims ${compressed} bytes for ${uncompressed}, of which ${end - body} are there.`,
      );
    }
    const header =
      fieldsIn(fields, PAGE.data) ??
      fieldsIn(fields, PAGE.dictionary) ??
      fieldsIn(fields, PAGE.dataV2);
    if (header === undefined) throw invalid('The file has a page that is no page of data.');
    checkHeader(header, fields.has(PAGE.dataV2), compressed);
    values += numberIn(header, PAGE_HEADER.values);
    if (values > most) {
      throw invalid(`The file claims ${values} values in a column, too many for its bytes.`);
    }
    at = body + compressed;
  }
  return values;
}

function checkHeader(header: Fields, isV2: boolean, bytes: number): void {
  const encoding = header.get(isV2 ? PAGE_HEADER_V2.encoding : PAGE_HEADER.encoding);
  if (encoding === DELTA_BYTE_ARRAY) {
    throw invalid('The file has texts in the encoding DELTA_BYTE_ARRAY: save it with another one.');
  }
  if (!isV2) return;
  const levels =
    numberIn(header, PAGE_HEADER_V2.definitionBytes) +
    numberIn(header, PAGE_HEADER_V2.repetitionBytes);
  if (levels > bytes) throw invalid('A page of the file has more levels than bytes.');
}

/** A number that is present and not negative. */
function numberIn(fields: Fields, field: number): number {
  const value = fields.get(field);
  if (typeof value === 'number' && value >= 0) return value;
  throw invalid('A page of the file lacks a size, or has a negative one.');
}

function fieldsIn(fields: Fields, field: number): Fields | undefined {
  const value = fields.get(field);
  return typeof value === 'object' ? value : undefined;
}
