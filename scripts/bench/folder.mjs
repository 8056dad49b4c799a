/**
 * `npm run bench -- --folder [CLONE]`: duplicates in a folder of 40 photographs of 12 megapixels, with sharp beside the
 * package and without it, and by Pillow's draft mode with perceptual hashes, in turn; and whether drafts change any
 * answer. Where a built clone of another commit is named, its package comes first, without sharp. The photographs are
 * reference pictures, enlarged, with the grain of a camera.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildAll, installTestPackages } from '../lib/build.mjs';
import { rooted } from '../lib/files.mjs';
import { ensurePrerequisites, PYTHON } from '../lib/prerequisites.mjs';
import { StepError, say } from '../lib/process.mjs';
import { PackageBeside } from '../lib/package-beside.mjs';
import { ratiosOf, spreadOf } from './statistics.mjs';
import { formatTable } from './table.mjs';

export const COUNT = 40;
const WIDTH = 4000;
const HEIGHT = 3000;
export const ROUNDS = 3;

/** Sides below it are too small to be enlarged. */
const LEAST_SIDE = 200;

export const FOLDER = rooted('build/bench-folder');

/** @typedef {{ readonly seconds: number, readonly processor: number }} Times both in seconds */

/**
 * Measures, and compares what was found.
 * @param {string} [clone] of another commit, built
 */
export async function benchFolder(clone) {
  await ensurePrerequisites('recipes');
  await buildAll();
  await installTestPackages();
  await makeFolder();
  const beside = new PackageBeside('sharp');
  try {
    const dedupe = [beside.commandLine, ...DEDUPE];
    measureTimes({
      ...(clone && { 'Likeness before': [process.execPath, resolve(clone, SCRIPT), ...DEDUPE] }),
      Likeness: [process.execPath, rooted(SCRIPT), ...DEDUPE],
      'Likeness with sharp': [process.execPath, ...dedupe],
      'Pillow, draft and pHash': [PYTHON, rooted('scripts/bench/phash.py'), FOLDER],
    });
    compareAnswers(dedupe);
    await compareScores(beside);
  } finally {
    beside[Symbol.dispose]();
  }
}

/** That of the command line, in a clone. */
const SCRIPT = 'dist/package/cli/main.js';

const DEDUPE = ['dedupe', FOLDER, '--no-cache', '--json'];

/** @param {Readonly<Record<string, readonly string[]>>} programs by name; ratios are to the first one's times */
function measureTimes(programs) {
  /** @type {Map<string, Times[]>} */
  const times = new Map(Object.keys(programs).map((name) => [name, []]));
  for (let round = 1; round <= ROUNDS; round += 1) {
    say(`round ${round} of ${ROUNDS}`);
    for (const [name, command] of Object.entries(programs)) times.get(name)?.push(timesOf(command));
  }
  process.stdout.write(`\n${formatTable([HEADING, ...rowsOf(times)])}\n`);
}

const HEADING = ['', 's', 'processor ms a picture', 'time', 'processor time'];

/** @param {ReadonlyMap<string, readonly Times[]>} times */
function rowsOf(times) {
  const [first = []] = times.values();
  return [...times].map(([name, own]) => {
    const ratio = (/** @type {keyof Times} */ part) =>
      spreadOf(
        ratiosOf(
          own.map((one) => one[part]),
          first.map((one) => one[part]),
        ),
        ': 1',
        1,
        2,
      );
    const seconds = own.map((one) => one.seconds);
    const processor = own.map((one) => (1000 * one.processor) / COUNT);
    return [
      name,
      spreadOf(seconds, '', 1, 1),
      spreadOf(processor, ''),
      ratio('seconds'),
      ratio('processor'),
    ];
  });
}

/**
 * @param {readonly string[]} command
 * @returns {Times} its processor time with that of all of its threads
 */
function timesOf(command) {
  const start = performance.now();
  const { stdout, stderr } = spawnSync('sh', ['-c', '"$@" >/dev/null; times', 'sh', ...command], {
    encoding: 'utf8',
  });
  const seconds = (performance.now() - start) / 1000;
  // The second line of the two: user and system time of what the shell started.
  const [, children = ''] = stdout.trim().split('\n');
  const spent = [...children.matchAll(/(\d+)m([\d.]+)s/g)];
  if (spent.length !== 2) throw new Error(`${command.join(' ')} failed: ${stderr}`);
  const processor = spent.reduce((sum, [, m, s]) => sum + 60 * Number(m) + Number(s), 0);
  return { seconds, processor };
}

/**
 * Whether dedupe says the same where nothing is a draft, as with a threshold.
 * @param {readonly string[]} dedupe
 */
function compareAnswers(dedupe) {
  const [drafts, wholes] = [dedupe, [...dedupe, '--threshold', '100']].map((args) => {
    const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    const { groups, variants } = JSON.parse(stdout);
    return {
      groups: groups.length,
      variants: variants.length,
      text: JSON.stringify({ groups, variants }),
    };
  });
  const same = drafts?.text === wholes?.text ? 'the same' : 'NOT the same';
  say(
    `found in drafts and in whole pictures: ${same} ${wholes?.groups} groups, ${wholes?.variants} variants`,
  );
}

/**
 * How far the model's scores of drafts are from those of whole pictures: why they are never shown.
 * @param {PackageBeside} beside
 */
async function compareScores(beside) {
  const { createLikeness } = await beside.load();
  const likeness = await createLikeness({ workers: 2 });
  const files = readdirSync(FOLDER).map((name) => readFileSync(join(FOLDER, name)));
  const embed = (/** @type {boolean} */ draft) =>
    Promise.all(
      files.map(async (file) => {
        const { model, dimension, vector } = await likeness.embed(file, { draft });
        return { model, dimension, vector };
      }),
    );
  const [drafts, wholes] = [await embed(true), await embed(false)];
  const differences = [];
  for (const [b, draft] of drafts.entries()) {
    for (let a = 0; a < b; a += 1) {
      const [other, whole, otherWhole] = [drafts[a], wholes[b], wholes[a]];
      if (other === undefined || whole === undefined || otherWhole === undefined) continue;
      const found = await likeness.similarity(draft, other);
      const expected = await likeness.similarity(whole, otherWhole);
      differences.push(Math.abs(found.score - expected.score));
    }
  }
  await likeness.dispose();
  say(
    `scores of ${differences.length} pairs of drafts are off by ${spreadOf(differences, 'points', 1, 2)}`,
  );
}

/** Makes the photographs, unless they are there. */
export async function makeFolder() {
  mkdirSync(FOLDER, { recursive: true });
  if (readdirSync(FOLDER).filter((name) => name.endsWith('.jpg')).length === COUNT) return;
  const { default: sharp } = await import('sharp');
  const source = join(process.env['LIKENESS_REFERENCE_DIR'] ?? '', 'images/caltech101-background');
  if (!existsSync(source)) {
    throw new StepError(
      'There are no photographs: LIKENESS_REFERENCE_DIR names no directory.',
      'set LIKENESS_REFERENCE_DIR to the reference material.',
    );
  }
  say(`making ${COUNT} photographs`);
  let made = 0;
  for (const name of readdirSync(source).sort()) {
    if (made === COUNT) break;
    if (!name.endsWith('.jpg')) continue;
    const path = join(source, name);
    const { width = 0, height = 0 } = await sharp(path).metadata();
    if (Math.min(width, height) < LEAST_SIDE) continue;
    const image = sharp(path).toColourspace('srgb').removeAlpha();
    const pixels = await image.resize(WIDTH, HEIGHT, { kernel: 'cubic' }).raw().toBuffer();
    addGrain(pixels, made * 7919 + 1);
    const target = join(FOLDER, `${String(made).padStart(2, '0')}.jpg`);
    const raw = /** @type {const} */ ({ width: WIDTH, height: HEIGHT, channels: 3 });
    await sharp(pixels, { raw }).jpeg({ quality: 92 }).toFile(`${target}.part`);
    renameSync(`${target}.part`, target);
    made += 1;
  }
}

/**
 * Noise with a standard deviation of about 6 levels, by xorshift32.
 * @param {Uint8Array} pixels
 * @param {number} seed
 */
function addGrain(pixels, seed) {
  let state = seed;
  for (let at = 0; at < pixels.length; at += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const grain = ((state & 15) + ((state >>> 4) & 15) + ((state >>> 8) & 15) - 22) / 1.2;
    pixels[at] = Math.min(255, Math.max(0, (pixels[at] ?? 0) + grain));
  }
}
