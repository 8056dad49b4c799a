/** What may be shipped, and the notices that go with it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

// Where it stands, and not the copy among the compiled tests: it looks for files around itself.
const { checkLicences, checkShipped, isAllowed, renderNotices, shippedPackages } = (await import(
  pathToFileURL('scripts/lib/licences.mjs').href
)) as typeof import('../../scripts/lib/licences.mjs');

test('only licences that everybody can ship are let through', () => {
  for (const licence of ['MIT', 'Apache-2.0 AND BSD-3-Clause', '(GPL-3.0-only OR MIT)']) {
    assert.ok(isAllowed(licence), licence);
  }
  for (const licence of ['none', 'GPL-3.0-only', 'MIT AND GPL-3.0-only', 'UNLICENSED', '']) {
    assert.ok(!isAllowed(licence), licence);
  }
  const bad = { name: 'bad', version: '1.0.0', licence: 'AGPL-3.0-only', home: '', text: '' };
  assert.throws(() => checkLicences([bad]), /bad 1\.0\.0: AGPL-3\.0-only/);
  checkLicences();
});

test('the notices name what the package and the page ship, and are the ones that are shipped', () => {
  const names = new Set(shippedPackages().map(({ name }) => name));
  // Each of these is named after the package that it takes from; the page has ONNX Runtime Web besides, and nothing has a decoder for Node.
  const libraries = readdirSync('wasm/src/libraries').map((file) => file.replace(/\..*/, ''));
  assert.ok(libraries.length > 5);
  for (const name of [...libraries, 'onnxruntime-web']) assert.ok(names.has(name), name);
  assert.equal(readFileSync('THIRD_PARTY_NOTICES.md', 'utf8'), renderNotices());
});

test('nothing is bundled that the notices do not name', () => {
  checkShipped(['/p/wasm/src/index.ts', '/p/node_modules/@lit/reactive-element/css-tag.js']);
  const strange = ['/p/node_modules/lit/index.js', '/p/node_modules/lit/node_modules/@a/b/c.js'];
  assert.throws(() => checkShipped(strange), /not in THIRD_PARTY_NOTICES\.md: @a\/b/);
});
