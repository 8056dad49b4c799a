import { describeChanges } from '../display/words.js';
import { LikenessError } from '../errors.js';
import type { Similarity } from '../types.js';
import { parseCommand } from './arguments.js';
import { type CommandIo, usageError } from './io.js';
import { PICTURE_OPTIONS, type Picture, PictureReader } from './pictures.js';
import { isZero, jsonOf, similarityColumns, tableOf } from './report.js';
import { printable } from './text.js';
import { sameFile } from './walk.js';

/** How many more than are wanted are laid over the query: copies may have the lower cosines. */
const CLOSER_LOOK = 10;

/** Drafts pay where at least so many times more are read than are looked at closely. */
const DRAFTS_PAY = 2;

/** A picture that is like the query. */
interface Match extends Similarity {
  readonly path: string;
}

/**
 * `search QUERY DIR… [-k N] [--json|--csv]`: the pictures that are most like one, best first, that one
 * itself left out. Resolves to the exit code.
 */
export async function searchCommand(args: string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseCommand({
    args,
    allowPositionals: true,
    options: {
      ...PICTURE_OPTIONS,
      k: { type: 'string', short: 'k', default: '10' },
      json: { type: 'boolean', default: false },
      csv: { type: 'boolean', default: false },
    },
  });
  const [query, ...paths] = positionals;
  if (query === undefined || paths.length === 0) {
    throw usageError('search takes an image file and the folders to search.');
  }
  if (values.json && values.csv) throw usageError('--json and --csv exclude each other.');
  const k = countFrom(values.k);
  await using reader = await PictureReader.open(values, io);
  const asked = await readQuery(reader, query);
  const all = await reader.readComparable(paths, DRAFTS_PAY * (k + CLOSER_LOOK));
  const pictures = all.filter(({ found }) => !sameFile(found, asked.found));
  reader.progress.show('comparing');
  const matches = await bestOf(reader, asked, pictures, k).finally(() => reader.progress.clear());
  if (values.json) {
    const { model } = reader.likeness.info;
    const { skipped } = reader;
    io.out(jsonOf({ model, query, pictures: pictures.length, skipped, matches }));
  } else {
    io.out(values.csv ? toCsv(matches) : describe(matches));
  }
  return 0;
}

/** @throws LikenessError `invalid-argument` */
function countFrom(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw usageError(`-k takes a whole number from 1, not "${text}".`);
}

async function readQuery(reader: PictureReader, path: string): Promise<Picture> {
  const files = await reader.find([path], () => false);
  for await (const picture of reader.read(files.filter(({ named }) => named))) {
    if (isZero(picture.embedding)) {
      throw new LikenessError('zero-embedding', `${path}: The model sees nothing in this image.`);
    }
    return picture;
  }
  throw usageError(`${path} is not an image file.`);
}

/** Nearest by cosine, those read whole and closely rated, the best of them by score. */
async function bestOf(
  reader: PictureReader,
  asked: Picture,
  pictures: readonly Picture[],
  k: number,
): Promise<Match[]> {
  const { embedding: query } = asked;
  const embeddings = pictures.map(({ embedding }) => embedding);
  const nearest = await reader.likeness.nearest(query, embeddings, k + CLOSER_LOOK);
  const places = nearest.map(({ index }) => index);
  const wholes = await reader.readWhole(pictures, new Set(places));
  const rater = reader.rater([asked, ...wholes]);
  const matches: Match[] = [];
  for (const place of places) {
    const picture = wholes[place];
    if (picture === undefined) continue;
    const similarity = await rater.similarity(query, picture.embedding);
    matches.push({ path: picture.path, ...similarity });
  }
  return matches.sort((x, y) => y.score - x.score || y.cosine - x.cosine).slice(0, k);
}

function describe(matches: readonly Match[]): string {
  if (matches.length === 0) return 'no images\n';
  const lines = matches.map(({ score, verdict, evidence, path }) => {
    const words = [verdict, ...describeChanges(evidence?.changes ?? [])].join(', ');
    return `${score.toFixed(1).padStart(5)}  ${words.padEnd(16)}  ${printable(path)}\n`;
  });
  return lines.join('');
}

function toCsv(matches: readonly Match[]): string {
  const rows = matches.map(({ path, ...similarity }, place) => ({
    rank: place + 1,
    path,
    ...similarityColumns(similarity),
  }));
  const columns = ['rank', 'path', ...Object.keys(similarityColumns(undefined))];
  return tableOf(rows, columns);
}
