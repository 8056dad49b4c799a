/** A test file that never ends is named and ended, with all that it started, and the others run on. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { TemporaryDirectory } from '../support/temporary.js';

/** How long a file may say nothing here, in seconds: time enough for a process to start. */
const SILENCE = 15;

/** Gives signs of life, by a process that nothing holds up, until it waits for what never comes. */
const STUCK = `
  import { spawn } from 'node:child_process';
  import { test } from 'node:test';
  import { launchBrowser } from '${pathToFileURL('scripts/lib/browser.mjs')}';
  test('outer', async (t) => {
    await t.test('comes to its end', () => undefined);
    await t.test('waits for what never comes', async () => {
      const stdio = ['ignore', 'ignore', 'inherit'];
      const alive = spawn('sh', ['-c', 'while echo alive >&2; do sleep 1; done'], { stdio });
      spawn('tail', ['-f', import.meta.filename]);
      const browser = await launchBrowser();
      const page = await browser.newPage();
      await page.goto('data:text/html,<h1>Stuck</h1><script>console.log("here I am")</script>');
      alive.kill();
      await page.locator('h2').waitFor();
    });
  });`;

const SOUND = `
  import { test } from 'node:test';
  test('sound', () => undefined);`;

/** What every process of this machine was started with. */
function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((id) => /^\d+$/.test(id))
    .map((id) => {
      try {
        return readFileSync(`/proc/${id}/cmdline`, 'utf8');
      } catch {
        // It has ended meanwhile.
        return '';
      }
    });
}

test('a file from which nothing is heard is named and ended, and the next one runs', async () => {
  using directory = new TemporaryDirectory();
  const files = {
    'a-stuck.test.mjs': STUCK,
    'b-sound.test.mjs': SOUND,
    'c-dying.test.mjs': `process.kill(process.pid, 'SIGTERM');`,
    'd-wrong.test.mjs': `import { test } from 'node:test'; test('wrong', () => { throw new Error('no'); });`,
  };
  for (const [name, source] of Object.entries(files)) writeFileSync(directory.file(name), source);
  const paths = Object.keys(files).map((name) => directory.file(name));
  writeFileSync(
    directory.file('run.mjs'),
    `import { runTestFiles } from '${pathToFileURL('scripts/lib/node-tests.mjs')}';
    const { passed, failed, failures } = await runTestFiles(${JSON.stringify(paths)}, ${SILENCE});
    console.log(JSON.stringify({ passed, failed }));
    for (const { name, why } of failures) console.log('failed:', name, '·', why);`,
  );
  // The browser's profile lies in the directory, and the file's other child has it in its arguments, too:
  // so they can be told from others. Node runs no tests inside of tests, unless it does not know.
  const env = { ...process.env, TMPDIR: directory.path, NODE_TEST_CONTEXT: undefined };
  const { stdout } = spawnSync(process.execPath, [directory.file('run.mjs')], {
    encoding: 'utf8',
    env,
  });

  assert.match(
    stdout,
    /a-stuck\.test\.mjs: nothing heard for 15 s, in "outer > waits for what never comes"/,
  );
  assert.match(stdout, /^page: data:text\/html,<h1>Stuck/m);
  assert.match(stdout, /^console: log: here I am$/m);
  const [, picture = ''] = /^screenshot: (.*\.png)$/m.exec(stdout) ?? [];
  assert.ok(existsSync(picture), picture);
  assert.match(stdout, /✔ sound/);
  assert.match(stdout, /^\{"passed":2,"failed":3\}$/m);
  assert.match(
    stdout,
    /^failed: .*a-stuck\.test\.mjs · nothing heard for 15 s, in "outer > waits/m,
  );
  assert.match(stdout, /^failed: .*c-dying\.test\.mjs · .*ended by SIGTERM$/m);
  assert.match(stdout, /^failed: wrong \(.*d-wrong\.test\.mjs\) · no$/m);
  // The system takes a moment to end what has been killed; what has not been stays for ever.
  while (commandLines().some((line) => line.includes(directory.path))) await wait(20);
});
