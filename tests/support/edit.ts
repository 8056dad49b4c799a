/** Simple edits of RGBA pixels, each a new picture. */

type Point = readonly [x: number, y: number];

/** A picture whose pixel (x, y) is the source's pixel at `from(x, y)`. */
function remap(
  source: ImageData,
  width: number,
  height: number,
  from: (x: number, y: number) => Point,
): ImageData {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [fromX, fromY] = from(x, y);
      const at = (fromY * source.width + fromX) * 4;
      data.set(source.data.subarray(at, at + 4), (y * width + x) * 4);
    }
  }
  return { data, width, height, colorSpace: 'srgb' } as ImageData;
}

/** Left and right exchanged. */
export function mirrorPixels(source: ImageData): ImageData {
  const { width, height } = source;
  return remap(source, width, height, (x, y) => [width - 1 - x, y]);
}

/** Turned clockwise. */
export function turnPixels(source: ImageData, degrees: 90 | 180 | 270): ImageData {
  const { width, height } = source;
  if (degrees === 180) {
    return remap(source, width, height, (x, y) => [width - 1 - x, height - 1 - y]);
  }
  return degrees === 90
    ? remap(source, height, width, (x, y) => [y, height - 1 - x])
    : remap(source, height, width, (x, y) => [width - 1 - y, x]);
}

/** A part. */
export function cropPixels(
  source: ImageData,
  part: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): ImageData {
  return remap(source, part.width, part.height, (x, y) => [part.x + x, part.y + y]);
}

/** All of it transparent. */
export function blankPixels(width: number, height: number): ImageData {
  const data = new Uint8ClampedArray(width * height * 4);
  return { data, width, height, colorSpace: 'srgb' } as ImageData;
}

/** Paints a part in an opaque colour, in place. */
export function fillPixels(
  image: ImageData,
  part: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  colour: readonly [red: number, green: number, blue: number],
): void {
  for (let y = part.y; y < part.y + part.height; y += 1) {
    for (let x = part.x; x < part.x + part.width; x += 1) {
      image.data.set([...colour, 255], (y * image.width + x) * 4);
    }
  }
}

/** Every pixel's luma (ITU-R BT.601) in all three channels. */
export function greyPixels(source: ImageData): ImageData {
  const { width, height } = source;
  const copy = remap(source, width, height, (x, y) => [x, y]);
  for (let at = 0; at < copy.data.length; at += 4) {
    const [red = 0, green = 0, blue = 0] = copy.data.subarray(at, at + 3);
    copy.data.fill(Math.round(0.299 * red + 0.587 * green + 0.114 * blue), at, at + 3);
  }
  return copy;
}

/** Resized by averaging the source pixels under each new one (nearest ones when enlarging). */
export function resizePixels(source: ImageData, width: number, height: number): ImageData {
  const data = new Uint8ClampedArray(width * height * 4);
  const span = (index: number, target: number, length: number): [number, number] => {
    const from = Math.floor((index * length) / target);
    return [from, Math.max(from + 1, Math.floor(((index + 1) * length) / target))];
  };
  for (let y = 0; y < height; y += 1) {
    const [top, bottom] = span(y, height, source.height);
    for (let x = 0; x < width; x += 1) {
      const [left, right] = span(x, width, source.width);
      for (let channel = 0; channel < 4; channel += 1) {
        let sum = 0;
        for (let row = top; row < bottom; row += 1) {
          for (let column = left; column < right; column += 1) {
            sum += source.data[(row * source.width + column) * 4 + channel] ?? 0;
          }
        }
        data[(y * width + x) * 4 + channel] = sum / ((bottom - top) * (right - left));
      }
    }
  }
  return { data, width, height, colorSpace: 'srgb' } as ImageData;
}

/** `patch` laid over `source` with its upper left corner at (x, y), wholly inside. */
export function pastePixels(source: ImageData, patch: ImageData, x: number, y: number): ImageData {
  const result = remap(source, source.width, source.height, (atX, atY) => [atX, atY]);
  for (let row = 0; row < patch.height; row += 1) {
    const from = row * patch.width * 4;
    result.data.set(
      patch.data.subarray(from, from + patch.width * 4),
      ((y + row) * source.width + x) * 4,
    );
  }
  return result;
}
