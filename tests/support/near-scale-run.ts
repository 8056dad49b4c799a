/**
 * `near-scale-run.js COUNT [TASKS]`: searches so many generated embeddings for near ones, in a process of its own, whose
 * memory is measured, and prints JSON. With a number of tasks it does the first of them only.
 */
import { readFileSync } from 'node:fs';
import { generatedSource, originalOf, PLANTED_EVERY } from './generated-embeddings.js';
import { internalModule } from './internal.js';

const near =
  await internalModule<typeof import('../../wasm/src/cli/cluster/near.js')>('cli/cluster/near.js');
const { CandidateTools } = await internalModule<
  typeof import('../../wasm/src/binding/candidate-search.js')
>('binding/candidate-search.js');

/** Copies that are compared with all before them. */
const ASKED = 400;

/** What is printed. */
export interface NearScale {
  readonly count: number;
  readonly seconds: number;
  /** Of the processor: what others do on the machine hardly counts. */
  readonly cpuSeconds: number;
  readonly wasmBytes: number;
  readonly rssBytes: number;
  readonly planted: number;
  readonly plantedFound: number;
  readonly candidates: number;
  readonly found: number;
}

const count = Number(process.argv[2]);
const tasks = Number(process.argv[3] ?? 1);
const compiled = await WebAssembly.compile(readFileSync('dist/package/likeness-core.wasm'));
const tools = { compiled, tools: await CandidateTools.open(compiled), mean: undefined };
const source = generatedSource(count);
let wasmBytes = 0;
const start = performance.now();
const cpuStart = process.cpuUsage();
const pairs = await near.searchNear(source, tools, { number: 0, count: tasks }, (bytes) => {
  wasmBytes = Math.max(wasmBytes, bytes);
});
const candidates = await near.nearest(source, tools, pairs);
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(cpuStart);
const cpuSeconds = (user + system) / 1e6;
const rssBytes = process.resourceUsage().maxRSS * 1024;

const known = new Set(candidates.map(({ later, earlier }) => `${later} ${earlier}`));
const copies = Array.from(
  { length: Math.floor(count / PLANTED_EVERY) },
  (_, i) => (i + 1) * PLANTED_EVERY - 1,
);
const plantedFound = copies.filter((copy) => known.has(`${copy} ${originalOf(copy)}`)).length;
const step = Math.max(1, Math.floor(copies.length / ASKED));
const asked = copies.filter((_, place) => place % step === 0);
const recall =
  tasks === 1 ? await near.recallOf(source, tools, candidates, asked) : { candidates: 0, found: 0 };
const result: NearScale = {
  count,
  seconds,
  cpuSeconds,
  wasmBytes,
  rssBytes,
  planted: copies.length,
  plantedFound,
  ...recall,
};
console.log(JSON.stringify(result));
