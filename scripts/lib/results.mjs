/** What became of tests, and how it is told. */

/**
 * What became of the tests of a layer.
 * @typedef {object} Result
 * @property {number} passed
 * @property {number} failed
 * @property {string[]} skipped why, for each test that was
 * @property {{ name: string, seconds: number }[]} times how long each test took, where that is known
 * @property {Failure[]} [failures] those that are known by name
 */

/**
 * A test that failed.
 * @typedef {object} Failure
 * @property {string} name
 * @property {string} why
 */

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 */

/** How many of the slowest tests are named. */
const SLOWEST = 10;

/**
 * The end of `npm test`: the slowest tests, a table of the layers, why tests were skipped, what failed and,
 * alone on the last line, the sum.
 * @param {ReadonlyMap<string, Result & { seconds: number }>} layers
 */
export function describeResults(layers) {
  const results = [...layers.values()];
  const slowest = [...layers]
    .flatMap(([layer, { times }]) => times.map((test) => ({ ...test, layer })))
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, SLOWEST);
  const reasons = results.flatMap(({ skipped }) => skipped);
  const counts = results.map((result) => ({ ...result, skipped: result.skipped.length }));
  const tables = [
    row('seconds', 'slowest tests'),
    ...slowest.map(({ layer, name, seconds }) => row(seconds.toFixed(1), `${layer}: ${name}`)),
    '',
    'layer         passed  failed  skipped  seconds',
    ...[...layers].map(([name, { passed, failed, skipped, seconds }]) =>
      [
        name.padEnd(12),
        String(passed).padStart(7),
        String(failed).padStart(7),
        String(skipped.length).padStart(8),
        seconds.toFixed(0).padStart(8),
      ].join(' '),
    ),
    '',
  ];
  if (reasons.length > 0) tables.push(row('skipped', 'because'));
  for (const reason of new Set(reasons)) {
    tables.push(row(String(reasons.filter((one) => one === reason).length), reason));
  }
  if (reasons.length > 0) tables.push('');
  for (const [layer, { failures = [] }] of layers) {
    for (const { name, why } of failures) {
      tables.push(`✖ ${layer}: ${name}`, ...firstLines(why).map((line) => `    ${line}`), '');
    }
  }
  return [...tables, closingLine(sumOf(counts)), ''].join('\n');
}

/** How many lines of an error are repeated at the end; all of it stands where it happened. */
const LINES = 6;

/** @param {string} text */
function firstLines(text) {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, LINES);
}

/**
 * @param {string} figure
 * @param {string} text
 */
function row(figure, text) {
  return `${figure.padStart(7)}  ${text}`;
}

/**
 * @param {readonly Counts[]} counts
 * @returns {Counts}
 */
export function sumOf(counts) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of counts) {
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
  }
  return sum;
}

/** @param {Counts} counts */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * What failed and why, as `npm test` printed it at its end.
 * @param {string} output
 * @returns {string} empty where nothing did
 */
export function readFailures(output) {
  const end = output.slice(output.lastIndexOf('\nlayer         passed'));
  const first = end.indexOf('\n✖ ');
  return first < 0 ? '' : end.slice(first + 1, end.trimEnd().lastIndexOf('\n')).trimEnd();
}

/**
 * The counts on the last line of what `npm test` printed.
 * @param {string} output
 * @returns {Counts | undefined} undefined where it came to none
 */
export function readClosingLine(output) {
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  const found = /^(\d+) passed, (\d+) failed, (\d+) skipped$/.exec(last);
  if (found === null) return undefined;
  const [passed = 0, failed = 0, skipped = 0] = found.slice(1).map(Number);
  return { passed, failed, skipped };
}
