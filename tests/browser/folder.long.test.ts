/** A thousand rendered images through `<likeness-folder>`, with planted copies. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage } from '../support/browser.js';

/** As much of the element as the test touches. */
interface Folder extends HTMLElement {
  add(files: readonly { file: File; path: string }[]): Promise<void>;
}

const ORIGINALS = 880;
const NEAR = 100;
const EXACT = 20;

test('planted copies among a thousand images are found, and a second visit is cheap', async () => {
  await using opened = await openPage({ directory: 'build/harness', path: 'folder.html' });
  const { page } = opened;
  const found = await page.evaluate(
    async ([originals, near, exact]) => {
      let state = 7;
      const random = (): number => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return state / 2 ** 32;
      };
      const colour = (): string =>
        `hsl(${random() * 360} ${20 + random() * 80}% ${10 + random() * 80}%)`;
      const canvasOf = (width: number, height: number) => {
        const canvas = new OffscreenCanvas(width, height);
        const context = canvas.getContext('2d');
        if (context === null) throw new Error('no canvas');
        return { canvas, context };
      };
      const scene = (): OffscreenCanvas => {
        const { canvas, context } = canvasOf(320, 240);
        const sky = context.createLinearGradient(0, 0, random() * 320, 240);
        sky.addColorStop(0, colour());
        sky.addColorStop(1, colour());
        context.fillStyle = sky;
        context.fillRect(0, 0, 320, 240);
        for (let layer = 0; layer < 5; layer += 1) {
          const kind = Math.floor(random() * 6);
          const count = 5 + Math.floor(random() ** 2 * 40);
          const size = (20 + random() * 200) / Math.sqrt(count);
          for (let shape = 0; shape < count; shape += 1) {
            const x = random() * 320;
            const y = random() * 240;
            context.fillStyle = colour();
            context.strokeStyle = colour();
            context.lineWidth = 1 + random() * 12;
            context.beginPath();
            if (kind === 0) context.arc(x, y, size * (0.3 + random()), 0, 7);
            else if (kind === 1) context.rect(x, y, size * random() * 2, size * random() * 2);
            else if (kind === 2) {
              for (let corner = 0; corner < 3; corner += 1)
                context.lineTo(x + (random() - 0.5) * 3 * size, y + (random() - 0.5) * 3 * size);
            } else if (kind === 3) {
              context.moveTo(x, y);
              context.bezierCurveTo(
                random() * 320,
                random() * 240,
                random() * 320,
                random() * 240,
                random() * 320,
                random() * 240,
              );
            } else if (kind === 4)
              context.ellipse(x, y, size * 1.5, size * 0.3, random() * 7, 0, 7);
            else {
              context.font = `bold ${size}px serif`;
              context.fillText(String.fromCodePoint(65 + Math.floor(random() * 58)), x, y);
            }
            if (kind === 3) context.stroke();
            else if (kind !== 5) context.fill();
          }
        }
        return canvas;
      };
      const jpeg = (canvas: OffscreenCanvas, quality = 0.92): Promise<Blob> =>
        canvas.convertToBlob({ type: 'image/jpeg', quality });
      const edit = (source: OffscreenCanvas, kind: number): Promise<Blob> => {
        const { canvas, context } = kind === 1 ? canvasOf(200, 150) : canvasOf(320, 240);
        if (kind === 2) context.drawImage(source, 8, 6, 304, 228, 0, 0, 320, 240);
        else context.drawImage(source, 0, 0, canvas.width, canvas.height);
        if (kind === 3) {
          context.fillStyle = 'white';
          context.fillRect(210, 200, 100, 36);
        }
        return jpeg(canvas, kind === 0 ? 0.5 : 0.85);
      };
      const files: { file: File; path: string }[] = [];
      const put = (blob: Blob, path: string): void => {
        files.push({ file: new File([blob], path, { type: 'image/jpeg' }), path });
      };
      for (let at = 0; at < originals; at += 1) {
        const drawn = scene();
        const blob = await jpeg(drawn);
        put(blob, `${at}`);
        if (at < near) put(await edit(drawn, at % 4), `${at}-near`);
        else if (at < near + exact) put(blob, `${at}-exact`);
      }
      const visit = async () => {
        document.querySelector('likeness-folder')?.remove();
        const folder = document.createElement('likeness-folder') as Folder;
        document.querySelector('main')?.append(folder);
        const start = performance.now();
        await folder.add(files);
        return { folder, time: performance.now() - start };
      };
      const first = await visit();
      const second = await visit();
      let saved: Blob | undefined;
      const { createObjectURL } = URL;
      URL.createObjectURL = (blob) => {
        saved = blob as Blob;
        return createObjectURL(blob);
      };
      second.folder.shadowRoot?.querySelector<HTMLElement>('[data-export=json]')?.click();
      await new Promise((resolve) => setTimeout(resolve, 500));
      const { usedJSHeapSize } = (performance as unknown as { memory: { usedJSHeapSize: number } })
        .memory;
      return {
        json: (await saved?.text()) ?? '{}',
        first: first.time,
        second: second.time,
        heap: usedJSHeapSize,
      };
    },
    [ORIGINALS, NEAR, EXACT] as const,
  );
  const { pairs } = JSON.parse(found.json) as { pairs: { a: string; b: string }[] };
  const planted = (name: string): string => name.split('-')[0] ?? '';
  const right = pairs.filter(({ a, b }) => planted(a) === planted(b)).length;
  const wrong = pairs.filter(({ a, b }) => planted(a) !== planted(b));
  process.stdout.write(
    `found ${right} of ${NEAR + EXACT}, ${wrong.length} wrong; first visit ${(found.first / 1000).toFixed(1)} s, ` +
      `second ${(found.second / found.first).toFixed(3)} of it; heap ${(found.heap / 1e6).toFixed(0)} MB\n`,
  );
  assert.ok(right >= 0.98 * (NEAR + EXACT));
  assert.equal(wrong.length, 0);
  assert.ok(found.second < found.first / 10);
});
