/** The C++ example says of two images what the command line says of them. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Comparison } from 'image-likeness';
import { runCli } from '../support/cli.js';
import { cropPixels, fillPixels } from '../support/edit.js';
import { buildExample, withoutNative } from '../support/native.js';
import { writePng } from '../support/png.js';
import { samplePixels } from '../support/samples.js';
import { TemporaryDirectory } from '../support/temporary.js';

/** Digits that the example prints of a score, as C++ streams do: without zeros at the end. */
const DIGITS = 9;

function inWordsOfTheExample({ score, verdict, evidence }: Comparison): string {
  const kinds = evidence.changes.map(({ kind }) => kind);
  const lines = [`score ${Number(score.toPrecision(DIGITS))}`, `verdict ${verdict}`, ...kinds];
  return `${lines.join('\n')}\n`;
}

/** Samples, a crop, a sticker and a picture that lets something shine through. */
function writePictures(directory: TemporaryDirectory) {
  const write = (name: string, pixels: ImageData): string => {
    const path = directory.file(`${name}.png`);
    writeFileSync(path, writePng(pixels));
    return path;
  };
  const sea = samplePixels('sea');
  const box = { x: 20, y: 15, width: sea.width - 60, height: sea.height - 40 };
  const marked = samplePixels('sea');
  fillPixels(marked, { x: 30, y: 30, width: 40, height: 30 }, [255, 0, 0]);
  const faded = { ...sea, data: sea.data.map((value, at) => (at % 4 === 3 ? at % 256 : value)) };
  return {
    sea: write('sea', sea),
    fruit: write('fruit', samplePixels('fruit')),
    otherFruit: write('other-fruit', samplePixels('other-fruit')),
    cropped: write('cropped', cropPixels(sea, box)),
    marked: write('marked', marked),
    faded: write('faded', faded),
  };
}

test('the C++ example and the command line agree to the last digit', {
  skip: withoutNative,
}, async () => {
  const example = buildExample();
  using directory = new TemporaryDirectory();
  const { sea, fruit, otherFruit, cropped, marked, faded } = writePictures(directory);
  const data = (name: string): string => `tests/data/${name}`;
  const verdicts = new Set<string>();
  for (const pair of [
    [data('baseline.png'), data('baseline.png')],
    [data('baseline.png'), data('subsampled.jpg')],
    [data('baseline.png'), data('grey.png')],
    [sea, cropped],
    [sea, marked],
    [sea, faded],
    [fruit, otherFruit],
  ]) {
    const { code, stdout, stderr } = await runCli(['compare', ...pair, '--json']);
    assert.equal(code, 0, stderr);
    const comparison = JSON.parse(stdout) as Comparison;
    verdicts.add(comparison.verdict);
    const printed = execFileSync(example, pair, { encoding: 'utf8' });
    assert.equal(printed, inWordsOfTheExample(comparison), pair.join(' and '));
  }
  assert.equal(verdicts.size, 5, [...verdicts].join());
});
