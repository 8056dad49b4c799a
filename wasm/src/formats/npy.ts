import { LikenessError } from '../errors.js';

/** Magic string and version 1.0 of NumPy's format. */
const PREAMBLE = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];

/** Bytes before the header text: the preamble and the text's length as uint16. */
const HEADER_START = PREAMBLE.length + 2;

/** The data starts at a multiple of this, says the format. */
const ALIGNMENT = 64;

/**
 * A float32 matrix in NumPy's .npy format 1.0, row by row, little-endian, as `numpy.load` reads it
 * (format: numpy/lib/format.py of NumPy 1.24).
 * @param rows vectors of equal length, at least one
 * @throws LikenessError `invalid-argument` when there is no row or lengths differ
 */
export function writeNpy(rows: readonly Float32Array[]): Uint8Array {
  const columns = rows[0]?.length;
  if (columns === undefined || rows.some((row) => row.length !== columns)) {
    throw new LikenessError('invalid-argument', 'A matrix needs rows, all of the same length.');
  }
  const shape = `(${rows.length}, ${columns})`;
  const fields = `{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`;
  const start = Math.ceil((HEADER_START + fields.length + 1) / ALIGNMENT) * ALIGNMENT;
  const text = `${fields.padEnd(start - HEADER_START - 1)}\n`;
  const file = new Uint8Array(start + rows.length * columns * Float32Array.BYTES_PER_ELEMENT);
  const view = new DataView(file.buffer);
  file.set(PREAMBLE);
  view.setUint16(PREAMBLE.length, text.length, true);
  file.set(new TextEncoder().encode(text), HEADER_START);
  let offset = start;
  for (const row of rows) {
    for (const value of row) {
      view.setFloat32(offset, value, true);
      offset += Float32Array.BYTES_PER_ELEMENT;
    }
  }
  return file;
}
