import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { MemoryMeter } from '../../scripts/lib/memory-meter.mjs';
import { openPage } from './browser.js';

type HeldMemory = Awaited<ReturnType<MemoryMeter['measure']>>;

const MIB = 2 ** 20;

/** How much more may be held at the end than at the start. */
const TOLERANCE = 10 * MIB;

const sum = ({ wasm, heap, buffers }: HeldMemory): number => wasm + heap + buffers;

const inMib = (held: HeldMemory): string =>
  `${(held.wasm / MIB).toFixed(1)} MiB WebAssembly, ${(held.heap / MIB).toFixed(1)} MiB JavaScript, ${(held.buffers / MIB).toFixed(1)} MiB buffers, ${held.workers} workers`;

/** Embeds many images in one page; what is held must not grow after the first of them. */
export async function embedMany(t: TestContext, first: number, last: number): Promise<void> {
  await using opened = await openPage({ directory: 'build/harness' });
  const { page } = opened;
  const meter = await MemoryMeter.attach(page);
  const embed = (from: number, to: number) =>
    page.evaluate(
      async ([start = 0, end = 0]) => {
        const { harness } = window;
        const likeness = await harness.likeness();
        for (let seed = start; seed < end; seed += 2) {
          const [width, height] = [96 + (seed % 64), 64 + (seed % 48)] as const;
          await Promise.all([
            likeness.embed(harness.picture(width, height, seed)),
            likeness.embed(harness.picture(height, width, seed + 1)),
          ]);
        }
      },
      [from, to],
    );
  await page.evaluate(async () => {
    const likeness = await window.harness.likeness();
    // Both workers must be there before anything is measured.
    while ((await likeness.memory()).handles < 2 * likeness.info.workers) {
      const picture = window.harness.picture(64, 64);
      await likeness.compare(picture, picture);
    }
  });
  await embed(0, first);
  const before = await meter.measure();
  await embed(first, last);
  const after = await meter.measure();
  t.diagnostic(`after ${first}: ${inMib(before)}`);
  t.diagnostic(`after ${last}: ${inMib(after)}`);
  assert.ok(before.wasm > MIB && before.workers > 0, inMib(before));
  assert.ok(sum(after) - sum(before) <= TOLERANCE, `${inMib(before)} became ${inMib(after)}`);
  const { ended, remaining } = await endAll(page, meter);
  assert.equal(ended, 'disposed');
  assert.deepEqual([remaining.wasm, remaining.workers], [0, 0]);
}

async function endAll(page: Page, meter: MemoryMeter) {
  const ended = await page.evaluate(async () => {
    const { harness } = window;
    const likeness = await harness.likeness();
    await likeness.dispose();
    return harness.codeOf(likeness.memory());
  });
  // Targets leave a moment after their workers.
  for (;;) {
    const remaining = await meter.measure();
    if (remaining.workers === 0) return { ended, remaining };
  }
}

/** Creates and disposes of many in one page; none may hold more than the first. */
export async function createMany(t: TestContext, cycles: number): Promise<void> {
  await using opened = await openPage({ directory: 'build/harness' });
  const { page } = opened;
  const meter = await MemoryMeter.attach(page);
  const held: HeldMemory[] = [];
  for (let cycle = 1; cycle <= cycles; cycle += 1) {
    await page.evaluate(async () => {
      const { harness } = window;
      const likeness = await harness.createLikeness({ workers: 1 });
      await likeness.embed(harness.picture(120, 90));
      Object.assign(window, { end: () => likeness.dispose() });
    });
    held.push(await meter.measure());
    await page.evaluate(() => (window as unknown as { end(): Promise<void> }).end());
  }
  const [first] = held;
  assert.ok(first !== undefined && first.wasm > MIB);
  for (const now of held) {
    assert.ok(sum(now) - sum(first) <= TOLERANCE, `${inMib(first)} became ${inMib(now)}`);
  }
  t.diagnostic(`cycle 1: ${inMib(first)}`);
  t.diagnostic(`cycle ${cycles}: ${inMib(held.at(-1) ?? first)}`);
}
