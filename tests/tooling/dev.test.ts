/** `npm run dev`: every edit shows on the page. */
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { test } from 'node:test';
import { launchBrowser } from '../../scripts/lib/browser.mjs';
import { SourceTree } from '../support/source-tree.js';

/**
 * In the place of the compiler, which would take minutes: build/wasm as it is here, with the sum of one
 * source in a section at its end, unless that source has BROKEN in it.
 */
const CMAKE = `
  cd "$(dirname "$0")/.."
  source=core/src/error.cpp
  if grep -n BROKEN $source >&2; then echo "$source: error: that is broken" >&2; exit 1; fi
  cp core.wasm build/wasm/wasm/likeness-core.wasm
  printf '\\000\\011\\004test%.4s' "$(cksum $source)" >> build/wasm/wasm/likeness-core.wasm`;

test('an edit of style, page, package or core shows, and a broken one is told', async (t) => {
  using tree = new SourceTree();
  tree.copyBuilt('build/wasm/wasm/likeness-core.js');
  tree.copyBuilt('build/wasm/wasm/likeness-core.wasm');
  tree.copyBuilt('build/wasm/build.ninja');
  tree.write('build/wasm/CMakeCache.txt', `CMAKE_HOME_DIRECTORY:INTERNAL=${tree.path}\n`);
  // The page's pictures take long to draw.
  tree.copyBuilt('build/samples');
  tree.program('cmake', CMAKE);
  copyFileSync('build/wasm/wasm/likeness-core.wasm', tree.file('core.wasm'));
  const dev = tree.node(['scripts/dev.mjs'], { PORT: '0' });
  t.after(() => dev.child.kill('SIGKILL'));
  const [, url = ''] = await dev.prints(/is at (http:\S+) \(Ctrl\+C stops it\)/);

  const browser = await launchBrowser();
  t.after(() => browser.close());
  const page = await browser.newPage();
  const refused: string[] = [];
  page.on('console', (message) => {
    if (/Content.Security.Policy|Refused to/i.test(message.text())) refused.push(message.text());
  });
  const core = () => page.waitForResponse('**/likeness-core.wasm');
  const first = core();
  await page.goto(url);
  const before = await (await first).body();
  const overlay = page.locator('vite-error-overlay');
  const noted = (name: string) =>
    page.waitForFunction((key) => key in document.documentElement.dataset, name);
  const note = (name: string) =>
    `\nif (globalThis.document) document.documentElement.setAttribute('data-${name}', '');\n`;

  await t.test('the page works, under its policy', async () => {
    const policy = page.locator('meta[http-equiv="Content-Security-Policy"]');
    assert.match(
      (await policy.getAttribute('content')) ?? '',
      /script-src 'self' 'wasm-unsafe-eval';/,
    );
    assert.equal(await page.evaluate(() => crossOriginIsolated), true);
    await page.getByTestId('sample-same').click();
    await page.waitForFunction(
      () => document.querySelector('[data-testid="score"]')?.textContent === '100.0',
    );
  });

  await t.test('style, without the page being loaded anew', async () => {
    await page.evaluate(() => document.documentElement.setAttribute('data-old', ''));
    tree.append('web/src/page.css', 'body { outline: 1px solid rgb(1, 2, 3); }');
    await page.waitForFunction(
      () => getComputedStyle(document.body).outlineColor === 'rgb(1, 2, 3)',
    );
    await noted('old');
  });

  await t.test('TypeScript of the page and of the package', async () => {
    tree.append('web/src/main.ts', note('page'));
    await noted('page');
    tree.append('wasm/src/errors.ts', note('package'));
    await noted('package');
  });

  await t.test('a wrong type, in the terminal', async () => {
    const mend = tree.append('web/src/dom.ts', "\nexport const two: number = 'two';\n");
    await dev.prints(/dom\.ts\(\d+,\d+\): error TS2322/);
    mend();
    await dev.prints(/No type is wrong\./);
  });

  await t.test('TypeScript that is none, until it is mended', async () => {
    const mend = tree.append('web/src/dom.ts', '\nconst = 3;\n');
    await overlay.getByText('PARSE_ERROR').waitFor();
    mend();
    await overlay.waitFor({ state: 'detached' });
    await noted('package');
  });

  await t.test('C++: what the compiler says, and the new core', async () => {
    const mend = tree.append('core/src/error.cpp', '\nBROKEN\n');
    await overlay.getByText('that is broken').waitFor();
    const again = core();
    await page.reload();
    await again;
    await overlay.getByText('that is broken').waitFor();
    const next = core();
    mend();
    assert.deepEqual(await (await next).body(), before);
    await overlay.waitFor({ state: 'detached' });
    const changed = core();
    tree.append('core/src/error.cpp', '\n// Edited.\n');
    const after = await (await changed).body();
    assert.deepEqual(after.subarray(0, -4), before.subarray(0, -4));
    assert.notDeepEqual(after, before);
  });

  assert.deepEqual(refused, []);
  await browser.close();
  dev.child.kill('SIGINT');
  assert.equal(await dev.ended, 0, dev.output());
  await tree.isLeft();
});
