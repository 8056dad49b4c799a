/** How tests and measurements start a browser. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { test } from 'node:test';
import { findBrowser, launchBrowser } from '../../scripts/lib/browser.mjs';
import { TemporaryDirectory } from '../support/temporary.js';

/** Puts a browser first on the PATH that is stuck when it is started for the first time. */
function stuckAtFirst(directory: TemporaryDirectory): void {
  const browser = findBrowser();
  assert.ok(browser);
  writeFileSync(
    directory.file('chromium'),
    `#!/bin/sh
if [ -e '${directory.file('started')}' ]; then exec '${browser}' "$@"; fi
touch '${directory.file('started')}'
exec sleep 3600
`,
  );
  chmodSync(directory.file('chromium'), 0o755);
  process.env['PATH'] = `${directory.path}${delimiter}${process.env['PATH']}`;
}

test('a browser that is stuck when it starts is started again; the last start may take its time', async () => {
  using directory = new TemporaryDirectory();
  stuckAtFirst(directory);
  const browser = await launchBrowser([], [2000, 0]);
  assert.ok(existsSync(directory.file('started')));
  assert.ok(browser.isConnected());
  await browser.close();
});
