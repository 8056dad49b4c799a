import { readFileSync } from 'node:fs';

/** A float32 matrix as rows. */
export interface Matrix {
  readonly shape: readonly number[];
  readonly rows: readonly Float32Array[];
}

/** Reads a two-dimensional little-endian float32 .npy file of format version 1.0. */
export function readNpy(path: string): Matrix {
  const file = readFileSync(path);
  const headerLength = file.readUInt16LE(8);
  const header = file.toString('latin1', 10, 10 + headerLength);
  if (!header.includes("'<f4'")) throw new Error(`${path} is not float32: ${header}`);
  const shape = /'shape': \((\d+), (\d+)\)/.exec(header)?.slice(1).map(Number) ?? [];
  const [count = 0, columns = 0] = shape;
  const data = new Float32Array(Uint8Array.prototype.slice.call(file, 10 + headerLength).buffer);
  const rows = Array.from({ length: count }, (_, row) =>
    data.subarray(row * columns, (row + 1) * columns),
  );
  return { shape, rows };
}
