/** The recipe for Next, as it stands in docs/recipes/next.md, built by Next and opened in Chromium. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { openPage } from '../support/browser.js';
import { installPackage, run } from '../support/installed.js';
import { tellRuntime } from '../support/outcomes.js';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';

const BASE = '/some/where';
const { project, tarball } = installPackage();

/** The recipe's component. */
function component(): string {
  const recipe = readFileSync('docs/recipes/next.md', 'utf8');
  const [, code] = /```tsx\n(.*?)```/s.exec(recipe) ?? [];
  assert.ok(code !== undefined);
  return code;
}

/** An app of one page that compares two pictures of its own. @returns its folder */
function makeApp(pictures: Readonly<Record<string, Uint8Array>>): string {
  const root = resolve('build/next-test');
  rmSync(root, { recursive: true, force: true });
  mkdirSync(join(root, 'app'), { recursive: true });
  mkdirSync(join(root, 'public'));
  for (const name of ['package.json', 'package-lock.json']) {
    copyFileSync(join('tests/package/next', name), join(root, name));
  }
  run('npm', ['ci', '--no-audit', '--no-fund', '--prefer-offline'], root);
  run(
    'npm',
    ['install', '--no-save', '--no-audit', '--no-fund', '--prefer-offline', tarball],
    root,
  );
  const files = {
    'next.config.mjs': `export default { output: 'export', basePath: '${BASE}' };`,
    'app/score.jsx': component(),
    'app/layout.jsx': `export default function Layout({ children }) {
      return <html lang="en"><body>{children}</body></html>;
    }`,
    'app/page.jsx': `import { Score } from './score';
    export default function Page() {
      return <Score a="a.png" b="b.png" />;
    }`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  for (const [name, file] of Object.entries(pictures)) {
    writeFileSync(join(root, 'public', name), file);
  }
  return root;
}

test('Next: a page that is rendered on a server and compares in the browser', async (t) => {
  const a = writePng(testPixels(300, 200, 1));
  const b = writePng(testPixels(240, 320, 7));
  const root = makeApp({ 'a.png': a, 'b.png': b });
  run('env', ['NEXT_TELEMETRY_DISABLED=1', 'npx', '--no-install', 'next', 'build'], root);
  assert.match(readFileSync(join(root, 'out/index.html'), 'utf8'), /<output><\/output>/);

  const { createLikeness } = (await import(
    pathToFileURL(join(project, 'node_modules/image-likeness/dist/package/index.js')).href
  )) as typeof import('../../dist/package/index.js');
  await using likeness = await createLikeness();
  const { score } = await likeness.compare(a, b);
  await using opened = await openPage({
    directory: join(root, 'out'),
    basePath: `${BASE}/`,
    isolated: false,
  });
  const answer = opened.page.locator('output', { hasText: /\d/ });
  assert.equal(await answer.textContent(), score.toFixed(1));
  assert.deepEqual(opened.problems, []);
  const { origin } = new URL(opened.url);
  assert.ok(opened.requests.every((url) => url.startsWith(origin) || url.startsWith('blob:')));
  const { dependencies } = JSON.parse(readFileSync('tests/package/next/package.json', 'utf8'));
  tellRuntime(t, `next ${dependencies.next}, rendered, in Chromium`, 'the same score');
});
