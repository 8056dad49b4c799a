/** A folder as people have them, with everything in it that may mislead: links, trash, damage, strange names. */
import { linkSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RAW_NAMES, rawPath } from './disk.js';
import { cropPixels, fillPixels, greyPixels, resizePixels } from './edit.js';
import { writeJpeg } from './jpeg.js';
import { testPixels } from './pixels.js';
import { writePng } from './png.js';
import { samplePixels } from './samples.js';

/** A name with what HTML, shells and terminals give a meaning to. */
export const AWKWARD_NAME = `<img src=x onerror="alert('1')"> & $(echo).png`;

/** Copies of the fruit by path in the folder, with a character for each byte; `best.png` is to be kept. */
export const FRUIT = {
  kept: 'fruit/best.png',
  spare: [
    '2019/deep/fruit.jpg',
    '2019/deep/grey.png',
    ...(RAW_NAMES ? ['2019/d\xe9j\xe0/caf\xe9\n.png'] : []),
    'A.PNG',
    'a.png',
  ],
} as const;

/** Another name of the fruit to be kept. */
export const HARD_LINK = 'fruit/deep/hard-link.png';

/** Where the sea was changed to make a variant. */
export const CHANGED_PLACES = [
  { x: 200, y: 150, width: 50, height: 40 },
  { x: 40, y: 40, width: 30, height: 30 },
] as const;

/** Folders that are left out. */
export const OUT_OF_SIGHT = ['#recycle', '.Trash-1000', '.hidden', '@eaDir', '$RECYCLE.BIN'];

/**
 * Writes it.
 * @returns what to name on the command line: the folder in three spellings, and a link to a picture
 */
export function writeRealFolder(folder: string): string[] {
  const put = (name: string, content: Uint8Array | string): void => {
    const path = rawPath(folder, name);
    mkdirSync(rawPath(dirname(path.toString('latin1'))), { recursive: true });
    writeFileSync(path, content);
    utimesSync(path, 1e9, 1e9);
  };
  const fruit = samplePixels('fruit');
  const { width, height } = fruit;
  const half = resizePixels(fruit, width >> 1, height >> 1);
  const [deep = '', grey = '', ...small] = FRUIT.spare;
  put(FRUIT.kept, writePng(fruit));
  put(deep, writeJpeg(fruit, 90));
  put(grey, writePng(greyPixels(fruit)));
  for (const name of small) put(name, writePng(half));
  mkdirSync(join(folder, dirname(HARD_LINK)), { recursive: true });
  linkSync(join(folder, FRUIT.kept), join(folder, HARD_LINK));

  const sea = samplePixels('sea');
  put('sea.png', writePng(sea));
  put('sea-middle.png', writePng(cropPixels(sea, { x: 40, y: 30, width: 320, height: 240 })));
  for (const place of CHANGED_PLACES) fillPixels(sea, place, [0, 0, 0]);
  put(AWKWARD_NAME, writePng(sea));

  const tiles = writePng(testPixels(160, 120, 3));
  put('stripes/one.png', tiles);
  linkSync(join(folder, 'stripes/one.png'), join(folder, 'stripes/two.png'));
  symlinkSync('stripes/one.png', join(folder, 'link.png'));
  symlinkSync('stripes', join(folder, 'link-to-folder'));

  for (const name of OUT_OF_SIGHT) put(`${name}/fruit.png`, readFileSync(join(folder, FRUIT.kept)));
  put('raw/fruit.png', readFileSync(join(folder, FRUIT.kept)));
  put('damaged.jpg', readFileSync(join(folder, deep)).subarray(0, 300));
  put('empty.jpg', '');
  put('clip.mp4', 'no picture');
  for (const name of ['notes.txt', 'more.TXT']) put(name, 'no picture');
  return [folder, `${folder}/stripes/..`, join(folder, 'link-to-folder'), join(folder, 'link.png')];
}
