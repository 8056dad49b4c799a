/** How many multiply-adds WebAssembly's vectors of two doubles can do at most, on one thread here. */
import { summaryOf } from './statistics.mjs';

/** Sums at once: enough to hide how long a multiplication and an addition take. */
const SUMS = 12;
const ROUNDS = 2_000_000;
const REPEATS = 9;

/** Multiply-adds of one run. */
const MULTIPLY_ADDS = SUMS * 2 * ROUNDS;

/** @returns {Promise<number>} multiply-adds a second, the median of REPEATS runs */
export async function measurePeak() {
  const { instance } = await WebAssembly.instantiate(assemble());
  const run = /** @type {(rounds: number) => number} */ (instance.exports['run']);
  run(ROUNDS);
  const times = Array.from({ length: REPEATS }, () => {
    const start = performance.now();
    run(ROUNDS);
    return performance.now() - start;
  });
  return (MULTIPLY_ADDS / summaryOf(times).median) * 1000;
}

/** LEB128, unsigned. @param {number} value @returns {number[]} */
function leb(value) {
  return value < 128 ? [value] : [(value % 128) + 128, ...leb(value >> 7)];
}

/** @param {number} id @param {readonly number[]} content */
function section(id, content) {
  return [id, ...leb(content.length), ...content];
}

/** The numbers of instructions and types in WebAssembly's core specification 2.0, appendix "Index". */
const I32 = 0x7f;
const F64 = 0x7c;
const V128 = 0x7b;
const OP = {
  loop: [0x03, 0x40],
  end: [0x0b],
  continueIf: [0x0d, 0],
  get: (/** @type {number} */ local) => [0x20, ...leb(local)],
  set: (/** @type {number} */ local) => [0x21, ...leb(local)],
  tee: (/** @type {number} */ local) => [0x22, ...leb(local)],
  one: [0x41, 1],
  subtract: [0x6b],
  double: (/** @type {number} */ value) => [
    0x44,
    ...new Uint8Array(new Float64Array([value]).buffer),
  ],
  splat: [0xfd, 0x14],
  firstLane: [0xfd, 0x21, 0],
  add: [0xfd, ...leb(0xf0)],
  multiply: [0xfd, ...leb(0xf2)],
};

/** `run(rounds)`: sum = sum × 0.999 + 0.001, for SUMS sums of two doubles, so many times. */
function assemble() {
  const [rounds, factor, summand, firstSum] = [0, 1, 2, 3];
  const sums = Array.from({ length: SUMS }, (_, i) => firstSum + i);
  const code = [
    ...[1, SUMS + 2, V128],
    ...[...OP.double(0.999), ...OP.splat, ...OP.set(factor)],
    ...[...OP.double(0.001), ...OP.splat, ...OP.set(summand)],
    ...OP.loop,
    ...sums.flatMap((sum) => [
      ...[...OP.get(sum), ...OP.get(factor), ...OP.multiply],
      ...[...OP.get(summand), ...OP.add, ...OP.set(sum)],
    ]),
    ...[...OP.get(rounds), ...OP.one, ...OP.subtract, ...OP.tee(rounds), ...OP.continueIf],
    ...OP.end,
    ...OP.get(firstSum),
    ...sums.slice(1).flatMap((sum) => [...OP.get(sum), ...OP.add]),
    ...OP.firstLane,
    ...OP.end,
  ];
  const name = [3, ...new TextEncoder().encode('run')];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 1, I32, 1, F64]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name, 0, 0]),
    ...section(10, [1, ...leb(code.length), ...code]),
  ]);
}
