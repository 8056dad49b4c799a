/** Runs test files of Node's test runner. */
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { watch } from './watchdog.mjs';

/** Marks what tests/support/outcomes.ts tells. */
const OUTCOME = 'outcome: ';

/**
 * Runs test files, each in a process of its own, and shows how it goes.
 * @param {string[]} files
 * @param {number} silence seconds after which a file that says nothing is ended
 * @returns {Promise<import('./results.mjs').Result & { outcomes: { what: string, happened: string }[] }>}
 */
export async function runTestFiles(files, silence) {
  /** @type {Awaited<ReturnType<typeof runTestFiles>>} */
  const result = { passed: 0, failed: 0, skipped: [], times: [], outcomes: [] };
  // Browsers and big models share this machine's few cores: one file at a time.
  const stream = run({ files, concurrency: 1 });
  watch(stream, silence);
  stream.on('test:diagnostic', ({ message }) => {
    if (message.startsWith(OUTCOME))
      result.outcomes.push(JSON.parse(message.slice(OUTCOME.length)));
  });
  stream.on('test:pass', ({ name, skip, nesting, details }) => {
    if (details.type === 'suite') return;
    if (skip === undefined) result.passed += 1;
    else result.skipped.push(String(skip));
    if (nesting === 0) result.times.push({ name, seconds: details.duration_ms / 1000 });
  });
  stream.on('test:fail', ({ details }) => {
    if (details.type !== 'suite') result.failed += 1;
  });
  for await (const text of stream.compose(new spec())) process.stdout.write(text);
  return result;
}
