/** `evaluate` over the reference photographs. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { runCli } from '../support/cli.js';
import {
  FULL_MODEL,
  referenceLines,
  referencePath,
  withoutModel,
  withoutReference,
} from '../support/reference.js';
import { TemporaryDirectory } from '../support/temporary.js';

const skip = withoutReference || withoutModel;

/** Pairs of each label that are taken from the reference list, which has 2,000 of each. */
const SAMPLE = 150;

async function evaluate(lines: readonly string[]) {
  using directory = new TemporaryDirectory();
  const pairs = directory.file('pairs.csv');
  const scores = directory.file('scores.csv');
  writeFileSync(pairs, `${['a,b,label', ...lines].join('\n')}\n`);
  const paths = ['--pairs', pairs, '--root', referencePath('.'), '--scores', scores];
  const options = ['--model', FULL_MODEL, '--json'];
  const { code, stdout, stderr } = await runCli(['evaluate', ...paths, ...options]);
  assert.equal(code, 0, stderr);
  return { report: JSON.parse(stdout), scores: readFileSync(scores, 'utf8').trim().split('\n') };
}

test('every reference image is identical with itself', { skip }, async () => {
  const images = referenceLines('reference/embeddings.txt');
  const { scores } = await evaluate(images.map((path) => `${path},${path},self`));
  assert.equal(scores.length, images.length + 1);
  for (const line of scores.slice(1)) {
    const [, , , score, verdict] = line.split(',');
    assert.ok(Number(score) >= 99 && verdict === 'identical', line);
  }
});

test('photographs of different classes score low, of the same class high', { skip }, async (t) => {
  const lines = referenceLines('reference/pairs.csv');
  const ofLabel = (label: string) =>
    lines.filter((line) => line.endsWith(`,${label}`)).slice(0, SAMPLE);
  const { report } = await evaluate([...ofLabel('similar'), ...ofLabel('different')]);
  const medians = Object.fromEntries(
    report.labels.map(({ label, score }: { label: string; score: number[] }) => [label, score[1]]),
  );
  assert.ok(medians['different'] < 35, `different: ${medians['different']}`);
  assert.ok(medians['similar'] > 65, `similar: ${medians['similar']}`);
  assert.ok(report.auc > 0.9, `AUC ${report.auc}`);
  t.diagnostic(JSON.stringify({ medians, auc: report.auc }));
});
