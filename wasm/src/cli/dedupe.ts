import { stringify } from 'csv-stringify/sync';
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
import { withJoinedParts } from './cluster/joined-parts.js';
import { type CommandIo, printable, usageError } from './io.js';
import { PICTURE_OPTIONS, type Picture, PictureReader, type Skipped } from './pictures.js';
import { ranksOf } from './preference.js';
import { similarityColumns, sizeInWords, whyAlike } from './report.js';

/** Exit code where something was found. */
const EXIT_FOUND = 1;

/** A picture of a group. */
interface Member {
  readonly path: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Of the file. */
  readonly bytes: number;
  readonly sha256: string;
  /** Other paths of the same file, which are hard links; only those that were found. */
  readonly hardLinks: readonly string[];
  /** Bytes that the disk has more without this path: none where it is a link, or while the file has another name anywhere. */
  readonly frees: number;
}

/** Two pictures, and what is known of them. */
interface GroupPair extends Similarity {
  readonly a: string;
  readonly b: string;
  /** Whether the files are the same, byte for byte. */
  readonly sameBytes: boolean;
}

/** Pictures that belong together. */
interface Group {
  /**
   * For copies the weakest verdict of their pairs. `similar`: an image and those similar to it, none of which can
   * replace another.
   */
  readonly kind: 'identical' | 'near-duplicate' | 'similar';
  /** Path of the picture that is suggested to be kept; null where none stands in for another. */
  readonly keep: string | null;
  readonly pictures: readonly Member[];
  /** The one to keep, or the first one, with each of the others. */
  readonly pairs: readonly GroupPair[];
}

/** What `dedupe --json` prints. */
interface Report {
  /** `<model id>@<weights version>/<view>`. */
  readonly model: string;
  readonly threshold: number | null;
  readonly pictures: number;
  readonly skipped: readonly Skipped[];
  readonly groups: readonly Group[];
  /** Pictures that show the same but for some places, which the changes name. None of them is spare. */
  readonly variants: readonly GroupPair[];
  /** Files that were found under several names: their paths, the one first that stands in groups. */
  readonly hardLinks: readonly (readonly string[])[];
}

/**
 * `dedupe DIR… [--threshold N] [--json|--csv]`, or `dedupe --from PARTS…`: groups of copies, each with the picture that stands in for the
 * others; pairs that are variants of each other; files with several names, which are no copies; with a threshold also groups of a picture and those with at
 * least that score. Nothing is deleted. Resolves to the exit code: 0 when nothing was found, 1 when something
 * was.
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
    },
  });
  if (values.json && values.csv) throw usageError('--json and --csv exclude each other.');
  const threshold = thresholdFrom(values.threshold);
  if (values.from !== undefined) {
    if (threshold !== undefined) {
      throw usageError('--threshold compares all pictures with all, and parts have too many.');
    }
    // A pattern that the shell has spread out.
    const patterns = [...values.from, ...paths];
    return withJoinedParts(patterns, values, io, async (folder, reader) =>
      show(await reportOf(reader, folder, undefined), values, io),
    );
  }
  if (paths.length === 0) throw usageError('dedupe takes folders.');
  if (values.work !== undefined) throw usageError('--work goes with --from.');
  await using reader = await PictureReader.open(values, io);
  const pictures = await reader.readComparable(paths);
  const folder: ComparableFolder = {
    pictures,
    raterOf: (those) => reader.rater(those),
    total: pictures.length,
    skipped: reader.skipped,
    hardLinks: pictures
      .filter(({ hardLinks }) => hardLinks.length > 0)
      .map(({ path, hardLinks }) => [path, ...hardLinks]),
  };
  return show(await reportOf(reader, folder, threshold), values, io);
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

/** Prints a report; the exit code. */
function show(
  report: Report,
  values: { readonly json: boolean; readonly csv: boolean },
  io: CommandIo,
): number {
  if (values.json) io.out(`${JSON.stringify(report)}\n`);
  else io.out(values.csv ? toCsv(report) : describe(report));
  return report.groups.length + report.variants.length === 0 ? 0 : EXIT_FOUND;
}

/** @throws LikenessError `invalid-argument` */
function thresholdFrom(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const threshold = Number(text);
  if (text.trim() !== '' && threshold >= 0 && threshold <= 100) return threshold;
  throw usageError(`--threshold takes a score from 0 to 100, not "${text}".`);
}

async function compareAll(
  reader: PictureReader,
  { pictures, raterOf }: ComparableFolder,
  threshold: number | undefined,
): Promise<Pick<Report, 'groups' | 'variants'>> {
  const { progress, likeness } = reader;
  progress.show('comparing');
  const filed = withFacts(pictures);
  const rater = raterOf(filed);
  await using collection = createCollection(rater);
  try {
    await collection.add(
      filed.map(({ embedding }) => embedding),
      {
        onProgress: ({ done, total }: Progress): void =>
          progress.show(`comparing picture ${done} of ${total}`),
      },
    );
    const pairs = new Pairs(filed, collection);
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
  } finally {
    progress.clear();
  }
}

/** With what decides between copies that show the same: the size of the file, and the picture's rank for an age. */
function withFacts(
  pictures: readonly Picture[],
): (Picture & { readonly embedding: FiledEmbedding })[] {
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
    return { path, width, height, bytes, sha256, hardLinks, frees };
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
  const plain = ({ fingerprint: _, ...embedding }: Embedding): Embedding => embedding;
  return {
    kind: 'similar',
    keep: null,
    pictures: [centre, ...alike].map((item) => pairs.member(item)),
    pairs: await pairs.with(centre, alike, (a, b) => likeness.similarity(plain(a), plain(b))),
  };
}

/** The pair of a group that says why a picture is in it: the one with the picture they all share. */
function reasonFor(path: string, { pairs }: Group): GroupPair | undefined {
  return pairs.find(({ a, b }) => a === path || b === path);
}

function describe({ groups, variants, pictures, skipped, hardLinks }: Report): string {
  const lines: string[] = [];
  for (const [place, group] of groups.entries()) {
    lines.push(`group ${place + 1}: ${group.kind}, ${group.pictures.length} pictures`);
    for (const [position, { path, width, height, bytes }] of group.pictures.entries()) {
      const kept = path === group.keep;
      const shared = group.keep === null ? position === 0 : kept;
      lines.push(
        `  ${kept ? 'keep' : '    '}  ${printable(path)}  ${width} × ${height}, ${sizeInWords(bytes)}`,
      );
      const reason = shared ? undefined : reasonFor(path, group);
      if (reason !== undefined) lines.push(`          ${reasonInWords(reason, path)}`);
    }
    lines.push('');
  }
  if (variants.length > 0) {
    lines.push(
      `variants, which show the same but for some places: ${variants.length} ${variants.length === 1 ? 'pair' : 'pairs'}`,
    );
    for (const pair of variants) {
      lines.push(`        ${printable(pair.b)}`, `          ${reasonInWords(pair, pair.b)}`);
    }
    lines.push('');
  }
  if (hardLinks.length > 0) {
    lines.push('hard links, several names of one file, which take its bytes once:');
    for (const [first = '', ...others] of hardLinks) {
      lines.push(`        ${printable(first)}`);
      lines.push(...others.map((path) => `          the same file as ${printable(path)}`));
    }
    lines.push('');
  }
  const copies = groups.filter(({ keep }) => keep !== null);
  const spare = copies.flatMap((group) => group.pictures.filter(({ path }) => path !== group.keep));
  const bytes = spare.reduce((sum, { frees }) => sum + frees, 0);
  const left = skipped.length === 0 ? '' : `, ${skipped.length} skipped`;
  lines.push(
    groups.length === 0
      ? `no duplicates among ${pictures} pictures${left}`
      : `${groups.length} groups among ${pictures} pictures${left}; beside those to keep ${spare.length} files, ${sizeInWords(bytes)}. Nothing was deleted.`,
    '',
  );
  return lines.join('\n');
}

function reasonInWords(pair: GroupPair, path: string): string {
  const partner = pair.a === path ? pair.b : pair.a;
  return `${whyAlike(pair, pair.sameBytes)} ${printable(partner)}`;
}

/**
 * One row a picture of a group, with the pair that says why; then one row a variant, with its partner; then one row
 * a further name of a file, with the first one.
 */
function toCsv({ groups, variants, hardLinks }: Report): string {
  const rows = groups.flatMap((group, place) =>
    group.pictures.map((picture) => {
      const reason = reasonFor(picture.path, group);
      const keep = picture.path === group.keep ? 'yes' : 'no';
      return {
        group: String(place + 1),
        kind: String(group.kind),
        keep: group.keep === null ? '' : keep,
        ...picture,
        partner: reason?.a === picture.path ? reason.b : (reason?.a ?? ''),
        ...similarityColumns(reason),
      };
    }),
  );
  const apart = variants.map((pair) => ({
    kind: 'variant',
    path: pair.b,
    partner: pair.a,
    ...similarityColumns(pair),
  }));
  const links = hardLinks.flatMap(([partner, ...others]) =>
    others.map((path) => ({ kind: 'hard-link', path, partner })),
  );
  const columns = [
    ...['group', 'kind', 'keep', 'path', 'width', 'height', 'bytes', 'sha256', 'partner'],
    ...Object.keys(similarityColumns(undefined)),
    'frees',
  ];
  return stringify([...rows, ...apart, ...links], { header: true, columns });
}
