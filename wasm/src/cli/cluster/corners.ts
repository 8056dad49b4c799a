/** The first search for candidates: pictures with corners in common. A task looks after a share of the slots. */
import { open } from 'node:fs/promises';
import { type CandidateTools, CornerSearch, HIT_BYTES } from '../../binding/candidate-search.js';
import { reasonOf, usageError } from '../io.js';
import type { Parts } from './parts.js';
import { WorkFile } from './work-file.js';

/** Memory of a search's corners: 64 bytes each, and each is in five tables that are split between searches. */
const SEARCH_BYTES = 400e6;
const CORNER_BYTES = 64;
const TABLES = 5;

/** Of so many pictures the place in the file is kept. */
const INDEX_STEP = 1024;

/** A record: the later picture's number and how many hits follow. */
const RECORD_BYTES = 8;

/** How many searches keep each below half a gigabyte. */
export function cornerSearches({ pictures }: Parts): number {
  const corners = pictures.reduce((sum, picture) => sum + picture.corners, 0);
  const bytes = corners * CORNER_BYTES;
  return bytes <= SEARCH_BYTES ? 1 : Math.ceil((bytes * TABLES) / SEARCH_BYTES);
}

/**
 * Makes the file of one search's hits, by the later picture. A lone search keeps those that make candidates; one of
 * several can't know which these are, and keeps all: up to 90 kB a picture, together.
 */
export async function searchCorners(
  { compiled, tools }: { readonly compiled: WebAssembly.Module; readonly tools: CandidateTools },
  parts: Parts,
  { number, count }: { readonly number: number; readonly count: number },
  path: string,
): Promise<void> {
  using search = await CornerSearch.open(compiled, number, count);
  await using file = await WorkFile.create(path);
  const starts: number[] = [];
  for await (const [item, { sketch }] of parts.inOrder(['sketch'])) {
    if (item % INDEX_STEP === 0) starts.push(file.size);
    if (sketch === undefined || !parts.isCompared(item)) continue;
    const found = search.take(item, sketch);
    const hits = count === 1 ? hitsOf(found, tools.cornerCandidates(found, sketch)) : found;
    if (hits.length === 0) continue;
    const head = Buffer.alloc(RECORD_BYTES);
    head.writeUInt32LE(item);
    head.writeUInt32LE(hits.length / HIT_BYTES, 4);
    await file.add(head);
    await file.add(hits);
  }
  starts.push(file.size);
  await file.add(new Uint8Array(Float64Array.from([...starts, starts.length]).buffer));
  await file.finish();
}

/** Those among hits that are corners of some pictures. */
function hitsOf(hits: Uint8Array, items: Uint32Array): Uint8Array {
  const wanted = new Set(items);
  const view = new DataView(hits.buffer, hits.byteOffset, hits.byteLength);
  const kept: Uint8Array[] = [];
  for (let at = 0; at < hits.length; at += HIT_BYTES) {
    if (wanted.has(view.getUint32(at, true))) kept.push(hits.subarray(at, at + HIT_BYTES));
  }
  return Buffer.concat(kept);
}

/** The hits of the pictures from `first` up to, not including, `last`, by picture. */
export async function readHits(
  path: string,
  first: number,
  last: number,
): Promise<Map<number, Uint8Array>> {
  const bytes = await readPiece(path, first, last);
  const hits = new Map<number, Uint8Array>();
  for (let at = 0; at < bytes.length; ) {
    const item = bytes.readUInt32LE(at);
    const end = at + RECORD_BYTES + bytes.readUInt32LE(at + 4) * HIT_BYTES;
    if (item >= first && item < last) hits.set(item, bytes.subarray(at + RECORD_BYTES, end));
    at = end;
  }
  return hits;
}

async function readPiece(path: string, first: number, last: number): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const count = Buffer.alloc(8);
      await file.read(count, 0, 8, size - 8);
      const starts = Buffer.alloc(8 * count.readDoubleLE());
      await file.read(starts, 0, starts.length, size - 8 - starts.length);
      const startOf = (place: number): number =>
        starts.readDoubleLE(8 * Math.min(place, starts.length / 8 - 1));
      const start = startOf(Math.floor(first / INDEX_STEP));
      const piece = Buffer.alloc(startOf(Math.ceil(last / INDEX_STEP)) - start);
      for (let at = 0; at < piece.length; ) {
        const { bytesRead } = await file.read(piece, at, piece.length - at, start + at);
        if (bytesRead === 0) throw new Error('it is cut off');
        at += bytesRead;
      }
      return piece;
    } finally {
      await file.close();
    }
  } catch (error) {
    throw usageError(`Can't read ${path}: ${reasonOf(error)}.`);
  }
}
