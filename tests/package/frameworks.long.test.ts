/**
 * Frameworks that render pages on a server, which frameworks/package.json pins: the same app by each, built,
 * started and opened in Chromium. It compares in the browser, and by a route on the server.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { launchBrowser } from '../../scripts/lib/browser.mjs';
import { answering, freePort } from '../support/foreign-server.js';
import { freshFolder, installBeside, run } from '../support/installed.js';
import { tellRuntime } from '../support/outcomes.js';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';

const { project } = installBeside('frameworks');
const pinned = JSON.parse(readFileSync('tests/package/frameworks/package.json', 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>;
};
const named = (name: string): string => `${name} ${pinned.dependencies[name]}`;

const PICTURES = {
  'a.png': writePng(testPixels(300, 200, 1)),
  'b.png': writePng(testPixels(240, 320, 7)),
};
for (const [name, file] of Object.entries(PICTURES)) writeFileSync(join(project, name), file);

/** Compares the files beside the apps. */
const onServer = (entry: string): string => `
  import { readFileSync } from 'node:fs';
  import { createLikeness } from '${entry}';
  export async function scoreHere() {
    const likeness = await createLikeness();
    const [a, b] = ['a.png', 'b.png'].map((name) => readFileSync(${JSON.stringify(`${project}/`)} + name));
    const { score } = await likeness.compare(a, b);
    await likeness.dispose();
    return score;
  }`;

const IN_BROWSER = `
  import { createLikeness } from 'image-likeness';
  export async function scoreInBrowser() {
    const likeness = await createLikeness();
    const [a, b] = ['/a.png', '/b.png'].map((path) => new URL(path, document.baseURI));
    const { score } = await likeness.compare(a, b);
    await likeness.dispose();
    return score;
  }`;

writeFileSync(
  join(project, 'score.mjs'),
  `${onServer('image-likeness')}
   console.log(await scoreHere().catch(({ code, message }) => code + ' ' + message));`,
);
const expected = Number(run(process.execPath, ['score.mjs'], project));

/** An app: its files, how it is built and started. */
interface App {
  /** The package that the table names. */
  readonly framework: string;
  /** Of image-likeness, on the server. */
  readonly entry: string;
  /** The folder whose files are served as they are. */
  readonly assets: string;
  readonly files: Readonly<Record<string, string>>;
  readonly build: readonly [command: string, ...args: string[]];
  readonly server: string;
  readonly route: string;
}

const APPS: Readonly<Record<string, App>> = {
  SvelteKit: {
    framework: '@sveltejs/kit',
    entry: 'image-likeness',
    assets: 'static',
    files: {
      'svelte.config.js': `
        import adapter from '@sveltejs/adapter-node';
        export default { kit: { adapter: adapter() } };`,
      'vite.config.js': `
        import { sveltekit } from '@sveltejs/kit/vite';
        export default { plugins: [sveltekit()] };`,
      'src/app.html': `<!doctype html><html lang="en"><head><meta charset="utf-8">
        <link rel="icon" href="data:,">%sveltekit.head%</head><body>%sveltekit.body%</body></html>`,
      'src/in-browser.js': IN_BROWSER,
      'src/on-server.js': onServer('image-likeness'),
      'src/routes/+page.svelte': `
        <script>
          import { onMount } from 'svelte';
          import { scoreInBrowser } from '../in-browser.js';
          let score = $state('');
          onMount(async () => { score = String(await scoreInBrowser()); });
        </script>
        <output>{score}</output>`,
      'src/routes/score/+server.js': `
        import { scoreHere } from '../../on-server.js';
        export const GET = async () => Response.json({ score: await scoreHere() });`,
    },
    build: ['vite', 'build', '--logLevel', 'warn'],
    server: 'build/index.js',
    route: 'score',
  },
  Astro: {
    framework: 'astro',
    entry: 'image-likeness',
    assets: 'public',
    files: {
      'astro.config.mjs': `
        import node from '@astrojs/node';
        export default { output: 'server', adapter: node({ mode: 'standalone' }) };`,
      'src/in-browser.js': IN_BROWSER,
      'src/on-server.js': onServer('image-likeness'),
      'src/pages/index.astro': `
        <html lang="en"><head><meta charset="utf-8"><title>Test</title><link rel="icon" href="data:,"></head>
        <body><output></output><script>
          import { scoreInBrowser } from '../in-browser.js';
          document.querySelector('output').textContent = String(await scoreInBrowser());
        </script></body></html>`,
      'src/pages/score.js': `
        import { scoreHere } from '../on-server.js';
        export const GET = async () => Response.json({ score: await scoreHere() });`,
    },
    build: ['astro', 'build'],
    server: 'dist/server/entry.mjs',
    route: 'score',
  },
  Nuxt: {
    framework: 'nuxt',
    // What Nitro copies for the server are the scripts alone.
    entry: 'image-likeness/standalone',
    assets: 'public',
    files: {
      // Nuxt asks for Node 22; of all of it, its cssnano alone does not run in Node 20.
      'nuxt.config.ts': `export default defineNuxtConfig({
        compatibilityDate: '2026-11-01',
        telemetry: false,
        postcss: { plugins: { cssnano: false } },
      });`,
      'app/in-browser.js': IN_BROWSER,
      'app/app.vue': `
        <script setup>
          import { onMounted, ref } from 'vue';
          import { scoreInBrowser } from './in-browser.js';
          const score = ref('');
          onMounted(async () => { score.value = String(await scoreInBrowser()); });
        </script>
        <template><output>{{ score }}</output></template>`,
      'server/utils/on-server.js': onServer('image-likeness/standalone'),
      'server/routes/score.js': `
        export default defineEventHandler(async () => ({ score: await scoreHere() }));`,
    },
    build: ['nuxt', 'build'],
    server: '.output/server/index.mjs',
    route: 'score',
  },
};

/** No framework tells its makers of the tests. */
const QUIET = { ASTRO_TELEMETRY_DISABLED: '1', NUXT_TELEMETRY_DISABLED: '1', NODE_ENV: undefined };

for (const [name, app] of Object.entries(APPS)) {
  test(`${name}: in the browser, and on the server`, async (t) => {
    const folder = freshFolder(join(project, name.toLowerCase()), {
      'package.json': JSON.stringify({
        name: name.toLowerCase(),
        private: true,
        type: 'module',
        dependencies: { 'image-likeness': '*' },
      }),
      ...app.files,
    });
    mkdirSync(join(folder, app.assets), { recursive: true });
    for (const [picture, file] of Object.entries(PICTURES)) {
      writeFileSync(join(folder, app.assets, picture), file);
    }
    const [command, ...args] = app.build;
    run(join(project, 'node_modules/.bin', command), args, folder, QUIET);
    await using server = await start(folder, app.server);
    const page = await (await fetch(server.origin)).text();
    assert.match(page, /<output[^>]*><\/output>/, 'the server renders the page without a score');
    const answer = (await (await fetch(`${server.origin}/${app.route}`)).json()) as object;
    assert.deepEqual(answer, { score: expected });
    assert.equal(await scoreInPage(server.origin), String(expected));
    tellRuntime(
      t,
      `${named(app.framework)}, server and Chromium`,
      `the same score; ${app.entry} on the server`,
    );
  });
}

test('Vite, a program for a server', (t) => {
  const folder = freshFolder(join(project, 'vite-ssr'), {
    'package.json': JSON.stringify({ name: 'vite-ssr', private: true, type: 'module' }),
  });
  const built = (entry: string, config: string): string => {
    const program = `${onServer(entry)}
      console.log(await scoreHere().catch(({ code, message }) => code + ' ' + message));`;
    writeFileSync(join(folder, 'server.js'), program);
    writeFileSync(join(folder, 'vite.config.js'), `export default ${config};`);
    const args = ['build', '--ssr', 'server.js', '--logLevel', 'warn'];
    run(join(project, 'node_modules/.bin/vite'), args, folder);
    return run(process.execPath, ['dist/server.js'], folder).trim();
  };
  const all = '{ ssr: { noExternal: true } }';
  assert.equal(Number(built('image-likeness', '{}')), expected);
  assert.equal(Number(built('image-likeness/standalone', all)), expected);
  const named = built('image-likeness', all);
  assert.match(named, /^wasm-load-failed .*import 'image-likeness\/standalone'/);
  assert.equal(
    Number(built('image-likeness', "{ ssr: { noExternal: true, external: ['image-likeness'] } }")),
    expected,
  );
  tellRuntime(
    t,
    `vite ${pinned.dependencies['vite']} build --ssr`,
    'the same score; with noExternal image-likeness/standalone, which the error names',
  );
});

/** What the app shows. */
async function scoreInPage(origin: string): Promise<string | null> {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', ({ message }) => problems.push(message));
    await page.goto(origin);
    const shown = await page.locator('output', { hasText: /\d/ }).textContent();
    assert.deepEqual(problems, []);
    return shown;
  } finally {
    await browser.close();
  }
}

/** Starts a built server. */
async function start(folder: string, script: string) {
  const port = await freePort();
  const server = spawn(process.execPath, [script], {
    cwd: folder,
    env: {
      ...process.env,
      ...QUIET,
      PORT: String(port),
      HOST: '127.0.0.1',
      NITRO_HOST: '127.0.0.1',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const origin = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => void server.kill();
  await answering(server, origin);
  return { origin, [Symbol.asyncDispose]: stop };
}
