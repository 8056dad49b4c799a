/** The pictures that are measured with: made by code, the same in Node and browsers. */

/** 12 and 1 megapixels, 4 : 3. */
export const LARGE = { width: 4000, height: 3000 };
export const MEDIUM = { width: 1152, height: 864 };

/**
 * Soft shapes, edges and grain: a JPEG of it takes about as many bits a pixel as a photograph's.
 * @param {{ width: number, height: number }} size
 * @param {number} seed another seed, another picture
 * @returns {Uint8ClampedArray<ArrayBuffer>} RGBA, opaque
 */
export function paintPicture({ width, height }, seed) {
  const across = waves(width, 5 + seed, seed);
  const down = waves(height, 3 + seed, seed + 0.7);
  const data = new Uint8ClampedArray(width * height * 4);
  let state = seed;
  for (let y = 0, at = 0; y < height; y += 1) {
    const vertical = down[y] ?? 0;
    for (let x = 0; x < width; x += 1, at += 4) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const grain = (state >>> 29) - 4;
      const horizontal = across[x] ?? 0;
      const edge = (x * 3 + y * 2) % (width >> 2) < width >> 3 ? 24 : 0;
      data[at] = 128 + 60 * horizontal + 40 * vertical + edge + grain;
      data[at + 1] = 120 + 70 * vertical * horizontal + edge + grain;
      data[at + 2] = 110 - 50 * horizontal + 50 * vertical + grain;
      data[at + 3] = 255;
    }
  }
  return data;
}

/**
 * @param {number} length
 * @param {number} count of periods
 * @param {number} phase
 */
function waves(length, count, phase) {
  return Float32Array.from({ length }, (_, at) =>
    Math.sin((2 * Math.PI * count * at) / length + phase),
  );
}
