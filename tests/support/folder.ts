import { copyFileSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
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
  'b/stripes-9.png',
  'fruit.jpg',
  'fruit.png',
  'stripes-1.png',
] as const;

/**
 * A folder with a picture of fruit in four ways (the same file twice, its pixels as PNG, smaller), the
 * sea and its mirror image, pictures with no partner, and what is no picture: an empty file, a text and a
 * link.
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
  writeFileSync(`${folder}/stripes-1.png`, writePng(testPixels(160, 120, 1)));
  writeFileSync(`${folder}/b/stripes-9.png`, writePng(testPixels(120, 150, 9)));
  writeFileSync(`${folder}/empty.jpg`, '');
  writeFileSync(`${folder}/notes.txt`, 'no picture');
  symlinkSync('fruit.jpg', `${folder}/link.jpg`);
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
