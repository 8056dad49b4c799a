/** The search for near embeddings among 100,000, a million and ten million: what it finds, its time and its memory. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { internalModule } from '../support/internal.js';
import type { NearScale } from '../support/near-scale-run.js';

const { nearBlocks } =
  await internalModule<typeof import('../../wasm/src/cli/cluster/near.js')>('cli/cluster/near.js');

const MOST_BYTES = 2e9;
const MOST_BLOCK_BYTES = 512e6;
const LEAST_RECALL = 0.999;

/** In time, for ten times as many; each with each would be 100. */
const MOST_GROWTH = 14;

async function measured(count: number, tasks = 1): Promise<NearScale> {
  const args = ['build/tests/support/near-scale-run.js', String(count), String(tasks)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as NearScale;
}

const inWords = ({ count, seconds, cpuSeconds, wasmBytes, rssBytes }: NearScale): string =>
  `${count} embeddings: ${(seconds / 60).toFixed(1)} minutes, ${(cpuSeconds / 60).toFixed(1)} of a processor, ${(wasmBytes / 1e6).toFixed(0)} MB WebAssembly, ${(rssBytes / 1e6).toFixed(0)} MB in all`;

test('near embeddings among very many', async (t) => {
  const runs: NearScale[] = [];
  for (const count of [100_000, 1_000_000]) {
    const run = await measured(count);
    runs.push(run);
    const { planted, plantedFound, candidates, found, wasmBytes, rssBytes } = run;
    t.diagnostic(
      `${inWords(run)}; ${found} of ${candidates} candidates of the exact search, and ${plantedFound} of ${planted} planted copies`,
    );
    assert.ok(candidates > 300);
    assert.ok(found >= LEAST_RECALL * candidates);
    assert.ok(wasmBytes <= MOST_BLOCK_BYTES);
    assert.ok(rssBytes <= MOST_BYTES);
  }
  const [few, many] = runs;
  assert.ok(few !== undefined && many !== undefined);
  const growth = many.cpuSeconds / few.cpuSeconds;
  t.diagnostic(`ten times as many take ${growth.toFixed(1)} times as long`);
  assert.ok(growth <= MOST_GROWTH);
});

test('one block of ten million', async (t) => {
  const count = 10_000_000;
  const blocks = nearBlocks(count).length;
  const run = await measured(count, blocks);
  t.diagnostic(`the first of ${blocks} tasks among ${inWords(run)}`);
  assert.ok(run.wasmBytes > 0 && run.wasmBytes <= MOST_BLOCK_BYTES);
  assert.ok(run.rssBytes <= MOST_BYTES);
});
