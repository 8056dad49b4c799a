/** Renders varied pictures in the page: textures, gradients, shapes, noise and colours. */

/** A seeded source of numbers in [0, 1): mulberry32. */
function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Random = () => number;

interface Drawing {
  readonly canvas: OffscreenCanvas;
  readonly context: OffscreenCanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
}

function drawing(width: number, height: number): Drawing {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('no canvas');
  return { canvas, context, width, height };
}

/** Colours of one picture: few hues, all brightnesses. */
function palette(random: Random): () => string {
  const hue = random() * 360;
  const spread = 20 + random() * 160;
  const saturation = random() * 90;
  return () =>
    `hsl(${hue + (random() - 0.5) * 2 * spread} ${saturation + random() * 10}% ${5 + random() * 90}%)`;
}

/** Cells of random colour, stretched over the picture: smooth clouds or hard blocks. */
function clouds(into: Drawing, random: Random, columns: number, strength: number): void {
  const rows = Math.max(1, Math.round((columns * (0.3 + random())) / 1.3));
  const cells = drawing(columns, rows);
  const colour = palette(random);
  for (let at = 0; at < columns * rows; at += 1) {
    cells.context.fillStyle = colour();
    cells.context.fillRect(at % columns, Math.floor(at / columns), 1, 1);
  }
  const { context, width, height } = into;
  context.save();
  context.globalAlpha = strength;
  context.imageSmoothingEnabled = random() < 0.8;
  context.translate(width / 2, height / 2);
  context.rotate(random() < 0.5 ? 0 : random() * 6.3);
  context.drawImage(cells.canvas, -width, -height, 2 * width, 2 * height);
  context.restore();
}

function stripes({ context, width, height }: Drawing, random: Random): void {
  const colour = palette(random);
  context.save();
  context.translate(width / 2, height / 2);
  context.rotate(random() * 6.3);
  for (let at = -width; at < width; ) {
    const step = 2 + random() * 30;
    context.fillStyle = colour();
    context.fillRect(at, -width, step * random(), 2 * width);
    at += step;
  }
  context.restore();
}

function ridges({ context, width, height }: Drawing, random: Random): void {
  const colour = palette(random);
  const layers = 2 + Math.floor(random() * 5);
  for (let layer = 0; layer < layers; layer += 1) {
    const base = height * (0.2 + (0.8 * layer) / layers);
    const waves = [0, 1, 2, 3].map((octave) => [
      2 ** octave * (0.005 + random() * 0.02),
      random() * 7,
      (height * 0.15) / 1.6 ** octave,
    ]);
    context.fillStyle = colour();
    context.beginPath();
    context.moveTo(0, height);
    for (let x = 0; x <= width; x += 2) {
      const rise = waves.reduce(
        (sum, [rate = 0, phase = 0, size = 0]) => sum + size * Math.sin(rate * x + phase),
        0,
      );
      context.lineTo(x, base - rise);
    }
    context.lineTo(width, height);
    context.fill();
  }
}

function branches({ context, width, height }: Drawing, random: Random): void {
  const colour = palette(random);
  const grow = (x: number, y: number, angle: number, size: number): void => {
    if (size < 3) return;
    const toX = x + Math.cos(angle) * size;
    const toY = y + Math.sin(angle) * size;
    context.strokeStyle = colour();
    context.lineWidth = size / 7;
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(toX, toY);
    context.stroke();
    for (let side = -1; side <= 1; side += 2)
      grow(toX, toY, angle + side * (0.2 + random() * 0.6), size * (0.55 + random() * 0.25));
  };
  grow(width * random(), height, -1.2 - random() * 0.8, height * (0.15 + random() * 0.2));
}

function shaded({ context, width, height }: Drawing, random: Random): void {
  const colour = palette(random);
  const count = 1 + Math.floor(random() ** 2 * 25);
  for (let shape = 0; shape < count; shape += 1) {
    const x = random() * width;
    const y = random() * height;
    const radius = ((0.1 + random()) * width) / (1 + Math.sqrt(count));
    const light = context.createRadialGradient(x - radius / 3, y - radius / 3, 0, x, y, radius);
    light.addColorStop(0, colour());
    light.addColorStop(0.6, colour());
    light.addColorStop(1, colour());
    context.fillStyle = light;
    context.beginPath();
    const corners = random() < 0.5 ? 0 : 3 + Math.floor(random() * 6);
    if (corners === 0) context.ellipse(x, y, radius, radius * (0.3 + random()), random() * 6, 0, 7);
    for (let corner = 0; corner < corners; corner += 1) {
      const angle = (corner / corners) * 6.283 + random();
      context.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
    }
    context.fill();
  }
}

function writing({ context, width, height }: Drawing, random: Random): void {
  const colour = palette(random);
  const size = 8 + random() ** 2 * 120;
  const script = [65, 97, 48, 0x3b1, 0x430][Math.floor(random() * 5)] ?? 65;
  for (let y = random() * size; y < height + size; y += size * (1 + random())) {
    context.font = `${random() < 0.5 ? 'bold ' : ''}${size}px ${random() < 0.5 ? 'serif' : 'monospace'}`;
    context.fillStyle = colour();
    const text = Array.from({ length: 3 + Math.floor((2 * width) / size) }, () =>
      random() < 0.15 ? ' ' : String.fromCodePoint(script + Math.floor(random() * 10)),
    ).join('');
    context.fillText(text, -random() * size, y);
  }
}

function hatching({ context, width, height }: Drawing, random: Random): void {
  const colour = palette(random);
  const count = 50 + random() * 600;
  const bend = random() * 60;
  context.lineWidth = 0.5 + random() * 3;
  for (let line = 0; line < count; line += 1) {
    const x = random() * width;
    const y = random() * height;
    context.strokeStyle = colour();
    context.beginPath();
    context.moveTo(x, y);
    context.quadraticCurveTo(x + bend, y - bend * random(), x + bend * random(), y + bend);
    context.stroke();
  }
}

function tiles({ context, width, height }: Drawing, random: Random): void {
  const colour = palette(random);
  const size = 10 + random() * 60;
  const colours = [colour(), colour(), colour(), colour()];
  const round = random() < 0.5;
  context.save();
  context.transform(1, random() - 0.5, random() - 0.5, 1, 0, 0);
  for (let y = -height; y < 2 * height; y += size) {
    for (let x = -width; x < 2 * width; x += size) {
      context.fillStyle = colours[Math.floor(random() * 4)] ?? '';
      context.beginPath();
      if (round) context.arc(x, y, size * (0.2 + 0.3 * random()), 0, 7);
      else context.rect(x, y, size * 0.9, size * 0.9);
      context.fill();
    }
  }
  context.restore();
}

function grain({ context, width, height }: Drawing, random: Random): void {
  const strength = random() ** 3 * 120;
  const image = context.getImageData(0, 0, width, height);
  for (let at = 0; at < image.data.length; at += 4) {
    const noise = (random() - 0.5) * strength;
    for (let channel = at; channel < at + 3; channel += 1)
      image.data[channel] = (image.data[channel] ?? 0) + noise;
  }
  context.putImageData(image, 0, 0);
}

const SUBJECTS = [stripes, ridges, branches, shaded, writing, hatching, tiles];

/** A picture: clouds of light and shade, two or three subjects in random order, clouds over all, grain. */
export function render(seed: number, width = 320, height = 240): OffscreenCanvas {
  const random = randomSource(seed * 7919 + 17);
  const into = drawing(width, height);
  clouds(into, random, 2 + Math.floor(random() * 7), 1);
  clouds(into, random, 8 + Math.floor(random() ** 2 * 60), random() * 0.5);
  const subjects = 1 + Math.floor(random() * 3);
  for (let layer = 0; layer < subjects; layer += 1) {
    SUBJECTS[Math.floor(random() * SUBJECTS.length)]?.(into, random);
  }
  clouds(into, random, 3 + Math.floor(random() * 5), 0.15 + random() * 0.35);
  grain(into, random);
  return into.canvas;
}

/** How a planted near-duplicate is made. */
export type Edit = 'recompress' | 'resize' | 'crop' | 'overlay';

/** An edited copy: quality 50, 62 % of the size, the middle 90 %, or a caption on 4.7 % of the area. */
export function edited(source: OffscreenCanvas, edit: Edit): Promise<Blob> {
  const { width, height } = source;
  const into = edit === 'resize' ? drawing(width * 0.625, height * 0.625) : drawing(width, height);
  const { context } = into;
  if (edit === 'crop') {
    // 0.949² = 0.9 of the area would be a mild crop; this keeps 90 % of each side.
    context.drawImage(
      source,
      width * 0.05,
      height * 0.05,
      width * 0.9,
      height * 0.9,
      0,
      0,
      width,
      height,
    );
  } else context.drawImage(source, 0, 0, into.width, into.height);
  if (edit === 'overlay') {
    context.fillStyle = 'white';
    context.fillRect(width * 0.65, height * 0.83, width * 0.31, height * 0.15);
  }
  return jpeg(into.canvas, edit === 'recompress' ? 0.5 : 0.85);
}

export function jpeg(canvas: OffscreenCanvas, quality = 0.92): Promise<Blob> {
  return canvas.convertToBlob({ type: 'image/jpeg', quality });
}

/** A rendered picture as a file that is named by its seed. */
export async function fileOf(seed: number, width?: number, height?: number): Promise<FolderFile> {
  const image = await jpeg(render(seed, width, height));
  return { file: new File([image], `${seed}.jpg`), path: `${seed}` };
}

interface FolderFile {
  readonly file: File;
  readonly path: string;
}

/** As much of `<likeness-folder>` as tests call in the page. */
interface FolderElement extends HTMLElement {
  add(files: readonly FolderFile[]): Promise<void>;
  readonly updateComplete: Promise<boolean>;
}

/** One more `<likeness-folder>`, in the page. */
export function placeFolder(): FolderElement {
  const folder = document.createElement('likeness-folder') as FolderElement;
  document.querySelector('main')?.append(folder);
  return folder;
}

export interface Pictures {
  readonly render: typeof render;
  readonly edited: typeof edited;
  readonly jpeg: typeof jpeg;
  readonly fileOf: typeof fileOf;
  readonly placeFolder: typeof placeFolder;
}

declare global {
  interface Window {
    pictures: Pictures;
  }
}

window.pictures = { render, edited, jpeg, fileOf, placeFolder };
