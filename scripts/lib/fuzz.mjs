/** Fuzzing of the core with libFuzzer: building, seeding, running, and the coverage reached. */
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { buildNative } from './build.mjs';
import { onEveryCore } from './every-core.mjs';
import { rooted } from './files.mjs';
import { run, StepError, say } from './process.mjs';

/**
 * @typedef {object} FuzzTarget
 * @property {string} what what it is given
 * @property {readonly string[]} [covers] sources of core/src/ whose lines it should reach
 * @property {readonly string[]} [flags] further flags of libFuzzer
 */

/** Names of tests/fuzz/*.cpp. */
export const FUZZ_TARGETS = /** @type {Readonly<Record<string, FuzzTarget>>} */ ({
  decode: {
    what: 'any bytes as an image file',
    covers: ['bmp.cpp', 'decode.cpp', 'decoder_input.cpp', 'gif_frames.cpp', 'jpeg_segments.cpp'],
    flags: ['-dict=tests/fuzz/images.dict', '-max_len=4096'],
  },
  orientation: {
    what: 'EXIF data, and turning by it',
    covers: ['orientation.cpp'],
    flags: ['-dict=tests/fuzz/images.dict', '-max_len=4096'],
  },
  preprocess: { what: 'pictures of any size, aspect and banding' },
  fingerprint: { what: 'fingerprints of pictures, and as files may hold them' },
  network: {
    what: "any bytes as a network's weights",
    covers: ['network/weights.cpp', 'network/network.cpp'],
    flags: ['-max_len=16384'],
  },
  embedding: { what: 'vectors, match maps, an index and curves of any numbers' },
});

/** Of the lines of `covers`, in per cent. */
export const LEAST_COVERAGE = 90;

/** How often a target is run again until it has covered so much: a slow machine gets no further in the same time. */
const MORE_ROUNDS = 5;

/** What one input may take: far above what any takes, far below what a bomb would. */
const LIMITS = ['-timeout=25', '-malloc_limit_mb=64', '-rss_limit_mb=2048'];

/**
 * @typedef {object} FuzzResult
 * @property {string} target
 * @property {number} executions
 * @property {number} seconds
 * @property {number} corpus how many inputs reach something of their own
 * @property {string | undefined} finding what was found, and the file that shows it
 * @property {readonly { file: string, lines: number }[]} coverage in per cent
 */

/**
 * Builds the targets, and writes what they start from into build/fuzz/seeds/.
 * @param {import('./process.mjs').RunOptions} [options]
 */
export async function buildFuzzTargets(options = {}) {
  await buildNative('sanitizers', ['fuzz_programs'], options);
  await rm(rooted('build/fuzz/seeds'), { recursive: true, force: true });
  await run(program('seeds'), ['tests/data', 'build/fuzz/seeds'], { ...options, cwd: rooted() });
}

/**
 * Runs a target for some seconds. What it learns stays in build/fuzz/corpus/, without what adds
 * nothing, and the next run goes on from there; an input that breaks something goes to
 * build/fuzz/findings/.
 * @param {string} target
 * @param {number} seconds
 * @returns {Promise<FuzzResult>}
 */
export async function fuzz(target, seconds) {
  const { flags = [], covers = [] } = FUZZ_TARGETS[target] ?? {};
  const corpus = rooted('build/fuzz/corpus', target);
  const seeds = rooted('build/fuzz/seeds', target);
  const findings = rooted('build/fuzz/findings', `${target}-`);
  for (const folder of [corpus, rooted('build/fuzz/findings')]) {
    mkdirSync(folder, { recursive: true });
  }
  const log = rooted('build/fuzz', `${target}.log`);
  const profile = rooted('build/fuzz', `${target}.profraw`);
  const limits = [...LIMITS, ...flags, `-artifact_prefix=${findings}`];
  const start = performance.now();
  const code = await logged(
    program(target),
    [...limits, `-max_total_time=${seconds}`, '-print_final_stats=1', corpus, seeds],
    log,
    profile,
  );
  const took = (performance.now() - start) / 1000;
  const report = await readFile(log, 'utf8');
  const executions = Number(/stat::number_of_executed_units:\s*(\d+)/.exec(report)?.[1] ?? 0);
  const finding = code === 0 ? undefined : describeFinding(report);
  const coverage = finding === undefined ? lineCoverage(target, profile, covers) : [];
  if (finding === undefined) await minimise(target, corpus, seeds);
  const kept = readdirSync(corpus).length;
  return { target, executions, seconds: took, corpus: kept, finding, coverage };
}

/**
 * Runs a target for some seconds, and again while that has covered too little.
 * @param {string} target
 * @param {number} seconds
 */
async function fuzzUntilCovered(target, seconds) {
  let result = await fuzz(target, seconds);
  for (let round = 0; round < MORE_ROUNDS && result.coverage.some(isTooLittle); round += 1) {
    result = await fuzz(target, seconds);
  }
  return result;
}

/** @param {{ readonly lines: number }} coverage */
function isTooLittle({ lines }) {
  return lines < LEAST_COVERAGE;
}

/** @param {string} target */
function program(target) {
  return rooted('build/sanitizers/tests/fuzz', `fuzz_${target}`);
}

/**
 * Runs a program to its end, its output in a file.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} log
 * @param {string} profile
 * @returns {Promise<number>} the exit code
 */
function logged(command, args, log, profile) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: rooted(),
      env: { ...process.env, LLVM_PROFILE_FILE: profile, UBSAN_OPTIONS: 'print_stacktrace=1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const file = createWriteStream(log);
    child.stdout.pipe(file, { end: false });
    child.stderr.pipe(file, { end: false });
    child.on('error', reject);
    child.on('close', (code) => file.end(() => resolve(code ?? 1)));
  });
}

/** @param {string} report */
function describeFinding(report) {
  const said = /^(?:Broken: .*|SUMMARY: .*|.*runtime error: .*)$/m.exec(report)?.[0];
  const file = /Test unit written to (\S+)/.exec(report)?.[1];
  return `${said ?? report.slice(-500)} (${file ?? 'no file'})`;
}

/**
 * Keeps the inputs that reach something of their own.
 * @param {string} target
 * @param {string} corpus
 * @param {string} seeds
 */
async function minimise(target, corpus, seeds) {
  const fresh = `${corpus}-minimal`;
  await rm(fresh, { recursive: true, force: true });
  mkdirSync(fresh);
  const log = rooted('build/fuzz', `${target}-merge.log`);
  const profile = rooted('build/fuzz', `${target}-merge.profraw`);
  const code = await logged(
    program(target),
    ['-merge=1', ...LIMITS, fresh, seeds, corpus],
    log,
    profile,
  );
  if (code !== 0) return;
  await rm(corpus, { recursive: true });
  mkdirSync(corpus, { recursive: true });
  await run('cp', ['-r', `${fresh}/.`, corpus]);
  await rm(fresh, { recursive: true });
}

/**
 * The share of lines of some sources that a run has reached.
 * @param {string} target
 * @param {string} profile
 * @param {readonly string[]} sources
 */
function lineCoverage(target, profile, sources) {
  if (sources.length === 0 || !existsSync(profile)) return [];
  const merged = profile.replace(/raw$/, 'data');
  tool('llvm-profdata', ['merge', '-sparse', profile, '-o', merged]);
  const files = sources.map((source) => rooted('core/src', source));
  const exported = tool('llvm-cov', [
    'export',
    '-summary-only',
    `-instr-profile=${merged}`,
    program(target),
    ...files,
  ]);
  /** @type {{ data: { files: { filename: string, summary: { lines: { percent: number } } }[] }[] }} */
  const { data } = JSON.parse(exported);
  const reached = new Map(
    data[0]?.files.map(({ filename, summary }) => [filename, summary.lines.percent]),
  );
  // A source that core/CMakeLists.txt doesn't name is not counted at all: none of its lines is known to be reached.
  return files.map((file) => ({
    file: file.slice(rooted().length),
    lines: reached.get(file) ?? 0,
  }));
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
function tool(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new StepError(`${command} failed: ${stderr}`, 'install the Debian package llvm.');
}

/**
 * Fuzzes targets, as many at once as there are processor cores, and prints what came of it.
 * @param {readonly string[]} targets
 * @param {number} seconds for each
 * @param {import('./process.mjs').RunOptions} [building] how they are built
 * @returns {Promise<import('./results.mjs').Result>} a test for each target, and one for each source
 *   that is to be covered
 */
export async function fuzzAll(targets, seconds, building = {}) {
  await buildFuzzTargets(building);
  // Not in the lanes of the other tests: behind all of them, the last ones would run alone.
  const results = await onEveryCore(targets, (target) => {
    say(`fuzzing ${target} for ${seconds} s: ${FUZZ_TARGETS[target]?.what}`);
    return fuzzUntilCovered(target, seconds);
  });
  process.stdout.write('\ntarget        executions  a second  inputs kept  finding\n');
  for (const { target, executions, seconds: took, corpus, finding } of results) {
    const cells = [
      target.padEnd(12),
      String(executions).padStart(11),
      String(Math.round(executions / took)).padStart(9),
      String(corpus).padStart(12),
    ];
    process.stdout.write(`${cells.join(' ')}  ${finding ?? 'none'}\n`);
  }
  const coverage = results.flatMap((result) => result.coverage);
  if (coverage.length > 0) process.stdout.write('\nsource                         lines covered\n');
  for (const { file, lines } of coverage) {
    process.stdout.write(`${file.padEnd(30)} ${lines.toFixed(1).padStart(12)} %\n`);
  }
  const failed =
    results.filter(({ finding }) => finding !== undefined).length +
    coverage.filter(isTooLittle).length;
  return { passed: results.length + coverage.length - failed, failed, skipped: [], times: [] };
}
