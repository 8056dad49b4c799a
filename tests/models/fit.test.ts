/** models/calibrate/fit.py on made-up scores: the same fit again, and no test pair in the fit. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { PYTHON } from '../../scripts/lib/prerequisites.mjs';
import { doubleOf } from '../support/fnv.js';
import { internalModule } from '../support/internal.js';
import { randomFloats } from '../support/random.js';
import { TemporaryDirectory } from '../support/temporary.js';

const { parseManifest } =
  await internalModule<typeof import('../../dist/package/models/manifest.js')>(
    './models/manifest.js',
  );

/** A line of the scores that `evaluate` writes; the columns that the fit reads. */
type Row = Readonly<Record<string, string | number>>;

const FOLDS = 5;
const PAIRS_EACH = 60;
const STRANGERS = 200;

/** What pairs of a label are like: cosines from `low` up, and what pixels proved. */
const KINDS = [
  { label: 'identical', edit: 'same file', low: 1, high: 1, verdict: 'identical', score: 100 },
  { label: 'edited', edit: 'jpeg-95', low: 0.98, high: 1, verdict: 'near-duplicate', score: 99.5 },
  { label: 'edited', edit: 'crop-75', low: 0.85, high: 0.97, verdict: 'variant', score: 93 },
  {
    label: 'greyscale',
    edit: 'greyscale',
    low: 0.8,
    high: 0.95,
    verdict: 'near-duplicate',
    score: 99,
  },
  { label: 'similar', edit: '', low: 0.45, high: 0.85, verdict: 'different', score: 1 },
  { label: 'different', edit: '', low: 0.35, high: 0.62, verdict: 'similar', score: 99 },
  { label: 'composition', edit: 'collage', low: 0.9, high: 1, verdict: 'similar', score: 99 },
];

/** A third of both pictures is the same. */
const THIRD = { content: { a: 1, b: 1 }, agreement: { a: 1 / 3, b: 1 / 3 } };

/** Scored pairs of five folds, two classes each; no image and no class is in two folds. */
function makeRows(): Row[] {
  const random = randomFloats(FOLDS * KINDS.length * PAIRS_EACH * 5, 1);
  let at = 0;
  const next = (): number => random[at++] ?? Number.NaN;
  return Array.from({ length: FOLDS }, (_, fold) =>
    KINDS.flatMap(({ label, edit, low, high, verdict, score }) =>
      Array.from({ length: PAIRS_EACH }, (_, pair) => ({
        a: `${fold}/${label}${edit}${pair}a.jpg`,
        b: `${fold}/${label}${edit}${pair}b.jpg`,
        label,
        edit,
        class_a: `class${fold}`,
        class_b: label === 'different' ? `other${fold}` : `class${fold}`,
        fold,
        cosine: low + (high - low) * next(),
        centred: low + (high - low) * next(),
        verdict,
        score,
        changes: label === 'greyscale' ? 'greyscale' : '',
        registration: label === 'composition' ? JSON.stringify(THIRD) : '',
      })),
    ),
  ).flat();
}

/** The strangers that a model finds most alike: of each two classes of makeRows(), some across folds. */
function makeStrangers(): Row[] {
  const random = randomFloats(STRANGERS * 5, 2);
  let at = 0;
  const next = (): number => random[at++] ?? Number.NaN;
  return Array.from({ length: STRANGERS }, (_, pair) => ({
    a: `strangers/${pair}a.jpg`,
    b: `strangers/${pair}b.jpg`,
    label: 'stranger',
    edit: '',
    class_a: `class${pair % FOLDS}`,
    class_b: `other${(pair >> 1) % FOLDS}`,
    fold: -1,
    cosine: 0.6 + 0.15 * next(),
    centred: 0.6 + 0.15 * next(),
    verdict: 'different',
    score: 20,
    changes: '',
    registration: '',
  }));
}

function writeRows(file: string, rows: readonly Row[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const quoted = (value: string | number = '') => `"${String(value).replaceAll('"', '""')}"`;
  const lines = rows.map((row) => columns.map((column) => quoted(row[column])).join(','));
  writeFileSync(file, `${[columns.join(','), ...lines].join('\n')}\n`);
}

interface FitSettings {
  readonly report?: boolean;
  readonly options?: readonly string[];
  readonly strangers?: readonly Row[];
}

/** Runs the fit in a directory of its own, on a copy of the manifest. */
function runFit(
  directory: TemporaryDirectory,
  rows: readonly Row[],
  { report = true, options = [], strangers = makeStrangers() }: FitSettings = {},
) {
  writeRows(directory.file('scores.csv'), rows);
  writeRows(directory.file('strangers.csv'), strangers);
  copyFileSync('models/manifest.json', directory.file('manifest.json'));
  const args = ['--model', 'resnet50', '--scores', directory.file('scores.csv')];
  args.push('--strangers', directory.file('strangers.csv'));
  args.push('--manifest', directory.file('manifest.json'));
  if (report) args.push('--report', directory.file('report'));
  return spawnSync(PYTHON, ['models/calibrate/fit.py', ...args, ...options], { encoding: 'utf8' });
}

test('the same scores give the same calibration and report again', () => {
  const [first, second] = [0, 1].map(() => {
    using directory = new TemporaryDirectory();
    const { status, stderr } = runFit(directory, makeRows());
    assert.equal(status, 0, stderr);
    return ['manifest.json', 'report.json', 'report.svg'].map((name) =>
      readFileSync(directory.file(name), 'utf8'),
    );
  });
  assert.deepEqual(first, second);
});

test('the fit puts a sound calibration into its own entry only', () => {
  using directory = new TemporaryDirectory();
  const { stdout } = runFit(directory, makeRows());
  const before = JSON.parse(readFileSync('models/manifest.json', 'utf8'));
  const after = JSON.parse(readFileSync(directory.file('manifest.json'), 'utf8'));
  const entry = parseManifest(after).find(({ id }) => id === 'resnet50');
  assert.ok(entry !== undefined);
  const { cosine, score, probability, fitted } = entry.calibration;
  assert.equal(fitted, true);
  for (const values of [cosine, score, probability]) {
    assert.ok(values.every((value, index) => index === 0 || value > (values[index - 1] ?? 0)));
  }
  assert.deepEqual([cosine.at(0), score.at(0), probability.at(0)], [-1, 0, 0]);
  assert.deepEqual([cosine.at(-1), score.at(-1), probability.at(-1)], [1, 100, 1]);

  const others = (manifest: { models: { id: string }[] }) =>
    manifest.models.filter(({ id }) => id !== 'resnet50');
  assert.deepEqual(others(after), others(before));

  const report = JSON.parse(readFileSync(directory.file('report.json'), 'utf8'));
  assert.equal(report.labels.different.n, FOLDS * PAIRS_EACH);
  assert.equal(report.labels.different.copies, 0);
  assert.ok(report.labels.identical.median === 100);
  // What pixels proved stays as it is; what they didn't is the model's, whatever the file says.
  assert.equal(report.edits['crop-75'].median, 93);
  assert.equal(report.edits['crop-75'].copies, 0);
  assert.equal(report.edits['jpeg-95'].copies, 1);
  assert.ok(report.labels.similar.score95 < 88);
  // Half of the way from 40 to 87.9.
  assert.equal(report.labels.composition.median, 63.95);
  assert.equal(report.named.greyscale, report.labels.greyscale.copies);
  assert.ok(report.aucScore > 0.7 && report.aucCosine > 0.7);
  assert.match(stdout, /five-fold cross-validation over classes, pooled\n/);
});

/** The pairs of fold 0, spread over some classes; strangers are of two classes. */
function foldOfClasses(classes: number): Row[] {
  const fold = makeRows().filter((row) => row['fold'] === 0);
  return fold.map((row, index) => ({
    ...row,
    class_a: `class${index % classes}`,
    class_b: `class${(row['label'] === 'different' ? index + 1 : index) % classes}`,
  }));
}

test('--only-fold judges each pair of the fold once, by a fit on other classes', () => {
  using directory = new TemporaryDirectory();
  using second = new TemporaryDirectory();
  const options = ['--only-fold', '0'];
  const fold = foldOfClasses(4);
  const { stdout, stderr } = runFit(directory, fold, { options });
  assert.equal(stderr, '');
  assert.match(
    stdout,
    /fold 0, which the model was never trained on; each pair judged by a fit on/,
  );
  const report = JSON.parse(readFileSync(directory.file('report.json'), 'utf8'));
  assert.equal(report.labels.similar.n, PAIRS_EACH);
  assert.equal(report.labels.different.n, PAIRS_EACH);
  assert.equal(report.labels.edited.n, 2 * PAIRS_EACH);
  // The other folds are full of classes that the model knows: they must not count.
  const others = makeRows().filter((row) => row['fold'] !== 0);
  const flattering = others.map((row) => ({ ...row, cosine: 1, centred: 1 }));
  runFit(second, [...fold, ...flattering], { options });
  for (const name of ['manifest.json', 'report.json']) {
    assert.equal(
      readFileSync(second.file(name), 'utf8'),
      readFileSync(directory.file(name), 'utf8'),
    );
  }
});

test('where a model mixes up strangers and look-alikes, strangers score low all the same', () => {
  using directory = new TemporaryDirectory();
  const rows = makeRows();
  const strangers = rows.filter((row) => row['label'] === 'different');
  const mixed = rows.map((row, index) =>
    row['label'] === 'similar'
      ? { ...row, centred: strangers[index % strangers.length]?.['centred'] ?? 0 }
      : row,
  );
  const { stderr } = runFit(directory, mixed);
  assert.equal(stderr, '');
  const { labels } = JSON.parse(readFileSync(directory.file('report.json'), 'utf8'));
  assert.ok(labels.different.atMost30 > 0.9, `${labels.different.atMost30}`);
  assert.ok(labels.edited.median >= 90, `${labels.edited.median}`);
});

test('a stranger is judged by a fit that saw neither of its classes', () => {
  using directory = new TemporaryDirectory();
  runFit(directory, makeRows());
  const { hardestStrangers } = JSON.parse(readFileSync(directory.file('report.json'), 'utf8'));
  const within = makeStrangers().filter(
    (row) => String(row['class_a']).at(-1) === String(row['class_b']).at(-1),
  );
  assert.deepEqual(hardestStrangers, { n: within.length, copies: 0 });
});

test('without --report nothing is written', () => {
  using directory = new TemporaryDirectory();
  const { status, stdout } = runFit(directory, makeRows(), { report: false });
  assert.equal(status, 0);
  assert.match(stdout, /expected calibration error: 0\.\d{4}\n$/);
  assert.equal(existsSync(directory.file('report.json')), false);
  assert.equal(
    readFileSync(directory.file('manifest.json'), 'utf8'),
    readFileSync('models/manifest.json', 'utf8'),
  );
});

test('a class or an image that stands in both fit and test fails the report', async (t) => {
  const leaks: [string, Row, RegExp][] = [
    ['class', { class_b: 'class1' }, /class_b.* stand in both fit and test: \['class1'\]/],
    ['image', { b: '1/similar5a.jpg' }, /stand in both fit and test: \['1\/similar5a\.jpg'\]/],
  ];
  for (const [name, change, message] of leaks) {
    await t.test(name, () => {
      using directory = new TemporaryDirectory();
      const rows = makeRows();
      const { status, stderr } = runFit(directory, [{ ...rows[0], ...change }, ...rows.slice(1)]);
      assert.equal(status, 1);
      assert.match(stderr, message);
      assert.equal(existsSync(directory.file('report.json')), false);
    });
  }
});

test("the fit's curve is the core's", () => {
  const { calibration } = JSON.parse(readFileSync('tests/data/golden.json', 'utf8'));
  const program = `
import json, sys
sys.path.insert(0, "models/calibrate")
from fit import curve, squeeze
golden = json.loads(sys.stdin.read())
knots = list(zip(golden["cosine"], golden["score"]))
print(json.dumps([float(squeeze(curve(knots, point["cosine"]))) for point in golden["scores"]]))`;
  const input = JSON.stringify(calibration);
  const { stdout, stderr } = spawnSync(PYTHON, ['-c', program], { input, encoding: 'utf8' });
  assert.equal(stderr, '');
  for (const [index, score] of (JSON.parse(stdout) as number[]).entries()) {
    const expected = doubleOf(calibration.scores[index].bits);
    assert.ok(Math.abs(score - expected) < 1e-9, `${score} and ${expected}`);
  }
});
