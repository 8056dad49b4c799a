/** Ten thousand generated images through `<likeness-folder>`: memory, rate and scrolling. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { openPage } from '../support/browser.js';
import { TemporaryDirectory } from '../support/temporary.js';
import type {} from './harness/pictures.js';

/** As much of the element as the test touches. */
interface Folder extends HTMLElement {
  createLikeness: () => Promise<Model>;
}

interface Model {
  memory(): Promise<{ core: number; corePeak: number }>;
}

declare global {
  interface Window {
    /** The model of the element under test. */
    model?: Model;
  }
}

const IMAGES = 10_000;
/** Images that are rendered in one go. */
const AT_ONCE = 50;
const LIMIT = 1e9;

test('ten thousand images stay below 1 GB and scroll', async () => {
  using directory = new TemporaryDirectory();
  const paths = await generate(directory);
  await using opened = await openPage({ directory: 'build/harness', path: 'folder.html' });
  const { page } = opened;
  const element = page.locator('likeness-folder');
  await element.evaluate((node) => {
    const folder = node as Folder;
    const { createLikeness } = folder;
    folder.createLikeness = async () => {
      window.model = await createLikeness();
      return window.model;
    };
  });
  let renderers = 0;
  const watch = setInterval(() => {
    renderers = Math.max(renderers, rendererBytes());
  }, 1000);
  const start = performance.now();
  await element.locator('#files').setInputFiles(paths);
  await element.locator('[data-part=progress][data-state=finished]').waitFor();
  const seconds = (performance.now() - start) / 1000;
  const found = await element.evaluate(async (node) => {
    const list = node.shadowRoot?.querySelector<HTMLElement>('.all');
    if (list === null || list === undefined) throw new Error('no list of images');
    let longest = 0;
    const observer = new PerformanceObserver((entries) => {
      for (const { duration } of entries.getEntries()) longest = Math.max(longest, duration);
    });
    observer.observe({ type: 'longtask' });
    list.scrollIntoView();
    let tiles = 0;
    const height = list.scrollHeight;
    for (let step = 0; step < 200; step += 1) {
      list.scrollTop = (height * step) / 200;
      await new Promise(requestAnimationFrame);
      tiles = Math.max(tiles, list.querySelectorAll('.tile').length);
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
    observer.disconnect();
    const { usedJSHeapSize } = (performance as unknown as { memory: { usedJSHeapSize: number } })
      .memory;
    const memory = await window.model?.memory();
    return { longest, tiles, heap: usedJSHeapSize, core: memory?.corePeak ?? 0 };
  });
  clearInterval(watch);
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
  process.stdout.write(
    `${IMAGES} images, ${(IMAGES / seconds).toFixed(1)} a second; heap ${megabytes(found.heap)} MB, ` +
      `core ${megabytes(found.core)} MB, largest renderer ${megabytes(renderers)} MB resident; ` +
      `longest task while scrolling ${found.longest.toFixed(0)} ms, ${found.tiles} tiles at most\n`,
  );
  assert.ok(found.tiles > 0 && found.tiles < 200, `${found.tiles} tiles in the document`);
  assert.ok(found.heap + found.core < LIMIT);
  assert.ok(renderers < LIMIT, `${renderers} bytes resident`);
  assert.deepEqual(opened.problems, []);
});

/** Writes the images to files, so that nothing of their making is left in the page that reads them. */
async function generate(directory: TemporaryDirectory): Promise<string[]> {
  await using opened = await openPage({ directory: 'build/harness', path: 'folder.html' });
  const { page } = opened;
  await page.waitForFunction('window.pictures');
  const paths: string[] = [];
  for (let first = 0; first < IMAGES; first += AT_ONCE) {
    const files = await page.evaluate(
      async ([from, count]) => {
        const { render, jpeg } = window.pictures;
        const encoded: string[] = [];
        for (let at = from; at < from + count; at += 1) {
          const bytes = new Uint8Array(await (await jpeg(render(at, 256, 192))).arrayBuffer());
          encoded.push(btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')));
        }
        return encoded;
      },
      [first, AT_ONCE] as const,
    );
    for (const [at, file] of files.entries()) {
      const path = directory.file(`${first + at}.jpg`);
      writeFileSync(path, Buffer.from(file, 'base64'));
      paths.push(path);
    }
  }
  return paths;
}

/** Resident bytes of this test's largest renderer process; 0 where there is no /proc. */
function rendererBytes(): number {
  const parents = new Map<number, { parent: number; bytes: number }>();
  let names: string[];
  try {
    names = readdirSync('/proc').filter((name) => /^\d+$/u.test(name));
  } catch {
    return 0;
  }
  for (const name of names) {
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      const parent = Number(/^PPid:\s+(\d+)/mu.exec(status)?.[1]);
      const renderer = readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('--type=renderer');
      const bytes = renderer ? 1024 * Number(/^VmRSS:\s+(\d+)/mu.exec(status)?.[1]) : 0;
      parents.set(Number(name), { parent, bytes });
    } catch {
      // It has ended meanwhile.
    }
  }
  const ours = (id: number): boolean =>
    id === process.pid || (parents.has(id) && ours(parents.get(id)?.parent ?? 0));
  return Math.max(0, ...[...parents].filter(([id]) => ours(id)).map(([, { bytes }]) => bytes));
}
