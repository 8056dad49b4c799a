import { parseArgs } from 'node:util';
import { stringify } from 'csv-stringify/sync';
import { groupsOf, type Keepable, type Progress, suggestKept } from '../grouping/index.js';
import type { Similarity, Verdict } from '../types.js';
import { type CommandIo, printable, usageError } from './io.js';
import { pairsOf, type RatedPair } from './pairs.js';
import { PICTURE_OPTIONS, type Picture, PictureReader, type Skipped } from './pictures.js';
import { similarityColumns, sizeInWords, whyAlike } from './report.js';

/** Exit code where something was found. */
const EXIT_FOUND = 1;

/** What a group's loosest pair makes it. */
type GroupKind = Exclude<Verdict, 'different'>;

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
}

/** Two pictures of a group that belong together, and what says so. */
interface GroupPair extends Similarity {
  readonly a: string;
  readonly b: string;
  /** Whether the files are the same, byte for byte. */
  readonly sameBytes: boolean;
}

/** Pictures that a chain of pairs holds together. */
interface Group {
  readonly kind: GroupKind;
  /** Path of the picture that is suggested to be kept. */
  readonly keep: string;
  readonly pictures: readonly Member[];
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
}

/**
 * `dedupe DIR… [--threshold N] [--json|--csv]`: groups of identical and near-duplicate pictures, with a
 * suggestion which one to keep; with a threshold also of pictures with at least that score. Nothing is
 * deleted. Resolves to the exit code: 0 when nothing was found, 1 when something was.
 */
export async function dedupeCommand(args: string[], io: CommandIo): Promise<number> {
  const { values, positionals: paths } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...PICTURE_OPTIONS,
      threshold: { type: 'string' },
      json: { type: 'boolean', default: false },
      csv: { type: 'boolean', default: false },
    },
  });
  if (paths.length === 0) throw usageError('dedupe takes folders.');
  if (values.json && values.csv) throw usageError('--json and --csv exclude each other.');
  const threshold = thresholdFrom(values.threshold);
  await using reader = await PictureReader.open(values, io);
  const { likeness, progress } = reader;
  const pictures = await reader.readComparable(paths);
  progress.show('comparing');
  const embeddings = pictures.map(({ embedding }) => embedding);
  const onProgress = ({ done, total }: Progress): void =>
    progress.show(`comparing picture ${done} of ${total}`);
  const pairs = await pairsOf(reader.rater(pictures), likeness.model.id, embeddings, threshold, {
    onProgress,
  }).finally(() => progress.clear());
  const grouped = groupsOf(pictures.length, pairs);
  await reader.measureSharpness(
    grouped.map((group) => group.map((item) => itemOf(pictures, item))),
  );
  const report: Report = {
    model: likeness.info.model,
    threshold: threshold ?? null,
    pictures: pictures.length,
    skipped: reader.skipped,
    groups: describeGroups(pictures, grouped, pairs),
  };
  if (values.json) io.out(`${JSON.stringify(report)}\n`);
  else io.out(values.csv ? toCsv(report) : describe(report));
  return report.groups.length === 0 ? 0 : EXIT_FOUND;
}

/** @throws LikenessError `invalid-argument` */
function thresholdFrom(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const threshold = Number(text);
  if (text.trim() !== '' && threshold >= 0 && threshold <= 100) return threshold;
  throw usageError(`--threshold takes a score from 0 to 100, not "${text}".`);
}

function describeGroups(
  pictures: readonly Picture[],
  groups: readonly (readonly number[])[],
  pairs: readonly RatedPair[],
): Group[] {
  const groupOf = new Map(groups.flatMap((group, place) => group.map((item) => [item, place])));
  const pairsByGroup = groups.map((): RatedPair[] => []);
  for (const pair of pairs) pairsByGroup[groupOf.get(pair.a) ?? -1]?.push(pair);
  return groups.map((group, place) => {
    const chosen = group.map((item) => itemOf(pictures, item));
    const members = chosen.map(memberOf);
    const links = pairsByGroup[place] ?? [];
    return {
      kind: kindOf(links),
      keep: itemOf(chosen, suggestKept(chosen.map(keepableOf))).path,
      pictures: members,
      pairs: links.map((pair) => toGroupPair(pictures, pair)),
    };
  });
}

function keepableOf(picture: Picture): Keepable {
  return { ...memberOf(picture), sharpness: picture.sharpness };
}

function memberOf({ path, bytes, sha256, embedding }: Picture): Member {
  const { width = 0, height = 0 } = embedding.fingerprint ?? {};
  return { path, width, height, bytes, sha256 };
}

function kindOf(pairs: readonly RatedPair[]): GroupKind {
  const verdicts = new Set(pairs.map(({ similarity }) => similarity.verdict));
  if (verdicts.has('similar') || verdicts.has('different')) return 'similar';
  return verdicts.has('near-duplicate') ? 'near-duplicate' : 'identical';
}

function toGroupPair(pictures: readonly Picture[], { a, b, similarity }: RatedPair): GroupPair {
  const first = itemOf(pictures, a);
  const second = itemOf(pictures, b);
  const sameBytes = first.sha256 === second.sha256;
  return { a: first.path, b: second.path, sameBytes, ...similarity };
}

function itemOf<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`There is no item ${index} of ${items.length}.`);
  return item;
}

/** The pair that says most about why a picture is in its group: with the kept one, else the best. */
function reasonFor(path: string, { keep, pairs }: Group): GroupPair | undefined {
  const own = pairs.filter(({ a, b }) => a === path || b === path);
  const withKept = own.find(({ a, b }) => a === keep || b === keep);
  if (path !== keep && withKept !== undefined) return withKept;
  return own.reduce<GroupPair | undefined>(
    (best, pair) => (best === undefined || pair.score > best.score ? pair : best),
    undefined,
  );
}

function describe({ groups, pictures, skipped }: Report): string {
  const lines: string[] = [];
  for (const [place, group] of groups.entries()) {
    lines.push(`group ${place + 1}: ${group.kind}, ${group.pictures.length} pictures`);
    for (const { path, width, height, bytes } of group.pictures) {
      const kept = path === group.keep;
      lines.push(
        `  ${kept ? 'keep' : '    '}  ${printable(path)}  ${width} × ${height}, ${sizeInWords(bytes)}`,
      );
      const reason = kept ? undefined : reasonFor(path, group);
      if (reason !== undefined) {
        const partner = reason.a === path ? reason.b : reason.a;
        lines.push(`          ${whyAlike(reason, reason.sameBytes)} ${printable(partner)}`);
      }
    }
    lines.push('');
  }
  const spare = groups.flatMap((group) => group.pictures.filter(({ path }) => path !== group.keep));
  const bytes = spare.reduce((sum, picture) => sum + picture.bytes, 0);
  const left = skipped.length === 0 ? '' : `, ${skipped.length} skipped`;
  lines.push(
    groups.length === 0
      ? `no duplicates among ${pictures} pictures${left}`
      : `${groups.length} groups among ${pictures} pictures${left}; beside those to keep ${spare.length} files, ${sizeInWords(bytes)}. Nothing was deleted.`,
    '',
  );
  return lines.join('\n');
}

/** One row a picture, with the pair that says most about it. */
function toCsv({ groups }: Report): string {
  const rows = groups.flatMap((group, place) =>
    group.pictures.map(({ path, width, height, bytes, sha256 }) => {
      const reason = reasonFor(path, group);
      return {
        group: place + 1,
        kind: group.kind,
        keep: path === group.keep ? 'yes' : 'no',
        path,
        width,
        height,
        bytes,
        sha256,
        partner: reason?.a === path ? reason.b : (reason?.a ?? ''),
        ...similarityColumns(reason),
      };
    }),
  );
  const columns = [
    ...['group', 'kind', 'keep', 'path', 'width', 'height', 'bytes', 'sha256', 'partner'],
    ...Object.keys(similarityColumns(undefined)),
  ];
  return stringify(rows, { header: true, columns });
}
