/** Ten thousand generated images through `<likeness-folder>`: memory, rate and scrolling. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { openPage } from '../support/browser.js';
import type { Pictures } from './harness/pictures.js';

/** As much of the element as the test touches. */
interface Folder extends HTMLElement {
  createLikeness: () => Promise<Model>;
  add(files: readonly { file: File; path: string }[]): Promise<void>;
}

interface Model {
  memory(): Promise<{ core: number; corePeak: number }>;
}

const IMAGES = 10_000;
const LIMIT = 1e9;

test('ten thousand images stay below 1 GB and scroll', async () => {
  await using opened = await openPage({ directory: 'build/harness', path: 'folder.html' });
  const { page } = opened;
  await page.waitForFunction('window.pictures');
  let renderers = 0;
  const watch = setInterval(() => {
    renderers = Math.max(renderers, rendererBytes());
  }, 1000);
  const found = await page.evaluate(async (count) => {
    const { render, jpeg } = (window as unknown as { pictures: Pictures }).pictures;
    const files: { file: File; path: string }[] = [];
    for (let at = 0; at < count; at += 1)
      files.push({
        file: new File([await jpeg(render(at, 256, 192))], `${at}.jpg`),
        path: `${at}`,
      });
    const folder = document.querySelector('likeness-folder') as Folder;
    let model: Model | undefined;
    const { createLikeness } = folder;
    folder.createLikeness = async () => {
      model = await createLikeness();
      return model;
    };
    const start = performance.now();
    await folder.add(files);
    const seconds = (performance.now() - start) / 1000;
    const list = folder.shadowRoot?.querySelector<HTMLElement>('.all');
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
    const memory = await model?.memory();
    return { seconds, longest, tiles, heap: usedJSHeapSize, core: memory?.corePeak ?? 0 };
  }, IMAGES);
  clearInterval(watch);
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
  process.stdout.write(
    `${IMAGES} images, ${(IMAGES / found.seconds).toFixed(1)} a second; heap ${megabytes(found.heap)} MB, ` +
      `core ${megabytes(found.core)} MB, largest renderer ${megabytes(renderers)} MB resident; ` +
      `longest task while scrolling ${found.longest.toFixed(0)} ms, ${found.tiles} tiles at most\n`,
  );
  assert.ok(found.tiles > 0 && found.tiles < 200, `${found.tiles} tiles in the document`);
  assert.ok(found.heap + found.core < LIMIT);
  assert.ok(renderers < LIMIT, `${renderers} bytes resident`);
  assert.deepEqual(opened.problems, []);
});

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
