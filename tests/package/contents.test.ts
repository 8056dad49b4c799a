/** What is in the tarball, what tools that judge packages say, and that importing does nothing. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, posix, resolve } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { installPackage, run } from '../support/installed.js';
import { linksOf } from '../support/markdown.js';

const { project, tarball, files } = installPackage();
const packageRoot = join(project, 'node_modules/image-likeness');
const { resolve: find } = createRequire(resolve('tests/package/package.json'));
const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));

/** Entry points that a program imports; the worker's is for workers only. */
const IMPORTED = [
  'image-likeness',
  'image-likeness/core',
  'image-likeness/in-thread',
  'image-likeness/standalone',
  'image-likeness/display',
  'image-likeness/formats',
  'image-likeness/onnxruntime',
  'image-likeness/onnxruntime/webgpu',
];

/** What an installation may weigh in all, in bytes: the package and what it brings. */
const INSTALLED_BUDGET = 5.25e6;

/** What Node decodes files by where it is installed. */
const DECODERS = ['@jsquash/jxl', 'libheif-js', 'sharp'];

test('nothing is packed that users have no use for', () => {
  const useful = [
    /^(?:package\.json|LICENSE|docs\/page\.png)$/,
    /^(?:README|CHANGELOG|CONTRIBUTING|SECURITY|THIRD_PARTY_NOTICES)\.md$/,
    /^(?:docs|docs\/recipes|models)\/[\w-]+\.md$/,
    /^models\/reports\/[\w-]+\.(?:json|svg)$/,
    /^dist\/package\/[\w./-]+\.(?:js|d\.ts|wasm|onnx)$/,
  ];
  const strange = files.filter((path) => !useful.some((pattern) => pattern.test(path)));
  assert.deepEqual(strange, []);
  assert.deepEqual(
    files.filter((path) => /\.test\.|(?:^|\/)tests?\/|tsbuildinfo|\/standalone\//.test(path)),
    [],
  );
});

test('every link of a packed document leads to a packed file', () => {
  const documents = files.filter((path) => path.endsWith('.md'));
  assert.ok(documents.includes('README.md') && documents.includes('docs/architecture.md'));
  const dead = documents.flatMap((path) =>
    linksOf(readFileSync(join(packageRoot, path), 'utf8'))
      .map((link) => link.replace(/#.*/, ''))
      .filter((file) => file !== '')
      .map((file) => posix.join(dirname(path), file))
      .filter((target) => !files.includes(target))
      .map((target) => `${path}: ${target}`),
  );
  assert.deepEqual(dead, []);
});

test('the first program of the README runs as it stands', () => {
  const [, program = ''] = /```js\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8')) ?? [];
  assert.match(program, /compare/);
  // Tests of bundlers have pictures of the same names in the project itself.
  const folder = join(project, 'readme');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'compare.mjs'), program);
  for (const name of ['a.jpg', 'b.jpg']) {
    copyFileSync('tests/data/baseline.jpg', join(folder, name));
  }
  assert.equal(run(process.execPath, ['compare.mjs'], folder), 'identical 100\n');
});

test('every address in exports, imports and bin is in the tarball', () => {
  const addresses: string[] = [];
  const collect = (value: unknown): void => {
    if (typeof value === 'string') addresses.push(value.replace(/^\.\//, ''));
    else Object.values(value as object).forEach(collect);
  };
  collect([manifest.exports, manifest.imports, manifest.bin]);
  assert.ok(addresses.length > 10);
  for (const address of addresses) assert.ok(files.includes(address), address);
});

test('an installation brings nothing but the package', (context) => {
  // What npm has installed: other tests put links beside it.
  const { packages } = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, unknown>>;
  };
  const places = Object.keys(packages).filter((place) => place && existsSync(join(project, place)));
  const names = places.map((place) => place.replace(/^.*node_modules\//, ''));
  assert.deepEqual(names, ['image-likeness']);
  const bytes = places.reduce((sum, place) => sum + sizeOf(join(project, place)), 0);
  context.diagnostic(`${(bytes / 1e6).toFixed(1)} MB`);
  assert.ok(bytes <= INSTALLED_BUDGET, `${bytes} bytes`);
});

test('nothing else is imported than ONNX Runtime Web, which is optional', () => {
  const imported = files
    .filter((path) => path.endsWith('.js') && !path.endsWith('.standalone.js'))
    .flatMap((path) => [
      ...readFileSync(join(packageRoot, path), 'utf8').matchAll(
        /(?:\bfrom |\bimport\(|^import )'((?:@[\w.-]+\/)?[\w-][\w.-]*)(?:\/[^']*)?'/gm,
      ),
    ])
    .map(([, name = '']) => name)
    // Error messages show how the package's own entries are imported.
    .filter((name) => name !== manifest.name);
  const { peerDependencies, peerDependenciesMeta } = manifest;
  // Node imports decoders by names that bundlers don't see.
  const seen = Object.keys(peerDependencies).filter((name) => !DECODERS.includes(name));
  assert.equal(seen.length, Object.keys(peerDependencies).length - DECODERS.length);
  assert.deepEqual([...new Set(imported)].sort(), seen.sort());
  assert.equal(manifest.dependencies, undefined);
  for (const name of Object.keys(peerDependencies)) {
    assert.equal(peerDependenciesMeta[name]?.optional, true, name);
  }
});

test('types come first, and installing runs nothing of ours', () => {
  for (const [entry, conditions] of Object.entries(manifest.exports)) {
    if (typeof conditions === 'string') continue;
    assert.equal(Object.keys(conditions as object)[0], 'types', entry);
  }
  assert.equal(manifest.type, 'module');
  for (const hook of ['preinstall', 'install', 'postinstall', 'prepare']) {
    assert.equal(manifest.scripts?.[hook], undefined, hook);
  }
});

test('the build says what it is', async () => {
  const { buildInfo } = (await import(
    pathToFileURL(join(packageRoot, 'dist/package/index.js')).href
  )) as typeof import('../../dist/package/index.js');
  const wasm = readFileSync(join(packageRoot, 'dist/package/likeness-core.wasm'));
  assert.equal(buildInfo.version, manifest.version);
  assert.match(buildInfo.commit, /^[0-9a-f]{40}(?:-dirty)?$|^unknown$/);
  assert.equal(buildInfo.wasmSha256, createHash('sha256').update(wasm).digest('hex'));
});

test('publint has no finding', async () => {
  const { publint } = (await import(find('publint'))) as {
    publint(options: object): Promise<{ messages: unknown[] }>;
  };
  const { messages } = await publint({ pkgDir: packageRoot, strict: true, pack: false });
  assert.deepEqual(messages, []);
});

test('attw has no finding', () => {
  const command = join(dirname(find('@arethetypeswrong/cli/package.json')), 'dist/index.js');
  const args = [command, tarball, '--profile', 'esm-only', '--no-emoji', '--no-color'];
  // It fails unless the profile's own rules are all kept.
  assert.match(run(process.execPath, args, project), /image-likeness\/core/);
});

for (const entry of IMPORTED) {
  test(`importing ${entry} does nothing observable in bare Node`, () => {
    writeFileSync(join(project, 'observe.mjs'), observer(entry));
    const observed = run(process.execPath, ['observe.mjs'], project);
    assert.deepEqual(JSON.parse(observed), { globals: [], calls: [], resources: [] });
  });

  test(`importing ${entry} does nothing observable where a server renders pages`, () => {
    // A server that renders pages often has half a browser: a window without a document's abilities.
    const source = `globalThis.window = globalThis; globalThis.self = globalThis;
      globalThis.document = new Proxy({}, { get(_, key) { calls.push('document.' + String(key)); } });
      globalThis.customElements = { define: () => calls.push('define'), get() {} };
      ${observer(entry)}`;
    writeFileSync(
      join(project, 'observe-ssr.mjs'),
      `const calls = [];${source.replace('const calls = [];', '')}`,
    );
    const observed = run(process.execPath, ['observe-ssr.mjs'], project);
    assert.deepEqual(JSON.parse(observed), { globals: [], calls: [], resources: [] });
  });

  test(`importing ${entry} does nothing observable in a worker`, () => {
    writeFileSync(join(project, 'observed-worker.mjs'), observer(entry));
    writeFileSync(
      join(project, 'observe-worker.mjs'),
      `import { Worker } from 'node:worker_threads';
       new Worker(new URL('./observed-worker.mjs', import.meta.url));`,
    );
    const observed = run(process.execPath, ['observe-worker.mjs'], project);
    assert.deepEqual(JSON.parse(observed), { globals: [], calls: [], resources: [] });
  });
}

/** The bytes of all files of a folder, without what links lead to. */
function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

/** A program that imports an entry point and prints what that did: new globals, calls, open handles. */
function observer(entry: string): string {
  return `const calls = [];
    const watch = (owner, name) => {
      const original = owner[name];
      if (original === undefined) return;
      owner[name] = (...args) => { calls.push(name); return original.apply(owner, args); };
    };
    for (const name of ['fetch', 'setTimeout', 'setInterval', 'addEventListener', 'queueMicrotask']) {
      watch(globalThis, name);
    }
    for (const name of ['compile', 'instantiate', 'Module', 'Memory']) watch(WebAssembly, name);
    for (const name of ['log', 'warn', 'error', 'info', 'debug']) watch(console, name);
    const before = new Set(Reflect.ownKeys(globalThis));
    const idle = process.getActiveResourcesInfo().length;
    await import('${entry}');
    const globals = Reflect.ownKeys(globalThis).filter((key) => !before.has(key)).map(String);
    const resources = process.getActiveResourcesInfo().slice(idle);
    process.stdout.write(JSON.stringify({ globals, calls, resources }) + '\\n');`;
}
