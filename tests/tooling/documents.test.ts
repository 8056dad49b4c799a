/** The documents: links that lead somewhere, and a README that can be read at once. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { anchorsOf, linksOf } from '../support/markdown.js';

const documents = [
  ...['README', 'CHANGELOG', 'CONTRIBUTING', 'SECURITY'].map((name) => `${name}.md`),
  ...['docs', 'examples', 'models'].flatMap((folder) =>
    readdirSync(folder, { encoding: 'utf8', recursive: true })
      .filter((path) => path.endsWith('.md'))
      .map((path) => join(folder, path)),
  ),
];

test('every link of a document leads to a file, and to a heading in it', () => {
  const dead = documents.flatMap((path) =>
    linksOf(readFileSync(path, 'utf8'))
      .filter((link) => !leadsSomewhere(path, link))
      .map((link) => `${path}: ${link}`),
  );
  assert.deepEqual(dead, []);
});

test('the README has 120 lines at most', () => {
  const lines = readFileSync('README.md', 'utf8').trimEnd().split('\n').length;
  assert.ok(lines <= 120, `${lines} lines: move some of it to docs/`);
});

/** Entries that the API site needs no page for, and why. */
const WITHOUT_PAGE = new Map([
  ['./worker', 'it exports nothing: a browser runs it'],
  ['./onnxruntime/worker', 'it exports nothing: a browser runs it'],
  ['./onnxruntime/webgpu-worker', 'it exports nothing: a browser runs it'],
  ['./element/class', 'image-likeness/element exports the same'],
  ['./element/react', 'it exports nothing: it adds to the types of React'],
  ['./element/vue', 'it exports nothing: it adds to the types of Vue'],
  ['./likeness-core.wasm', 'it is a file, not a module'],
  ['./mobilenetv2-lite.onnx', 'it is a file, not a module'],
  ['./package.json', 'it is a file, not a module'],
]);

test('the API site has every public entry of the package, and no other', () => {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    exports: Record<string, { types: string }>;
  };
  const { entryPoints } = JSON.parse(readFileSync('docs/typedoc.json', 'utf8')) as {
    entryPoints: string[];
  };
  const shown = Object.entries(exports)
    .filter(([entry]) => !WITHOUT_PAGE.has(entry))
    .map(([, { types }]) => types.replace('./dist/package', '../wasm/src').replace('.d.ts', '.ts'));
  assert.deepEqual([...entryPoints].sort(), [...new Set(shown)].sort());
  assert.deepEqual(
    [...WITHOUT_PAGE.keys()].filter((entry) => !(entry in exports)),
    [],
  );
});

function leadsSomewhere(from: string, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? from : join(dirname(from), file);
  if (!existsSync(target)) return false;
  return anchor === undefined || anchorsOf(readFileSync(target, 'utf8')).includes(anchor);
}
