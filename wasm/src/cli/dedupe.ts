import {
  apartFromCopies,
  type Collection,
  type CopyGroup,
  createCollection,
  type FiledEmbedding,
  type PicturePair,
  type Progress,
  type RatedPair,
  type Rater,
  type SimilarGroup,
} from '../grouping/index.js';
import type { Embedding, Similarity } from '../types.js';
import { parseCommand } from './arguments.js';
import type { ComparableFolder } from './cluster/join.js';
import type { Group, GroupPair, Member, Report } from './groups.js';
import { describe, toCsv } from './groups-report.js';
import { type CommandIo, usageError, writeOutput } from './io.js';
import { PICTURE_OPTIONS, type Picture, PictureReader, withoutPixels } from './pictures.js';
import { ranksOf } from './preference.js';
import { jsonOf } from './report.js';
import { Scout } from './scout.js';
import { checkScriptName, scriptOf } from './script.js';
import { asUnicode, bytesOf, printable } from './text.js';

/** Exit code where something was found. */
const EXIT_FOUND = 1;

/** A picture with what decides between it and its copies. */
type FiledPicture = Picture & { readonly embedding: FiledEmbedding };

/** The options that say what is made of what was found. */
interface Shown {
  readonly json: boolean;
  readonly csv: boolean;
  readonly script?: string | undefined;
  readonly html?: string | undefined;
}

/**
 * `dedupe DIR… [--threshold N] [--json|--csv] [--script FILE] [--html FILE]`, or `dedupe --from PARTS…` in place of
 * folders: groups of copies, each with the picture that stands in for the others; pairs that are variants of each
 * other; files with several names, which are no copies; with a threshold also groups of a picture and those with at
 * least that score. Nothing is deleted; the script moves what is spare to the trash. Resolves to the exit code: 0
 * when nothing was found, 1 when something was.
 */
export async function dedupeCommand(args: string[], io: CommandIo): Promise<number> {
  const { values, positionals: paths } = parseCommand({
    args,
    allowPositionals: true,
    options: {
      ...PICTURE_OPTIONS,
      threshold: { type: 'string' },
      json: { type: 'boolean', default: false },
      csv: { type: 'boolean', default: false },
      from: { type: 'string', multiple: true },
      work: { type: 'string' },
      script: { type: 'string' },
      html: { type: 'string' },
    },
  });
  if (values.json && values.csv) throw usageError('--json and --csv exclude each other.');
  checkScriptName(values.script);
  const threshold = thresholdFrom(values.threshold);
  if (values.from !== undefined) {
    if (threshold !== undefined) {
      throw usageError('--threshold compares all images with all, and parts have too many.');
    }
    // A pattern that the shell has spread out.
    const patterns = [...values.from, ...paths];
    const { withJoinedParts } = await import('./cluster/joined-parts.js');
    return withJoinedParts(patterns, values, io, (folder, reader) =>
      show(reader, folder, threshold, values, io),
    );
  }
  if (paths.length === 0) throw usageError('dedupe takes folders.');
  if (values.work !== undefined) throw usageError('--work goes with --from.');
  await using reader = await PictureReader.open(values, io);
  // The scores of similar pictures are shown, and drafts have others.
  const draftsFrom = threshold === undefined ? 0 : Number.POSITIVE_INFINITY;
  const { pictures, suspects } = await readFolder(reader, paths, draftsFrom);
  const folder: ComparableFolder = {
    pictures,
    suspects,
    raterOf: (those) => reader.rater(those),
    total: pictures.length,
    skipped: reader.skipped,
    hardLinks: pictures
      .filter(({ hardLinks }) => hardLinks.length > 0)
      .map(({ path, hardLinks }) => [path, ...hardLinks]),
  };
  // Not before that is the reader closed.
  return await show(reader, folder, threshold, values, io);
}

/** Reads pictures, and looks for copies among those that are there while the others are still to come. */
async function readFolder(
  reader: PictureReader,
  paths: readonly string[],
  draftsFrom: number,
): Promise<Pick<ComparableFolder, 'pictures' | 'suspects'>> {
  await using scout = new Scout(reader);
  const pictures = await reader.readComparable(paths, draftsFrom, (picture) => scout.add(picture));
  return { pictures, suspects: await scout.suspects() };
}

/** Prints what is found in a folder, and writes what was asked for beside; the exit code. */
async function show(
  reader: PictureReader,
  folder: ComparableFolder,
  threshold: number | undefined,
  { json, csv, script, html }: Shown,
  io: CommandIo,
): Promise<number> {
  const report = await reportOf(reader, folder, threshold);
  if (json) io.out(jsonOf(report));
  else io.out(csv ? toCsv(report) : describe(report));
  // What few runs need is loaded where it is needed.
  if (script !== undefined) {
    const { scriptedGroups } = await import('./groups-script.js');
    const groups = scriptedGroups(report.groups, folder.pictures);
    await writeOutput(script, await scriptOf(groups, script));
    io.err(
      `${printable(script)}: run it with node; with --apply it moves what is spare to the trash\n`,
    );
  }
  if (html !== undefined) {
    const { pageOf } = await import('./groups-page.js');
    await writeOutput(html, await pageOf(report, folder.pictures, reader));
    io.err(`${printable(html)}: open it in a browser\n`);
  }
  return report.groups.length + report.variants.length === 0 ? 0 : EXIT_FOUND;
}

/** Groups of pictures that were read, in a report. */
export async function reportOf(
  reader: PictureReader,
  folder: ComparableFolder,
  threshold: number | undefined,
): Promise<Report> {
  const found = await compareAll(reader, folder, threshold);
  return {
    model: reader.likeness.info.model,
    threshold: threshold ?? null,
    pictures: folder.total,
    skipped: folder.skipped,
    ...found,
    hardLinks: folder.hardLinks,
  };
}

/** @throws LikenessError `invalid-argument` */
function thresholdFrom(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const threshold = Number(text);
  if (text.trim() !== '' && threshold >= 0 && threshold <= 100) return threshold;
  throw usageError(`--threshold takes a score from 0 to 100, not "${text}".`);
}

/** What was found among pictures: those that have copies or variants are read whole before anything is said of them. */
async function compareAll(
  reader: PictureReader,
  { pictures, suspects, raterOf }: ComparableFolder,
  threshold: number | undefined,
): Promise<Pick<Report, 'groups' | 'variants'>> {
  if (suspects?.size === 0 && threshold === undefined) return { groups: [], variants: [] };
  const { progress } = reader;
  progress.show('comparing');
  try {
    for (let filed = await reader.readWhole(withFacts(pictures), suspects ?? new Set()); ; ) {
      const rater = raterOf(filed);
      await using collection = createCollection(rater);
      await collection.add(
        filed.map(({ embedding }) => embedding),
        {
          onProgress: ({ done, total }: Progress): void =>
            progress.show(`comparing image ${done} of ${total}`),
        },
      );
      // Drafts say neither which pictures are identical nor which of them were enlarged.
      const found = [...collection.pairs, ...collection.variants].flatMap(({ a, b }) => [a, b]);
      const wholes = await reader.readWhole(filed, new Set(found));
      if (wholes.every((picture, place) => picture === filed[place])) {
        return await describeFound(reader, filed, collection, rater, threshold);
      }
      filed = wholes;
    }
  } finally {
    progress.clear();
  }
}

async function describeFound(
  { likeness }: PictureReader,
  pictures: readonly FiledPicture[],
  collection: Collection,
  rater: Rater,
  threshold: number | undefined,
): Promise<Pick<Report, 'groups' | 'variants'>> {
  const pairs = new Pairs(pictures, collection);
  const copies = await collection.groups();
  const groups: Group[] = [];
  for (const group of copies) {
    groups.push(await copyGroup(pairs, group, rater));
  }
  if (threshold !== undefined) {
    const similar = await (await collection.similar()).groupsAt(threshold);
    for (const group of apartFromCopies(similar, copies)) {
      groups.push(await similarGroup(pairs, group, likeness));
    }
  }
  return { groups, variants: collection.variants.map((pair) => pairs.describe(pair)) };
}

/** With what decides between copies that show the same: the size of the file, and the picture's rank for an age. */
function withFacts(pictures: readonly Picture[]): FiledPicture[] {
  const ranks = ranksOf(pictures);
  return pictures.map((picture, place) => {
    const file = { bytes: picture.bytes, modified: ranks[place] ?? 0 };
    return { ...picture, embedding: { ...picture.embedding, file } };
  });
}

/** What is known of the pairs of some pictures. */
class Pairs {
  readonly #known: ReadonlyMap<string, RatedPair>;

  constructor(
    private readonly pictures: readonly Picture[],
    { pairs, variants }: Collection,
  ) {
    this.#known = new Map([...pairs, ...variants].map((pair) => [nameOf(pair), pair]));
  }

  /**
   * The pairs of one picture with others.
   * @param rate tells of a pair of which nothing is known
   */
  async with(
    one: number,
    others: readonly number[],
    rate: (a: Embedding, b: Embedding) => Promise<Similarity>,
  ): Promise<GroupPair[]> {
    const found: GroupPair[] = [];
    for (const other of others) {
      const pair = { a: Math.min(one, other), b: Math.max(one, other) };
      const { similarity } = this.#known.get(nameOf(pair)) ?? {
        similarity: await rate(this.at(pair.a).embedding, this.at(pair.b).embedding),
      };
      found.push(this.describe({ ...pair, similarity }));
    }
    return found;
  }

  describe({ a, b, similarity }: RatedPair): GroupPair {
    const [first, second] = [this.at(a), this.at(b)];
    const sameBytes = first.sha256 === second.sha256;
    return { a: first.path, b: second.path, sameBytes, ...similarity };
  }

  member(number: number): Member {
    const { path, bytes, sha256, embedding, found, hardLinks } = this.at(number);
    const { width = 0, height = 0 } = embedding.fingerprint ?? {};
    const frees = found.names > 1 || found.link ? 0 : bytes;
    const raw = asUnicode(path) !== path && { pathBytes: bytesOf(path).toString('base64') };
    return { path, ...raw, width, height, bytes, sha256, hardLinks, frees };
  }

  private at(number: number): Picture {
    const picture = this.pictures[number];
    if (picture !== undefined) return picture;
    throw new RangeError(`There is no item ${number} of ${this.pictures.length}.`);
  }
}

function nameOf({ a, b }: PicturePair): string {
  return `${a} ${b}`;
}

async function copyGroup(pairs: Pairs, { kept, spare }: CopyGroup, rater: Rater): Promise<Group> {
  const found = await pairs.with(kept, spare, (a, b) => rater.similarity(a, b));
  return {
    kind: found.every(({ verdict }) => verdict === 'identical') ? 'identical' : 'near-duplicate',
    keep: pairs.member(kept).path,
    pictures: [kept, ...spare].sort((x, y) => x - y).map((item) => pairs.member(item)),
    pairs: found,
  };
}

/** How alike the model says they are: at their pixels nobody has to look once more. */
async function similarGroup(
  pairs: Pairs,
  { centre, alike }: SimilarGroup,
  likeness: Pick<Rater, 'similarity'>,
): Promise<Group> {
  return {
    kind: 'similar',
    keep: null,
    pictures: [centre, ...alike].map((item) => pairs.member(item)),
    pairs: await pairs.with(centre, alike, (a, b) =>
      likeness.similarity(withoutPixels(a), withoutPixels(b)),
    ),
  };
}
