import { LikenessError, messageOf } from '../errors.js';
import { unzipSync, zipSync } from '../libraries/fflate.js';
import { readNpy, readNpyText, writeNpy, writeNpyText } from './npy.js';
import { type EmbeddingTable, embeddingsOf, invalid, type StoredEmbedding } from './stored.js';

/** Deflate makes nothing smaller than this part of its size (RFC 1951: 258 bytes in 2 bits). */
const LARGEST_RATIO = 1032;

/** Is there where vectors are. */
const NORMALISED = 'normalised.npy';

/** Bytes that a member may have beyond that. */
const SPARE_BYTES = 1024;

/**
 * NumPy's .npz: a zip of `embeddings.npy` (float32 [n, dimension]), `ids.npy` (text [n]) and
 * `model.npy` (text), not compressed, as `numpy.savez` writes it; and `normalised.npy` (the text L2) if they are.
 */
export function writeNpz({ model, ids, vectors, normalised }: EmbeddingTable): Uint8Array {
  return zipSync(
    {
      'embeddings.npy': writeNpy(vectors),
      'ids.npy': writeNpyText(ids),
      'model.npy': writeNpyText(model),
      ...(normalised && { [NORMALISED]: writeNpyText('L2') }),
    },
    // A fixed time, so that the same embeddings give the same bytes.
    { level: 0, mtime: new Date(1980, 0, 1) },
  );
}

/** @throws LikenessError `invalid-argument` */
export function readNpz(file: Uint8Array): StoredEmbedding[] {
  const members = unzip(file);
  const { rows } = readNpy(memberOf(members, 'embeddings.npy'));
  const ids = readNpyText(memberOf(members, 'ids.npy'));
  const [model = '', ...more] = readNpyText(memberOf(members, 'model.npy'));
  if (more.length > 0 || ids.length !== rows.length) {
    throw invalid(`The file has ${rows.length} embeddings, ${ids.length} ids.`);
  }
  const normalised = members[NORMALISED] !== undefined;
  return embeddingsOf({ model, ids, vectors: rows, ...(normalised && { normalised }) });
}

function unzip(file: Uint8Array): Readonly<Record<string, Uint8Array>> {
  try {
    return unzipSync(file, {
      filter({ name, size, originalSize }) {
        if (originalSize > size * LARGEST_RATIO + SPARE_BYTES || size > file.length) {
          throw invalid(`${name} claims ${originalSize} bytes in ${size}.`);
        }
        return name.endsWith('.npy');
      },
    });
  } catch (error) {
    if (error instanceof LikenessError) throw error;
    throw invalid(`The file is no .npz file: ${messageOf(error)}`, error);
  }
}

function memberOf(members: Readonly<Record<string, Uint8Array>>, name: string): Uint8Array {
  const member = members[name];
  if (member === undefined) throw invalid(`The .npz file has no ${name}.`);
  return member;
}
