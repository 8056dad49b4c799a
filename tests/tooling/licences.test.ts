/** What may be shipped, and the notices that go with it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
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

test('the notices name every dependency, and are the ones that are shipped', () => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const names = new Set(shippedPackages().map(({ name }) => name));
  for (const name of Object.keys(dependencies)) assert.ok(names.has(name), name);
  assert.equal(readFileSync('THIRD_PARTY_NOTICES.md', 'utf8'), renderNotices());
});

test('npm can write the bill of materials of a release', () => {
  const args = ['sbom', '--omit=dev', '--sbom-format=cyclonedx', '--package-lock-only'];
  const sbom = JSON.parse(execFileSync('npm', args, { encoding: 'utf8' })) as {
    bomFormat: string;
    components: { name: string }[];
  };
  assert.equal(sbom.bomFormat, 'CycloneDX');
  assert.ok(sbom.components.some(({ name }) => name === 'onnxruntime-web'));
});
