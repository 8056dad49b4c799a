/** A folder of large photographs: drafts can't tell some of them from others. */
import { copyFileSync } from 'node:fs';
import sharp, { type Sharp } from 'sharp';
import type { TemporaryDirectory } from './temporary.js';

/** Of each, in pixels: just enough for a draft. */
export const WIDTH = 3072;
const HEIGHT = 1536;

/** A sample as a camera would have taken it: enlarged, with grain. */
async function photograph(name: string, seed: number): Promise<Sharp> {
  const { data } = await sharp(`dist/site/samples/${name}.jpg`)
    .resize(WIDTH, HEIGHT, { fit: 'fill' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  let state = seed;
  for (let at = 0; at < data.length; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[at] = Math.min(255, Math.max(0, (data[at] ?? 0) + (state >>> 29) - 4));
  }
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
}

/** Eight pictures that have copies or variants, and two that have none. */
export async function makePhotographs(directory: TemporaryDirectory): Promise<void> {
  const fruit = await photograph('fruit', 1);
  const kept = directory.file('fruit.jpg');
  await fruit.clone().jpeg({ quality: 92 }).toFile(kept);
  copyFileSync(kept, directory.file('fruit-again.jpg'));
  // The same pixels in another file, and other pixels that a draft can't tell from them.
  await sharp(kept).png({ compressionLevel: 1 }).toFile(directory.file('fruit-lossless.png'));
  await fruit.clone().jpeg({ quality: 60 }).toFile(directory.file('fruit-saved.jpg'));
  await sharp(kept).rotate(90).jpeg().toFile(directory.file('fruit-turned.jpg'));
  const part = { left: 300, top: 100, width: 2600, height: 1300 };
  await sharp(kept)
    .extract(part)
    .resize(WIDTH, HEIGHT)
    .jpeg()
    .toFile(directory.file('fruit-cut.jpg'));
  const small = await sharp(kept).resize(800).toBuffer();
  await sharp(small).resize(WIDTH, HEIGHT).jpeg().toFile(directory.file('fruit-enlarged.jpg'));
  const patch = await sharp('dist/site/samples/sea.jpg').resize(700, 600).toBuffer();
  const pasted = sharp(kept).composite([{ input: patch, left: 1900, top: 800 }]);
  await pasted.jpeg().toFile(directory.file('fruit-pasted.jpg'));
  for (const [seed, name] of ['sea', 'other-fruit'].entries()) {
    await (await photograph(name, seed + 2)).jpeg().toFile(directory.file(`${name}.jpg`));
  }
}
