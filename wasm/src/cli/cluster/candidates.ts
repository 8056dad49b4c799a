/** Puts the searches together, and makes the third one, by perceptual hashes: the pairs that are to be verified. */
import { readFile } from 'node:fs/promises';
import { HashSearch } from '../../binding/candidate-search.js';
import { fingerprintFrom } from '../../formats/picture-part.js';
import type { PicturePair } from '../../grouping/index.js';
import { reasonOf, usageError } from '../io.js';
import { readHits } from './corners.js';
import {
  isExact,
  type NearPair,
  type NearSource,
  type NearTools,
  nearest,
  readNear,
  recallOf,
} from './near.js';
import type { Parts } from './parts.js';
import { WorkFile } from './work-file.js';

/** Pictures whose hits are in memory at once. */
const STRETCH = 8192;

const PAIR_BYTES = 8;

/** Pictures that are compared with all before them, to tell what was missed. */
const ASKED = 256;

/** What the searches before left. */
export interface SearchFiles {
  readonly corners: readonly string[];
  readonly near: readonly string[];
}

/**
 * Makes the file of candidates whose later picture is one from `first` up to, not including, `last`.
 * @param say told what the search for near embeddings may have missed, where it is not exact
 */
export async function joinCandidates(
  parts: Parts,
  source: NearSource,
  tools: NearTools,
  files: SearchFiles,
  [first, last]: readonly [number, number],
  path: string,
  say: (line: string) => void,
): Promise<void> {
  const suggested = new Map<number, Set<number>>();
  const suggest = (later: number, earlier: number): void => {
    const others = suggested.get(later);
    if (others === undefined) suggested.set(later, new Set([earlier]));
    else others.add(earlier);
  };
  await searchHashes(tools.compiled, parts, [first, last], suggest);
  for (let start = first; start < last; start += STRETCH) {
    await joinCorners(
      parts,
      tools,
      files.corners,
      [start, Math.min(last, start + STRETCH)],
      suggest,
    );
  }
  const pairs = (await Promise.all(files.near.map((file) => readNear(file, first, last)))).flat();
  const near = await nearest(source, tools, pairs);
  for (const { later, earlier } of near) suggest(later, earlier);
  if (!isExact(source)) say(await recallInWords(source, tools, near, [first, last]));
  await using file = await WorkFile.create(path);
  for (const later of [...suggested.keys()].sort((p, q) => p - q)) {
    for (const earlier of [...(suggested.get(later) ?? [])].sort((p, q) => p - q)) {
      const bytes = Buffer.alloc(PAIR_BYTES);
      bytes.writeUInt32LE(earlier);
      bytes.writeUInt32LE(later, 4);
      await file.add(bytes);
    }
  }
  await file.finish();
}

/** What the search by trees missed, by pictures that are compared with all before them. */
async function recallInWords(
  source: NearSource,
  tools: NearTools,
  near: readonly NearPair[],
  [first, last]: readonly [number, number],
): Promise<string> {
  const step = Math.max(1, Math.floor((last - first) / ASKED));
  const asked: number[] = [];
  for (let number = first; number < last; number += step) {
    if (source.isWanted(number)) asked.push(number);
  }
  const { candidates, found } = await recallOf(source, tools, near, asked);
  return `near embeddings: ${found} of ${candidates} candidates of the exact search were found, in a sample of ${asked.length} of ${last - first} images`;
}

async function searchHashes(
  compiled: WebAssembly.Module,
  parts: Parts,
  [first, last]: readonly [number, number],
  suggest: (later: number, earlier: number) => void,
): Promise<void> {
  using search = await HashSearch.open(compiled);
  for await (const [item, lumas] of parts.inOrder(['luma', 'full_luma'], 0, last)) {
    if (!parts.isCompared(item)) continue;
    const fingerprint = fingerprintFrom(parts.at(item), lumas);
    if (item >= first) for (const other of search.find(fingerprint)) suggest(item, other);
    search.add(item, fingerprint);
  }
}

async function joinCorners(
  parts: Parts,
  { tools }: NearTools,
  files: readonly string[],
  [first, last]: readonly [number, number],
  suggest: (later: number, earlier: number) => void,
): Promise<void> {
  const found = await Promise.all(files.map((file) => readHits(file, first, last)));
  for await (const [item, { sketch }] of parts.inOrder(['sketch'], first, last)) {
    const hits = Buffer.concat(found.flatMap((byItem) => byItem.get(item) ?? []));
    if (hits.length === 0 || sketch === undefined) continue;
    for (const other of tools.cornerCandidates(hits, sketch)) suggest(item, other);
  }
}

/** The candidates of some files, by the later picture, then the earlier one. */
export async function readCandidates(paths: readonly string[]): Promise<PicturePair[]> {
  const pairs: PicturePair[] = [];
  for (const path of paths) {
    try {
      const bytes = await readFile(path);
      for (let at = 0; at + PAIR_BYTES <= bytes.length; at += PAIR_BYTES) {
        pairs.push({ a: bytes.readUInt32LE(at), b: bytes.readUInt32LE(at + 4) });
      }
    } catch (error) {
      throw usageError(`Can't read ${path}: ${reasonOf(error)}.`);
    }
  }
  return pairs;
}
