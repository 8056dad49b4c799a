import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { finished, startCli } from './cli.js';
import { mirrorPixels, resizePixels } from './edit.js';
import { writeJpeg } from './jpeg.js';
import { testPixels } from './pixels.js';
import { writePng } from './png.js';
import { samplePixels } from './samples.js';

/** Names of the pictures in a test folder, in the order in which they are read. */
export const FOLDER_PICTURES = [
  'a/fruit-again.jpg',
  'a/sea-mirrored.png',
  'a/sea.jpg',
  'b/fruit-small.jpg',
  'b/other-fruit.jpg',
  'fruit.jpg',
  'fruit.png',
  'rings-again.png',
  'rings.png',
  'stripes.png',
] as const;

/**
 * A folder with a picture of fruit in four ways (a JPEG file twice, lossless, smaller), the sea and its
 * mirror image, rings twice (`rings.png` is older), pictures with no partner, and what is no picture: an
 * empty file, a text and a link.
 */
export function writeFolder(folder: string): void {
  mkdirSync(`${folder}/a`, { recursive: true });
  mkdirSync(`${folder}/b`);
  const fruit = samplePixels('fruit');
  const fruitFile = writeJpeg(fruit, 92);
  writeFileSync(`${folder}/fruit.jpg`, fruitFile);
  writeFileSync(`${folder}/a/fruit-again.jpg`, fruitFile);
  writeFileSync(`${folder}/fruit.png`, writePng(fruit));
  const [width, height] = [fruit.width >> 1, fruit.height >> 1];
  writeFileSync(`${folder}/b/fruit-small.jpg`, writeJpeg(resizePixels(fruit, width, height), 85));
  copyFileSync('dist/site/samples/sea.jpg', `${folder}/a/sea.jpg`);
  writeFileSync(`${folder}/a/sea-mirrored.png`, writePng(mirrorPixels(samplePixels('sea'))));
  copyFileSync('dist/site/samples/other-fruit.jpg', `${folder}/b/other-fruit.jpg`);
  writeFileSync(`${folder}/stripes.png`, writePng(testPixels(160, 120, 1)));
  const rings = writePng(ringPixels(150));
  writeFileSync(`${folder}/rings.png`, rings);
  writeFileSync(`${folder}/rings-again.png`, rings);
  utimesSync(`${folder}/rings.png`, 1e9, 1e9);
  writeFileSync(`${folder}/empty.jpg`, '');
  writeFileSync(`${folder}/notes.txt`, 'no picture');
  symlinkSync('fruit.jpg', `${folder}/link.jpg`);
}

/** Black and white rings around a corner. */
function ringPixels(side: number): ImageData {
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let pixel = 0; pixel < side * side; pixel += 1) {
    const radius = Math.hypot(pixel % side, Math.floor(pixel / side));
    data.fill(radius % 30 < 15 ? 0 : 255, pixel * 4, pixel * 4 + 3);
  }
  return { data, width: side, height: side, colorSpace: 'srgb' } as ImageData;
}

/** Names and sizes of the files of records in a cache, by path below it. */
export function recordsIn(cache: string): Map<string, number> {
  const names = readdirSync(cache, { recursive: true, encoding: 'utf8' });
  const records = names.filter((name) => name.endsWith('.records')).sort();
  return new Map(records.map((name) => [name, statSync(`${cache}/${name}`).size]));
}

/**
 * Starts the command line and kills it, with SIGKILL, as soon as its cache holds so many bytes.
 * @returns whether it was killed before it ended by itself
 */
export async function killHalfWay(
  args: readonly string[],
  cache: string,
  bytes: number,
): Promise<boolean> {
  const child = startCli(args, { LIKENESS_CACHE_DIR: cache });
  const end = finished(child);
  let ended = false;
  end.finally(() => {
    ended = true;
  });
  while (!ended) {
    const kept = [...recordsIn(cache).values()].reduce((sum, size) => sum + size, 0);
    if (kept >= bytes) child.kill('SIGKILL');
    await wait(5);
  }
  return (await end).code === null;
}
