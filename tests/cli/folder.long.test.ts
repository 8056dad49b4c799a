/** The command line on thousands of real pictures, some of them malformed. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readEmbeddings, type StoredEmbedding } from 'image-likeness/formats';
import { runCli } from '../support/cli.js';
import { killHalfWay, recordsIn } from '../support/picture-folder.js';
import { referencePath, withoutReference } from '../support/reference.js';
import { TemporaryDirectory } from '../support/temporary.js';

/** About half of what the cache holds in the end. */
const HALF_OF_THE_CACHE = 32e6;

const SAMPLE = 5;

interface Report {
  readonly pictures: number;
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  readonly variants: readonly { readonly a: string; readonly b: string }[];
  readonly groups: readonly {
    readonly kind: string;
    readonly keep: string;
    readonly pictures: readonly { readonly path: string }[];
  }[];
}

test('dedupe over the reference images', { skip: withoutReference }, async (t) => {
  using directory = new TemporaryDirectory();
  const images = referencePath('images');
  const files = readdirSync(images, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const cache = directory.file('cache');
  mkdirSync(cache);
  const args = ['dedupe', images, '--json'];

  assert.ok(await killHalfWay(args, cache, HALF_OF_THE_CACHE));
  const half = [...recordsIn(cache).values()].reduce((sum, size) => sum + size, 0);
  const { code, stdout, stderr } = await runCli(args, { LIKENESS_CACHE_DIR: cache });
  assert.equal(code, 1);
  const report = JSON.parse(stdout) as Report;
  const { pictures, skipped, groups } = report;

  await t.test('every file is answered for, those that can not be read by name and code', () => {
    assert.equal(pictures + skipped.length, files.length);
    const lines = stderr.trimEnd().split('\n');
    const named = skipped.filter(({ reason }) => reason !== 'unsupported-format');
    assert.deepEqual(
      lines.slice(0, named.length),
      named.map(({ path, reason }) => `skipped ${path}: ${reason}`),
    );
    const others = skipped.length - named.length;
    assert.deepEqual(
      lines.slice(named.length).map((line) => line.slice(0, line.indexOf(':'))),
      others === 0
        ? []
        : [
            `skipped ${others} file${others === 1 ? '' : 's'} of other formats (unsupported-format)`,
          ],
    );
    for (const { path, reason } of skipped) {
      // Archives of pictures, and what is written about them.
      const others = path.startsWith(join(images, 'photos-pack'));
      assert.ok(others || path.startsWith(join(images, 'malformed')), path);
      assert.match(reason, /^(?:corrupt-image|unsupported-format|image-too-large)$/);
    }
    const counts = new Map<string, number>();
    for (const { reason } of skipped) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    t.diagnostic(
      `${files.length} files: ${pictures} pictures, ${skipped.length} skipped (${[...counts].map(([reason, count]) => `${count} ${reason}`).join(', ')})`,
    );
  });

  await t.test('there are groups, and one picture with nine numbers on it is nine variants', () => {
    const kinds = groups.map(({ kind }) => kind);
    const identical = kinds.filter((kind) => kind === 'identical').length;
    t.diagnostic(
      `${groups.length} groups of ${groups.reduce((sum, group) => sum + group.pictures.length, 0)} pictures, ${identical} of them identical, ${kinds.length - identical} near-duplicate`,
    );
    for (const group of groups.slice(0, SAMPLE)) {
      const names = group.pictures.map(({ path }) => path.slice(images.length + 1));
      t.diagnostic(
        `${group.kind}: ${names.join(', ')}; keep ${group.keep.slice(images.length + 1)}`,
      );
    }
    // Each of these shows the number of its orientation.
    const landscape = /Landscape_\d\.jpg$/;
    const numbered = report.variants.filter(({ a, b }) => landscape.test(a) && landscape.test(b));
    assert.equal(numbered.length, (9 * 8) / 2);
  });

  await t.test(
    'killed half-way and started again, the answer is that of a run in one go',
    async () => {
      const whole = [...recordsIn(cache).values()].reduce((sum, size) => sum + size, 0);
      t.diagnostic(`killed at ${(half / 1e6).toFixed(1)} of ${(whole / 1e6).toFixed(1)} MB`);
      assert.ok(half >= HALF_OF_THE_CACHE && half < whole * 0.8);
      assert.equal(recordsIn(cache).size, 1);
      const { stdout: inOneGo } = await runCli([...args, '--no-cache']);
      assert.ok(stdout === inOneGo, 'the answers differ');
    },
  );

  await t.test('shards joined are the whole', async () => {
    const embed = async (name: string, options: readonly string[]): Promise<StoredEmbedding[]> => {
      const out = directory.file(`${name}.npz`);
      const run = await runCli(['embed', images, '--out', out, '--cache', cache, ...options]);
      assert.equal(run.code, 0);
      return readEmbeddings(readFileSync(out), 'npz');
    };
    const whole = await embed('whole', []);
    const parts: StoredEmbedding[] = [];
    const sizes: number[] = [];
    for (const number of [1, 2, 3, 4]) {
      const part = await embed(`part-${number}`, ['--shard', `${number}/4`]);
      sizes.push(part.length);
      parts.push(...part);
    }
    assert.equal(whole.length, pictures);
    const byId = (a: StoredEmbedding, b: StoredEmbedding): number => (a.id < b.id ? -1 : 1);
    assert.deepEqual(parts.sort(byId), whole.sort(byId));
    t.diagnostic(`four shards of ${sizes.join(', ')} pictures`);
  });
});
