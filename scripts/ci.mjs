/**
 * What `.ci/run` does: `npm test` with the reference material, and what looks at models, page, package and
 * command line once more as on a machine that has nothing. Where there is no reference material, that is
 * all there is to run.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runMain, say } from './lib/process.mjs';
import { closingLine, readClosingLine, readFailures, sumOf } from './lib/results.mjs';

/** Where it matters which models and photographs are here. */
const FRESH_LAYERS = ['models', 'cli', 'package', 'browser'];

await runMain(async () => {
  const cache = await mkdtemp(join(tmpdir(), 'likeness-cache-'));
  const equipped = process.env['LIKENESS_REFERENCE_DIR'] !== undefined;
  /** @type {[string, import('./lib/results.mjs').Counts & { failures: string }][]} */
  const runs = [];
  try {
    if (equipped) {
      say('testing with the reference material');
      runs.push(['with the reference material', await npmTest([], process.env)]);
    }
    say('testing as on a machine that has nothing');
    const layers = equipped ? FRESH_LAYERS : [];
    runs.push(['on a machine that has nothing', await npmTest(layers, bareEnvironment(cache))]);
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
  // Once more: of a long log, what is kept is often the end.
  for (const [where, { failures }] of runs) {
    if (failures !== '') process.stdout.write(`\n${where}:\n${failures}\n`);
  }
  process.stdout.write('\n');
  for (const [where, counts] of runs) {
    process.stdout.write(`${where.padEnd(29)}  ${closingLine(counts)}\n`);
  }
  const sum = sumOf(runs.map(([, counts]) => counts));
  process.stdout.write(`\n${closingLine(sum)}\n`);
  if (sum.failed > 0) process.exitCode = 1;
});

/**
 * Without reference material and fetched models.
 * @param {string} cache an empty folder
 */
function bareEnvironment(cache) {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('LIKENESS_'));
  return { ...Object.fromEntries(own), XDG_CACHE_HOME: cache };
}

/**
 * Runs `npm test` to its end and shows what it prints.
 * @param {readonly string[]} layers all of them when empty
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<import('./lib/results.mjs').Counts & { failures: string }>} what became of the tests, and
 *   what failed and why; one failure where it came to no end of its own
 */
function npmTest(layers, env) {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', ['test', '--', ...layers], {
      // Checks everything, also what has not changed.
      env: { ...env, CI: 'true' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      output += text;
      process.stdout.write(text);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const counts = readClosingLine(output) ?? { passed: 0, failed: 1, skipped: 0 };
      const failed = code === 0 ? counts.failed : Math.max(counts.failed, 1);
      resolve({ ...counts, failed, failures: readFailures(output) });
    });
  });
}
