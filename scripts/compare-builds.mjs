/**
 * `node scripts/compare-builds.mjs OTHER [--pictures N] [--model ID]`: do two builds compute the same, to the
 * bit? OTHER is another checkout whose package is built, too. Both read tests/data and N pictures of the
 * reference material, evenly spread, each as a whole and cropped. Exit code 1 where anything differs.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect, isDeepStrictEqual, parseArgs } from 'node:util';
import { ROOT, rooted } from './lib/files.mjs';
import { runMain, StepError, say } from './lib/process.mjs';

/**
 * What a build computed; the keys name pictures, pairs and groups.
 * @typedef {Map<string, unknown>} Answers
 */

/** The folder of the reference material. */
const REFERENCE = process.env['LIKENESS_REFERENCE_DIR'] ?? '';

/** Differences that are printed of each kind. */
const SHOWN = 5;

/** What lies among the reference pictures and is none. */
const NO_PICTURES = ['.csv', '.md', '.tar'];

await runMain(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { pictures: { type: 'string', default: '300' }, model: { type: 'string' } },
  });
  const [other] = positionals;
  const count = Number(values.pictures);
  if (other === undefined || positionals.length > 1 || !Number.isSafeInteger(count) || count < 0) {
    throw new StepError('Which build?', 'node scripts/compare-builds.mjs OTHER [--pictures N]');
  }
  const files = pictureFiles(count);
  const ours = await answersOf(ROOT, files, values.model);
  const theirs = await answersOf(resolve(other), files, values.model);
  process.stdout.write(`pictures: ${files.length}, each as a whole and cropped\n`);
  let different = 0;
  for (const [kind, answers] of ours) {
    different += report(kind, answers, theirs.get(kind) ?? new Map());
  }
  if (different > 0) process.exitCode = 1;
});

/**
 * The golden data's pictures and `count` of the reference material's, absolute.
 * @param {number} count
 */
function pictureFiles(count) {
  const golden = picturesBelow(rooted('tests/data')).filter((path) => /\.(jpg|png)$/.test(path));
  if (REFERENCE === '') {
    say('LIKENESS_REFERENCE_DIR names no folder: only tests/data is compared');
    return golden;
  }
  const all = picturesBelow(join(REFERENCE, 'images'));
  const taken = Math.min(count, all.length);
  const spread = Array.from({ length: taken }, (_, i) => Math.floor((i * all.length) / taken));
  return [...golden, ...spread.flatMap((place) => all[place] ?? [])];
}

/** @param {string} folder */
function picturesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !NO_PICTURES.includes(extname(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/**
 * All that a build says of the pictures.
 * @param {string} checkout
 * @param {readonly string[]} files
 * @param {string | undefined} model
 * @returns {Promise<Map<string, Answers>>} by kind
 */
async function answersOf(checkout, files, model) {
  const { createLikeness } = /** @type {typeof import('image-likeness')} */ (
    await entryOf(checkout, 'index.js')
  );
  const { createCollection } = /** @type {typeof import('image-likeness/grouping')} */ (
    await entryOf(checkout, 'grouping/index.js')
  );
  say(`asking ${checkout}`);
  const likeness = await createLikeness(model === undefined ? {} : { model });
  const { refused, embeddings } = await embedEach(likeness, files);
  const part = (/** @type {'vector' | 'fingerprint' | 'detail' | 'sketch'} */ key) =>
    new Map([...embeddings].map(([name, embedding]) => [name, embedding[key]]));
  const collection = createCollection(likeness);
  await collection.add(embeddings.values());
  const answers = new Map([
    ['pictures refused', refused],
    ['embeddings', part('vector')],
    ['fingerprints', part('fingerprint')],
    ['details', part('detail')],
    ['sketches', part('sketch')],
    ...(await comparePairs(likeness, embeddings)),
    ...(await findGroups(collection, [...embeddings.keys()], likeness.model.similarFrom)),
  ]);
  await collection.dispose();
  await likeness.dispose();
  return answers;
}

/**
 * A module of a built package.
 * @param {string} checkout
 * @param {string} file
 */
function entryOf(checkout, file) {
  const path = join(checkout, 'dist/package', file);
  if (!existsSync(path))
    throw new StepError(`There is no ${path}.`, `run in ${checkout}: npm run build`);
  return import(pathToFileURL(path).href);
}

/**
 * Each picture as a whole, and without a tenth of its width and height at every side.
 * @param {import('image-likeness').Likeness} likeness
 * @param {readonly string[]} files
 */
async function embedEach(likeness, files) {
  /** @type {Answers} */
  const refused = new Map();
  /** @type {Map<string, import('image-likeness').Embedding>} */
  const embeddings = new Map();
  for (const file of files) {
    const name = relative(file.startsWith(ROOT) ? ROOT : REFERENCE, file);
    const bytes = readFileSync(file);
    const parts = { detail: true, sketch: true };
    try {
      const whole = await likeness.embed(bytes, parts);
      const { width = 0, height = 0 } = whole.fingerprint ?? {};
      const [x, y] = [Math.floor(width / 10), Math.floor(height / 10)];
      const region = { x, y, width: width - 2 * x, height: height - 2 * y };
      const cropped = await likeness.embed(bytes, { ...parts, region });
      embeddings.set(name, whole).set(`${name} (cropped)`, cropped);
    } catch (error) {
      refused.set(name, error instanceof Error && 'code' in error ? error.code : String(error));
    }
  }
  return { refused, embeddings };
}

/**
 * Every picture with its crop, which is a copy, and with the next picture, which seldom is one.
 * @param {import('image-likeness').Likeness} likeness
 * @param {ReadonlyMap<string, import('image-likeness').Embedding>} embeddings whole and cropped by turns
 * @returns {Promise<[kind: string, answers: Answers][]>}
 */
async function comparePairs(likeness, embeddings) {
  const items = [...embeddings];
  /** @type {[pair: string, similarity: import('image-likeness').Similarity][]} */
  const rated = [];
  for (let place = 0; place < items.length; place += 2) {
    const [whole, ...others] = items.slice(place, place + 3);
    if (whole === undefined) break;
    for (const other of others) {
      rated.push([`${whole[0]} and ${other[0]}`, await likeness.similarity(whole[1], other[1])]);
    }
  }
  return [
    ['pairs: scores', new Map(rated.map(([pair, { score }]) => [pair, score]))],
    ['pairs: verdicts', new Map(rated.map(([pair, { verdict }]) => [pair, verdict]))],
    ['pairs: evidence', new Map(rated.map(([pair, { evidence }]) => [pair, evidence]))],
  ];
}

/**
 * @param {import('image-likeness/grouping').Collection} collection
 * @param {readonly string[]} names of its pictures
 * @param {number} threshold score of similar pictures
 * @returns {Promise<[kind: string, answers: Answers][]>}
 */
async function findGroups(collection, names, threshold) {
  const groups = await collection.groups();
  const similar = await (await collection.similar()).groupsAt(threshold);
  const named = (/** @type {readonly number[]} */ places) =>
    places.map((place) => names[place]).join(' and ');
  return [
    [
      'pairs found among all',
      new Map(
        [...collection.pairs, ...collection.variants].map(({ a, b, similarity }) => [
          named([a, b]),
          similarity.verdict,
        ]),
      ),
    ],
    ['groups of copies', new Map(groups.map(({ kept, spare }) => [named([kept]), named(spare)]))],
    [
      'groups of similar',
      new Map(similar.map(({ centre, alike }) => [named([centre]), named(alike)])),
    ],
  ];
}

/**
 * Prints how many answers of a kind are equal, and the first ones that are not.
 * @param {string} kind
 * @param {Answers} ours
 * @param {Answers} theirs
 * @returns {number} how many differ
 */
function report(kind, ours, theirs) {
  const keys = [...new Set([...ours.keys(), ...theirs.keys()])];
  const different = keys.filter((key) => !isDeepStrictEqual(ours.get(key), theirs.get(key)));
  process.stdout.write(`${kind}: ${keys.length - different.length} of ${keys.length} equal\n`);
  for (const key of different.slice(0, SHOWN)) {
    const [here, there] = [ours.get(key), theirs.get(key)].map(inWords);
    process.stdout.write(`  ${key}: ${here}, there ${there}
`);
  }
  return different.length;
}

/**
 * A value on one line, cut short.
 * @param {unknown} value
 */
function inWords(value) {
  const options = { breakLength: Number.POSITIVE_INFINITY, compact: true, maxArrayLength: 6 };
  const text = value === undefined ? 'nothing' : inspect(value, options);
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}
