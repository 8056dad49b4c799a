/** A folder of 20,000 pictures through two nodes of a Slurm, one of which dies half-way. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { finished, runCli, startCli } from '../support/cli.js';
import { writePlantedFolder } from '../support/planted-pictures.js';
import { Slurm, skipWithoutSlurm } from '../support/slurm.js';
import { TemporaryDirectory } from '../support/temporary.js';

/** Other sizes are for trying out. */
const COUNT = Number(process.env['LIKENESS_SLURM_PICTURES'] ?? 20_000);
const COPY_EVERY = 20;

/** Pictures of the run that is timed. */
const TIMED = Math.min(COUNT, 1200);

const NODES = ['first', 'second'];
const TASKS = '8';

/** Of two processors that work at once, how much of their work together makes them free. */
const FREE = 1.9;

interface Report {
  readonly pictures: number;
  readonly groups: readonly {
    readonly pictures: readonly { readonly path: string }[];
  }[];
}

/** Names and bytes of what a run found out. */
function filesOf(out: string): Map<string, Buffer> {
  const names = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !/^(?:slurm|cache|plan)/.test(name) && statSync(join(out, name)).isFile(),
  );
  return new Map(names.sort().map((name) => [name, readFileSync(join(out, name))]));
}

/** How many times as much two threads do in the same time as one: 2 where two processors are free. */
async function freeProcessors(): Promise<number> {
  const script = `
    const { parentPort, workerData } = require('node:worker_threads');
    let rounds = 0;
    for (const end = Date.now() + workerData; Date.now() < end; rounds += 1) {
      for (let i = 0, x = 1; i < 1e5; i += 1) x = Math.imul(x, 1664525) + i;
    }
    parentPort.postMessage(rounds);`;
  const one = (): Promise<number> =>
    new Promise((resolve) => {
      new Worker(script, { eval: true, workerData: 3000 }).once('message', resolve);
    });
  const alone = await one();
  const together = await Promise.all([one(), one()]);
  return together.reduce((sum, rounds) => sum + rounds, 0) / alone;
}

test('20,000 pictures, two nodes', { skip: skipWithoutSlurm }, async (t) => {
  using directory = new TemporaryDirectory();
  const pictures = directory.file('pictures');
  mkdirSync(pictures);
  const planted = writePlantedFolder(pictures, COUNT, COPY_EVERY);
  await using slurm = await Slurm.start(directory.file('slurm'), NODES);
  const environment = slurm.environment;
  const cluster = (action: string, ...args: readonly string[]) =>
    runCli(['cluster', action, ...args], environment);

  await t.test(
    'embedding is faster by two nodes than by one, and leaves the same bytes',
    async () => {
      const timed = directory.file('timed');
      mkdirSync(timed);
      writePlantedFolder(timed, TIMED, COPY_EVERY);
      const free = Math.min(await freeProcessors(), availableParallelism());
      const runs: { readonly seconds: number; readonly files: Map<string, Buffer> }[] = [];
      for (const nodes of [2, 1]) {
        if (nodes === 1) await slurm.setState('second', 'drain');
        const out = directory.file(`timed-${nodes}`);
        const start = performance.now();
        const submitted = await cluster('slurm', timed, '--out', out, '--tasks', TASKS);
        assert.equal(submitted.code, 0, submitted.stderr);
        while (readdirSync(out).includes('parts') === false || partsIn(out) < Number(TASKS)) {
          await wait(200);
        }
        const seconds = (performance.now() - start) / 1000;
        const { code, stdout } = await cluster('status', '--out', out, '--wait');
        assert.equal(code, 0, stdout);
        runs.push({ seconds, files: filesOf(out) });
      }
      await slurm.setState('second', 'resume');
      const [two, one] = runs;
      assert.ok(two !== undefined && one !== undefined);
      assert.deepEqual([...two.files.keys()], [...one.files.keys()]);
      for (const [name, bytes] of two.files) assert.ok(one.files.get(name)?.equals(bytes), name);
      const speedup = one.seconds / two.seconds;
      t.diagnostic(
        `embedding of ${TIMED} pictures: two nodes ${two.seconds.toFixed(1)} s, one ${one.seconds.toFixed(1)} s, ${speedup.toFixed(2)} times as fast; two threads do ${free.toFixed(2)} times what one does, so that two processors were ${free >= FREE ? '' : 'not '}free`,
      );
      if (free >= FREE) assert.ok(speedup >= 1.7, `${speedup}`);
    },
  );

  const out = directory.file('run');
  await t.test('a node dies half-way: its tasks are done by the other one', async () => {
    const { code, stderr } = await cluster('slurm', pictures, '--out', out, '--tasks', TASKS);
    assert.equal(code, 0, stderr);
    while (!readdirSync(out).includes('parts') || partsIn(out) < Number(TASKS) / 2) {
      await wait(500);
    }
    await slurm.killNode('second');
    t.diagnostic(`killed a node when ${partsIn(out)} of ${TASKS} parts were there`);
    const status = startCli(['cluster', 'status', '--out', out, '--wait'], environment);
    const ended = await finished(status);
    assert.equal(
      ended.code,
      0,
      `${ended.stdout}${ended.stderr}${readFileSync(slurm.log, 'utf8').slice(-3000)}`,
    );
    assert.match(ended.stdout, / [12] running/);
  });

  await t.test('a task that is done once more leaves the same bytes', async () => {
    const before = filesOf(out);
    const again = directory.file('again');
    const planned = await cluster('plan', pictures, '--out', again, '--tasks', TASKS);
    assert.equal(planned.code, 0, planned.stderr);
    const { code, stderr } = await cluster('run', 'embed', '--out', again, '--task', '3');
    assert.equal(code, 0, stderr);
    const name = 'parts/part-4.parquet';
    assert.ok(before.get(name)?.equals(readFileSync(join(again, name))));
  });

  await t.test('the groups are those of one machine, to the byte', async () => {
    const groups = readFileSync(join(out, 'groups.json'), 'utf8');
    const { code, stdout } = await runCli(['dedupe', pictures, '--json', '--no-cache']);
    assert.equal(code, 1);
    assert.ok(groups === stdout);
    const report = JSON.parse(groups) as Report;
    assert.equal(report.pictures, COUNT);
    const groupOf = new Map(
      report.groups.flatMap((group, number) => group.pictures.map(({ path }) => [path, number])),
    );
    const found = planted.filter(([original, copy]) => {
      const group = groupOf.get(join(pictures, copy));
      return group !== undefined && group === groupOf.get(join(pictures, original));
    });
    t.diagnostic(
      `${report.groups.length} groups among ${COUNT} pictures; ${found.length} of ${planted.length} planted copies are in one group with their original`,
    );
    assert.ok(found.length >= 0.9 * planted.length);
  });
});

function partsIn(out: string): number {
  return readdirSync(join(out, 'parts')).filter((name) => name.endsWith('.parquet')).length;
}
