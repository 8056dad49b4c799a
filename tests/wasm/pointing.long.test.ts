/**
 * The pointing game: one object before two backgrounds. The pair of cells that gives most to the
 * cosine must be the object's, in both pictures.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLikeness, type Grid, type Likeness } from 'image-likeness';
import { cropPixels, pastePixels, resizePixels } from '../support/edit.js';
import { readJpeg } from '../support/jpeg.js';
import { randomFloats } from '../support/random.js';
import {
  FULL_MODEL,
  referencePhotographs,
  withoutModel,
  withoutReference,
} from '../support/reference.js';

const skip = withoutReference || withoutModel;
const COUNT = 200;

/** A picture and where the object is in it. */
interface Composite {
  readonly image: ImageData;
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/** The square in the middle. */
function middleSquare(image: ImageData): ImageData {
  const side = Math.min(image.width, image.height);
  const x = Math.floor((image.width - side) / 2);
  const y = Math.floor((image.height - side) / 2);
  return cropPixels(image, { x, y, width: side, height: side });
}

/** The object at `share` of the short side, at a random place. */
function paste(
  background: ImageData,
  object: ImageData,
  share: number,
  [randomX, randomY]: readonly [number, number],
): Composite {
  const short = Math.min(background.width, background.height);
  const side = Math.round(share * short);
  const place = (length: number, random: number): number => Math.floor(random * (length - side));
  const x = place(background.width, randomX);
  const y = place(background.height, randomY);
  return { image: pastePixels(background, resizePixels(object, side, side), x, y), x, y, side };
}

/** Whether the centre of a cell lies on the object. */
function isOnObject({ image, x, y, side }: Composite, grid: Grid, cell: number): boolean {
  const centreX = (((cell % grid.columns) + 0.5) * image.width) / grid.columns;
  const centreY = ((Math.floor(cell / grid.columns) + 0.5) * image.height) / grid.rows;
  return centreX >= x && centreX < x + side && centreY >= y && centreY < y + side;
}

/** Share of composites whose strongest pair of cells lies on the object in both pictures. */
async function hitRate(likeness: Likeness, share: number): Promise<number> {
  const objects = referencePhotographs('images/caltech101', COUNT);
  const backgrounds = referencePhotographs('images/caltech101-background', 2 * COUNT);
  const places = randomFloats(4 * COUNT, 64);
  let hits = 0;
  for (const [index, path] of objects.entries()) {
    const object = middleSquare(readJpeg(path));
    const composites = [0, 1].map((which) => {
      const background = readJpeg(backgrounds[(2 * index + which * 7) % backgrounds.length] ?? '');
      const at = 4 * index + 2 * which;
      return paste(background, object, share, [places[at] ?? 0, places[at + 1] ?? 0]);
    });
    const [a, b] = composites;
    assert.ok(a !== undefined && b !== undefined);
    const { matchMap } = await likeness.compare(a.image, b.image, { explain: true });
    const [best] = matchMap?.pairs ?? [];
    assert.ok(matchMap !== undefined && best !== undefined);
    const { grid } = matchMap;
    if (isOnObject(a, grid.a, best.a) && isOnObject(b, grid.b, best.b)) hits += 1;
  }
  return hits / COUNT;
}

test('the strongest pair of cells lies on the object that both pictures show', {
  skip,
}, async (t) => {
  await using likeness = await createLikeness({ model: FULL_MODEL });
  const large = await hitRate(likeness, 0.64);
  const small = await hitRate(likeness, 0.5);
  t.diagnostic(`object of 64 % of the short side: ${(100 * large).toFixed(1)} %`);
  t.diagnostic(`object of 50 % of the short side: ${(100 * small).toFixed(1)} %`);
  assert.ok(large >= 0.85, `${large}`);
});
