/** What may be shipped, and the notices that go with it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

// Where it stands, and not the copy among the compiled tests: it looks for files around itself.
const { checkLicences, isAllowed, renderNotices, shippedPackages } = (await import(
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

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;

test('the notices name what the package and the page ship, and are the ones that are shipped', () => {
  const names = new Set(shippedPackages().map(({ name }) => name));
  // The page has ONNX Runtime Web, which applications install by themselves. Nothing here has sharp.
  const { sharp: _, ...peers } = manifest.peerDependencies;
  const shipped = { ...manifest.dependencies, ...peers };
  for (const name of Object.keys(shipped)) assert.ok(names.has(name), name);
  assert.equal(readFileSync('THIRD_PARTY_NOTICES.md', 'utf8'), renderNotices());
});
