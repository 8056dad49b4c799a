/** The parts of a folder, put together: which pictures there are, in which order, and what is known of each. */
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LikenessError, withContext } from '../../errors.js';
import {
  fingerprintFrom,
  type HeavyColumn,
  type HeavyValues,
  type PartFacts,
  type PartFile,
  type PartPicture,
  PictureParts,
  type SkippedFile,
} from '../../formats/picture-part.js';
import type { Embedding } from '../../types.js';
import { matcherOf } from '../globs.js';
import { reasonOf, usageError } from '../io.js';
import type { Picture, Skipped } from '../pictures.js';
import { byBestName } from '../preference.js';
import type { FoundFile } from '../walk.js';

/** A picture of all parts. */
export interface NumberedPicture extends PartPicture {
  /** Its part, and its row there. */
  readonly part: number;
  readonly row: number;
  /** The number of the first picture with the same pixels: often its own. */
  readonly first: number;
  /** Other paths of the same file. */
  readonly hardLinks: readonly string[];
}

/** Parts, open for reading. Pictures are numbered from 0, as one machine would meet them. */
export class Parts implements AsyncDisposable {
  private constructor(
    private readonly files: readonly FileHandle[],
    private readonly parts: readonly PictureParts[],
    readonly paths: readonly string[],
    /** What the parts agree on. */
    readonly facts: Pick<PartFacts, 'model' | 'dimension' | 'core' | 'decoder'>,
    readonly pictures: readonly NumberedPicture[],
    readonly skipped: readonly Skipped[],
  ) {}

  /**
   * @param patterns paths of parts; the last name may have `*` and `?`
   * @throws LikenessError `invalid-argument` for what is no part, and where parts are missing or there twice;
   *   `model-mismatch` for parts of different models or versions
   */
  static async open(patterns: readonly string[]): Promise<Parts> {
    const paths = await matching(patterns);
    const files: FileHandle[] = [];
    try {
      const parts: PictureParts[] = [];
      for (const path of paths) {
        const file = await opened(path);
        files.push(file);
        parts.push(await withContext(path, openPart(file)));
      }
      const facts = commonFacts(parts, paths);
      const { pictures, skipped } = await numbered(parts);
      return new Parts(files, parts, paths, facts, pictures, skipped);
    } catch (error) {
      await Promise.all(files.map((file) => file.close()));
      throw error;
    }
  }

  /** Whether copies of a picture are looked for: one of several with the same pixels stands for all. */
  isCompared(number: number): boolean {
    return this.pictures[number]?.first === number;
  }

  /** What takes room of the pictures from `first` up to, not including, `last`, in their order. */
  async *inOrder(
    columns: readonly HeavyColumn[],
    first = 0,
    last = this.pictures.length,
  ): AsyncGenerator<readonly [number: number, values: HeavyValues], void, undefined> {
    const groups: ({ readonly group: number; readonly rows: HeavyValues[] } | undefined)[] = [];
    for (let number = first; number < last; number += 1) {
      const { part, row } = this.at(number);
      const reader = this.reader(part);
      const group = reader.groupOf(row);
      let loaded = groups[part];
      if (loaded?.group !== group) {
        loaded = { group, rows: await reader.heavy(group, columns) };
        groups[part] = loaded;
      }
      yield [number, loaded.rows[row - reader.firstOf(group)] ?? {}];
    }
  }

  /** What takes room of some pictures. */
  async valuesOf(
    numbers: Iterable<number>,
    columns: readonly HeavyColumn[],
  ): Promise<Map<number, HeavyValues>> {
    const wanted = new Map<string, number[]>();
    for (const number of new Set(numbers)) {
      const { part, row } = this.at(number);
      const group = `${part} ${this.reader(part).groupOf(row)}`;
      const others = wanted.get(group);
      if (others === undefined) wanted.set(group, [number]);
      else others.push(number);
    }
    const values = new Map<number, HeavyValues>();
    for (const [key, members] of wanted) {
      const [part = 0, group = 0] = key.split(' ').map(Number);
      const reader = this.reader(part);
      const rows = await reader.heavy(group, columns);
      for (const number of members) {
        const found = rows[this.at(number).row - reader.firstOf(group)];
        // A view would keep the whole group in memory.
        if (found !== undefined) values.set(number, copied(found));
      }
    }
    return values;
  }

  /** Pictures as a folder that was read has them; without corners, of which only searches make use. */
  async picturesOf(numbers: readonly number[]): Promise<Picture[]> {
    const values = await this.valuesOf(numbers, ['embedding', 'luma', 'full_luma', 'sketch']);
    return numbers.map((number) => {
      const picture = this.at(number);
      const {
        embedding: vector = new Float32Array(0),
        sketch,
        ...lumas
      } = values.get(number) ?? {};
      const embedding: Embedding = {
        model: this.facts.model,
        dimension: this.facts.dimension,
        vector,
        fingerprint: fingerprintFrom(picture, lumas),
        ...(sketch !== undefined && { sketch }),
      };
      const { id: path, bytes, sha256, modified, hardLinks } = picture;
      return { path, bytes, sha256, modified, hardLinks, embedding, found: foundFrom(picture) };
    });
  }

  at(number: number): NumberedPicture {
    const picture = this.pictures[number];
    if (picture !== undefined) return picture;
    throw new LikenessError(
      'invalid-argument',
      `There is no image ${number} in these parts. Were results made from others?`,
    );
  }

  private reader(part: number): PictureParts {
    const reader = this.parts[part];
    if (reader !== undefined) return reader;
    throw new RangeError(`There is no part ${part}.`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.files.map((file) => file.close()));
  }
}

/** The files that patterns stand for, each once, by name. */
async function matching(patterns: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    const name = basename(pattern);
    if (!/[*?]/.test(name)) {
      found.add(pattern);
      continue;
    }
    const folder = dirname(pattern);
    const matches = matcherOf([name]);
    try {
      const names = (await readdir(folder)).filter((other) => matches(other)).sort();
      for (const other of names) found.add(join(folder, other));
    } catch (error) {
      throw usageError(`Can't read ${folder}: ${reasonOf(error)}.`);
    }
  }
  if (found.size === 0) throw usageError(`There is no file ${patterns.join(', ')}.`);
  return [...found].sort();
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path);
  } catch (error) {
    throw usageError(`Can't read ${path}: ${reasonOf(error)}.`);
  }
}

async function openPart(file: FileHandle): Promise<PictureParts> {
  const { size } = await file.stat();
  return PictureParts.open({
    byteLength: size,
    async read(start, end) {
      const bytes = new Uint8Array(end - start);
      for (let at = 0; at < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, at, bytes.length - at, start + at);
        if (bytesRead === 0) throw new Error('it ends before its end');
        at += bytesRead;
      }
      return bytes;
    },
  });
}

function commonFacts(parts: readonly PictureParts[], paths: readonly string[]) {
  const [first] = parts;
  if (first === undefined) throw usageError('There is no part.');
  const { model, dimension, core, decoder, shard } = first.facts;
  const holders = new Map<number, string>();
  for (const [place, { facts }] of parts.entries()) {
    const path = paths[place] ?? '';
    if (facts.model !== model || facts.core !== core || facts.dimension !== dimension) {
      throw new LikenessError(
        'model-mismatch',
        `${path} was made by ${facts.model} (core ${facts.core.slice(0, 8)}), ${paths[0]} by ${model} (core ${core.slice(0, 8)}): make all parts with the same model and version.`,
      );
    }
    if (facts.decoder !== decoder) {
      throw new LikenessError(
        'model-mismatch',
        `${path} was made ${withDecoder(facts.decoder)}, ${paths[0]} ${withDecoder(decoder)}, and their pixels may differ: make all parts with the same.`,
      );
    }
    const { number, count } = facts.shard;
    if (count !== shard.count) {
      throw usageError(`${path} is one of ${count} parts, ${paths[0]} one of ${shard.count}.`);
    }
    const twin = holders.get(number);
    if (twin !== undefined) throw usageError(`${twin} and ${path} are both part ${number}.`);
    holders.set(number, path);
  }
  for (let number = 1; number <= shard.count; number += 1) {
    if (!holders.has(number)) {
      throw usageError(`Part ${number} of ${shard.count} is missing.`);
    }
  }
  return { model, dimension, core, decoder };
}

/** How images were decoded, in words. */
export function withDecoder(decoder: string | null): string {
  return decoder === null ? 'with the core alone' : `with ${decoder}`;
}

/** A file that was read, or could not be. */
type Entry = (PartPicture & { readonly part: number; readonly row: number }) | SkippedFile;

/** All pictures in the order in which one machine meets them, hard links put together; and all that was skipped. */
async function numbered(
  parts: readonly PictureParts[],
): Promise<{ pictures: NumberedPicture[]; skipped: Skipped[] }> {
  const entries: Entry[] = [];
  const passed = new Map<string, Skipped>();
  for (const [part, reader] of parts.entries()) {
    for (const each of reader.facts.passed) passed.set(`${each.path}\0${each.reason}`, each);
    for (const skipped of reader.facts.skipped) entries.push(skipped);
    for (const [row, picture] of (await reader.pictures()).entries()) {
      entries.push({ ...picture, part, row });
    }
  }
  const skipped: Skipped[] = [...passed.values()];
  const pictures: NumberedPicture[] = [];
  const firstWith = new Map<string, number>();
  for (const [best, others] of byBestName(inWalkOrder(entries))) {
    if (!('sha256' in best)) {
      skipped.push({ path: best.id, reason: best.reason });
    } else if (best.norm === 0) {
      skipped.push({ path: best.id, reason: 'zero-embedding' });
    } else {
      const { width, height, frames, digest } = best;
      const pixels = `${width} ${height} ${frames} ${digest}`;
      const first = firstWith.get(pixels) ?? pictures.length;
      firstWith.set(pixels, first);
      pictures.push({ ...best, first, hardLinks: others.map(({ id }) => id) });
    }
  }
  return { pictures, skipped };
}

/** By the path that was named, then by what is below it: folders and files by the code units of their names. */
function inWalkOrder(entries: readonly Entry[]): Entry[] {
  // NUL is in no name, and below all that is.
  const keyed = entries.map((entry) => ({ entry, key: entry.relative.replaceAll('/', '\0') }));
  keyed.sort((p, q) => p.entry.root - q.entry.root || (p.key < q.key ? -1 : Number(p.key > q.key)));
  return keyed.map(({ entry }) => entry);
}

function foundFrom({ id: path, root, relative, real, inode, names, link }: PartFile): FoundFile {
  return { path, root, relative, named: false, real, inode, names, link };
}

function copied(values: HeavyValues): HeavyValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value.slice()]),
  ) as HeavyValues;
}
