/** The sample pictures of the page: rendered here, from nothing but this folder's code. */
import jpeg from 'jpeg-js';
import { develop, type Picture } from './camera.ts';
import { photographSea } from './sea.ts';
import { type Fruit, photographStillLife, type StillLife } from './still-life.ts';

const WIDTH = 400;
const HEIGHT = 300;

/** Rays a pixel: a still life has soft shadows to sample, the sea only its edges. */
const SAMPLES = 28;
const SEA_SAMPLES = 4;

/** Share of the height that a squashed fruit keeps; its centre lies that much above the table. */
const REST = { apple: 0.92, orange: 0.96, lemon: 0.8 } as const;

function fruit(kind: Fruit['kind'], x: number, z: number, radius: number, seed: number): Fruit {
  return { kind, centre: [x, radius * REST[kind], z], radius, seed };
}

const APPLES: StillLife = {
  fruits: [
    fruit('apple', -0.62, 0.1, 0.5, 1.3),
    fruit('apple', 0.42, -0.12, 0.47, 4.1),
    fruit('orange', 0.02, 0.95, 0.5, 2.2),
    fruit('apple', 1.3, 0.75, 0.48, 7.7),
    fruit('lemon', -1.25, -0.45, 0.33, 3.3),
  ],
  camera: {
    position: [0.15, 1.55, -3.6],
    target: [0.05, 0.42, 0.2],
    width: 0.92,
    aperture: 0.05,
    focus: 3.7,
  },
  wall: [0.2, 0.25, 0.24],
  seed: 3,
};

/** The same kind of still life on another day: other fruit, another wall, from closer by. */
const TWO_APPLES: StillLife = {
  fruits: [
    fruit('apple', -0.38, 0.05, 0.55, 9.2),
    fruit('apple', 0.75, 0.55, 0.5, 5.6),
    fruit('lemon', 0.55, -0.62, 0.33, 8.4),
  ],
  camera: {
    position: [1.5, 1.9, -2.9],
    target: [0.12, 0.36, 0.1],
    width: 0.8,
    aperture: 0.05,
    focus: 3.4,
  },
  wall: [0.42, 0.3, 0.16],
  seed: 5,
};

/** Of the JPEG files. */
const QUALITY = 84;

/** File names and contents of the sample pictures; always the same bytes. */
export function renderGallery(): ReadonlyMap<string, Uint8Array> {
  const fruits = encode(develop(photographStillLife(APPLES, SAMPLES), WIDTH, HEIGHT));
  const otherFruits = develop(photographStillLife(TWO_APPLES, SAMPLES), WIDTH, HEIGHT);
  const sea = develop(photographSea(SEA_SAMPLES), WIDTH, HEIGHT);
  return new Map([
    ['fruit.jpg', fruits],
    ['fruit-copy.jpg', withComment(fruits, 'Another file with the very same picture')],
    ['other-fruit.jpg', encode(otherFruits)],
    ['sea.jpg', encode(sea)],
  ]);
}

function encode(picture: Picture): Uint8Array {
  return jpeg.encode(picture, QUALITY).data;
}

/** The same JPEG with a comment segment (ITU-T T.81, B.2.4.5) behind its first marker. */
function withComment(file: Uint8Array, comment: string): Uint8Array {
  const text = new TextEncoder().encode(comment);
  const length = text.length + 2;
  const segment = [0xff, 0xfe, length >> 8, length & 0xff, ...text];
  return Uint8Array.from([...file.subarray(0, 2), ...segment, ...file.subarray(2)]);
}
