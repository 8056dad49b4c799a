/** Folders of thousands of small generated pictures, among which some are copies of others. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { randomFractions } from '../../scripts/lib/random.mjs';
import { cropPixels, mirrorPixels, resizePixels } from './edit.js';
import { writeJpeg } from './jpeg.js';
import { writePng } from './png.js';

const WIDTH = 144;
const HEIGHT = 108;

/** Pictures of one folder. */
const PER_FOLDER = 1000;

/** Rectangles and discs of random colours: as many corners as a photograph of this size has. */
function scene(seed: number): ImageData {
  const next = randomFractions(Math.imul(seed + 1, 2654435761) >>> 0 || 1);
  const data = new Uint8ClampedArray(WIDTH * HEIGHT * 4).fill(255);
  const [red, green, blue] = [next() * 255, next() * 255, next() * 255];
  for (let pixel = 0; pixel < WIDTH * HEIGHT; pixel += 1) {
    const light = (pixel % WIDTH) / WIDTH;
    data.set([red * light, green * (1 - light), blue], pixel * 4);
  }
  for (let shape = 0; shape < 45; shape += 1) {
    const size = 4 + next() * (shape < 10 ? 50 : 16);
    const [x, y] = [next() * WIDTH, next() * HEIGHT];
    const colour = [next() * 255, next() * 255, next() * 255];
    const round = next() < 0.4;
    for (let row = Math.max(0, Math.floor(y)); row < Math.min(HEIGHT, y + size); row += 1) {
      for (
        let column = Math.max(0, Math.floor(x));
        column < Math.min(WIDTH, x + size);
        column += 1
      ) {
        const inside = Math.hypot(column - x - size / 2, row - y - size / 2) < size / 2;
        if (!round || inside) data.set(colour, (row * WIDTH + column) * 4);
      }
    }
  }
  return { data, width: WIDTH, height: HEIGHT, colorSpace: 'srgb' } as ImageData;
}

/** How a copy is made; all of them are found by one machine. */
const EDITS: readonly ((picture: ImageData) => Buffer)[] = [
  (picture) => writeJpeg(picture, 80),
  (picture) => writePng(resizePixels(picture, 2 * WIDTH, 2 * HEIGHT)),
  (picture) => writePng(mirrorPixels(picture)),
  (picture) => writePng(cropPixels(picture, { x: 8, y: 6, width: 128, height: 96 })),
  (picture) => writePng(picture),
];

/**
 * Writes `count` pictures into folders below `folder`. Every `every`-th is a copy of one that was written
 * somewhere before it.
 * @returns the pairs of paths below the folder
 */
export function writePlantedFolder(
  folder: string,
  count: number,
  every: number,
): [original: string, copy: string][] {
  const pairs: [string, string][] = [];
  const nameOf = (number: number): string =>
    `${String(Math.floor(number / PER_FOLDER)).padStart(3, '0')}/${String(number).padStart(7, '0')}.png`;
  for (let number = 0; number < count; number += 1) {
    const name = nameOf(number);
    if (number % PER_FOLDER === 0)
      mkdirSync(`${folder}/${name.split('/')[0]}`, { recursive: true });
    const copied = number % every === every - 1;
    if (!copied) {
      writeFileSync(`${folder}/${name}`, writePng(scene(number)));
      continue;
    }
    // One that is no copy itself; some are copied twice.
    const original = Math.floor((number * 7) / 10 / every) * every;
    const edit = EDITS[Math.floor(number / every) % EDITS.length] ?? writePng;
    writeFileSync(`${folder}/${name}`, edit(scene(original)));
    pairs.push([nameOf(original), name]);
  }
  return pairs;
}
