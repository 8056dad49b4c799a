import { invalid } from './stored.js';

/** Magic string and version 1.0 of NumPy's format. */
const PREAMBLE = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];

/** Length of the magic string. */
const MAGIC_BYTES = 6;

/** Bytes before the header text: the preamble and the text's length as uint16. */
const HEADER_START = PREAMBLE.length + 2;

/** The format requires the data to start at a multiple of this. */
const ALIGNMENT = 64;

/** Bytes of a code point in NumPy's text arrays (UTF-32). */
const CODE_POINT_BYTES = 4;

/** A matrix, row by row. */
export interface Matrix {
  readonly columns: number;
  readonly rows: readonly Float32Array[];
}

/**
 * A float32 matrix in NumPy's .npy format 1.0, row by row, little-endian, as `numpy.load` reads it
 * (format: numpy/lib/format.py of NumPy 1.24).
 * @param rows vectors of equal length, at least one
 * @throws LikenessError `invalid-argument` when there is no row or lengths differ
 */
export function writeNpy(rows: readonly Float32Array[]): Uint8Array {
  const columns = rows[0]?.length;
  if (columns === undefined || rows.some((row) => row.length !== columns)) {
    throw invalid('A matrix needs rows, all of the same length.');
  }
  const bytes = rows.length * columns * Float32Array.BYTES_PER_ELEMENT;
  const { file, view, start } = startFile('<f4', `(${rows.length}, ${columns})`, bytes);
  let offset = start;
  for (const row of rows) {
    for (const value of row) {
      view.setFloat32(offset, value, true);
      offset += Float32Array.BYTES_PER_ELEMENT;
    }
  }
  return file;
}

/** Texts as an array, or one text as a scalar: UTF-32, little-endian, padded with zeros. */
export function writeNpyText(text: string | readonly string[]): Uint8Array {
  const items = (typeof text === 'string' ? [text] : text).map((item) => Array.from(item));
  const width = items.reduce((longest, { length }) => Math.max(longest, length), 1);
  const bytes = items.length * width * CODE_POINT_BYTES;
  const shape = typeof text === 'string' ? '()' : `(${items.length},)`;
  const { file, view, start } = startFile(`<U${width}`, shape, bytes);
  for (const [row, characters] of items.entries()) {
    for (const [place, character] of characters.entries()) {
      const offset = start + (row * width + place) * CODE_POINT_BYTES;
      view.setUint32(offset, character.codePointAt(0) ?? 0, true);
    }
  }
  return file;
}

/**
 * Reads a two-dimensional float32 array in C order, as `numpy.save` writes it.
 * @throws LikenessError `invalid-argument` for any other array, and for a file whose length doesn't match its header
 */
export function readNpy(file: Uint8Array): Matrix {
  const { descr, shape, data } = parse(file);
  const [count = 0, columns = 0] = shape;
  if (descr !== '<f4' || shape.length !== 2 || columns === 0) {
    throw invalid(
      `The array is ${descr} (${shape.join(', ')}); it should be float32 [n, dimension].`,
    );
  }
  assertLength(data, count * columns * Float32Array.BYTES_PER_ELEMENT);
  const values = Float32Array.from({ length: count * columns }, (_, index) =>
    data.getFloat32(index * Float32Array.BYTES_PER_ELEMENT, true),
  );
  const rows = Array.from({ length: count }, (_, row) =>
    values.slice(row * columns, (row + 1) * columns),
  );
  return { columns, rows };
}

/** Reads a text array of one dimension, or a scalar as an array of one. @throws as `readNpy` */
export function readNpyText(file: Uint8Array): string[] {
  const { descr, shape, data } = parse(file);
  const [, digits] = /^<U(\d{1,9})$/.exec(descr) ?? [];
  if (digits === undefined || shape.length > 1) {
    throw invalid(`The array is ${descr} (${shape.join(', ')}); it should be text [n].`);
  }
  const width = Number(digits);
  const [count = 1] = shape;
  assertLength(data, count * width * CODE_POINT_BYTES);
  return Array.from({ length: count }, (_, row) => readText(data, row * width, width));
}

function readText(data: DataView, first: number, width: number): string {
  const points: number[] = [];
  for (let place = 0; place < width; place += 1) {
    points.push(data.getUint32((first + place) * CODE_POINT_BYTES, true));
  }
  const length = points.findLastIndex((point) => point !== 0) + 1;
  if (points.some((point) => point > 0x10ffff)) throw invalid('A text holds what is no character.');
  return points
    .slice(0, length)
    .map((point) => String.fromCodePoint(point))
    .join('');
}

/** A file with its header, and room for the data from `start` on. */
function startFile(descr: string, shape: string, dataBytes: number) {
  const fields = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;
  const start = Math.ceil((HEADER_START + fields.length + 1) / ALIGNMENT) * ALIGNMENT;
  const text = `${fields.padEnd(start - HEADER_START - 1)}\n`;
  const file = new Uint8Array(start + dataBytes);
  const view = new DataView(file.buffer);
  file.set(PREAMBLE);
  view.setUint16(PREAMBLE.length, text.length, true);
  file.set(new TextEncoder().encode(text), HEADER_START);
  return { file, view, start };
}

/** What a header says, and the data after it. Versions 1 to 3 differ in the length of the header. */
function parse(file: Uint8Array) {
  const magic = PREAMBLE.slice(0, MAGIC_BYTES);
  if (file.length < HEADER_START || magic.some((byte, index) => file[index] !== byte)) {
    throw invalid('The file is no .npy file.');
  }
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const short = file[MAGIC_BYTES] === 1;
  const textStart = HEADER_START + (short ? 0 : 2);
  if (file.length < textStart) throw invalid('The .npy file ends in its header.');
  const length = short
    ? view.getUint16(PREAMBLE.length, true)
    : view.getUint32(PREAMBLE.length, true);
  const start = textStart + length;
  if (file.length < start) throw invalid('The .npy file ends in its header.');
  const header = new TextDecoder('latin1').decode(file.subarray(textStart, start));
  const [, descr] = /'descr':\s*'([^']*)'/.exec(header) ?? [];
  const [, order] = /'fortran_order':\s*(True|False)/.exec(header) ?? [];
  const [, sizes] = /'shape':\s*\(([\d,\s]*)\)/.exec(header) ?? [];
  if (descr === undefined || order === undefined || sizes === undefined) {
    throw invalid('The header of the .npy file makes no sense.');
  }
  const shape = sizes
    .split(',')
    .filter((size) => size.trim() !== '')
    .map(Number);
  if (order === 'True' && shape.length > 1) {
    throw invalid('The array is in Fortran order: save numpy.ascontiguousarray(…) instead.');
  }
  return {
    descr,
    shape,
    data: new DataView(file.buffer, file.byteOffset + start, file.length - start),
  };
}

function assertLength(data: DataView, expected: number): void {
  if (data.byteLength === expected) return;
  throw invalid(`The .npy file has ${data.byteLength} bytes of data; its header says ${expected}.`);
}
