import { crc32, deflateSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Sizes that the manifest asks for, in pixels. */
const SIZES = [192, 512];

/** Samples a pixel, each way. */
const SAMPLES = 4;

type Colour = readonly [red: number, green: number, blue: number, alpha: number];

/** The icon of public/icon.svg: two circles that share something, in a square of 36 units. */
const SIDE = 36;
const RADIUS = 11;
const LEFT: Colour = [0x2f, 0x6f, 0xdb, 255];
const RIGHT: Colour = [0xf0, 0x80, 0x3c, 255];
const SHARED: Colour = [255, 255, 255, 255];
const NOTHING: Colour = [0, 0, 0, 0];
const GROUND: Colour = [0x16, 0x18, 0x1c, 255];

/** Draws the icons that installed pages have, as PNG files. */
export function icons(): Plugin {
  return {
    name: 'likeness-icons',
    apply: 'build',
    generateBundle() {
      for (const size of SIZES) {
        this.emitFile({
          type: 'asset',
          fileName: `icon-${size}.png`,
          source: draw(size, 1, NOTHING),
        });
      }
      // Systems cut a maskable icon to a circle of 80 % of its width.
      this.emitFile({
        type: 'asset',
        fileName: 'icon-maskable.png',
        source: draw(512, 0.75, GROUND),
      });
    },
  };
}

/** @param scale share of the square that the drawing takes */
function draw(size: number, scale: number, ground: Colour): Uint8Array {
  const rows = Buffer.alloc(size * (1 + size * 4));
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const at = y * (1 + size * 4) + 1 + x * 4;
      rows.set(pixel(x, y, size, scale, ground), at);
    }
  }
  return png(size, rows);
}

function pixel(x: number, y: number, size: number, scale: number, ground: Colour): number[] {
  const sum = [0, 0, 0, 0];
  for (let sample = 0; sample < SAMPLES * SAMPLES; sample += 1) {
    const unit = (at: number, step: number): number =>
      (((at + (step + 0.5) / SAMPLES) / size - 0.5) / scale + 0.5) * SIDE;
    const u = unit(x, sample % SAMPLES);
    const v = unit(y, Math.floor(sample / SAMPLES));
    const [red, green, blue, alpha] = colourAt(u, v, ground);
    for (const [channel, value] of [red * alpha, green * alpha, blue * alpha, alpha].entries()) {
      sum[channel] = (sum[channel] ?? 0) + value;
    }
  }
  const alpha = sum[3] ?? 0;
  const colours = sum.slice(0, 3).map((value) => (alpha === 0 ? 0 : Math.round(value / alpha)));
  return [...colours, Math.round(alpha / SAMPLES ** 2)];
}

function colourAt(u: number, v: number, ground: Colour): Colour {
  const left = Math.hypot(u - 13, v - 18) < RADIUS;
  const right = Math.hypot(u - 23, v - 18) < RADIUS;
  if (left && right) return SHARED;
  if (left) return LEFT;
  return right ? RIGHT : ground;
}

/** @param rows RGBA, each row after a 0 */
function png(size: number, rows: Buffer): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const parts = [
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ];
  return Buffer.concat([signature, ...parts]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  whole.set(body, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}
