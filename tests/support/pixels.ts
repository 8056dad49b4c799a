/**
 * Test pictures made from nothing: RGBA, smooth enough for a JPEG and detailed enough to tell
 * positions apart. The same seed always gives the same bytes.
 */
export function testPixels(width: number, height: number, seed = 1): ImageData {
  const data = new Uint8ClampedArray(width * height * 4);
  let state = seed >>> 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const noise = state >>> 28;
      const at = (y * width + x) * 4;
      data[at] = Math.floor((x * 220) / width) + noise;
      data[at + 1] = Math.floor((y * 220) / height) + noise;
      data[at + 2] = (((x >> 4) ^ (y >> 4)) * 37 + seed * 53) & 0xff;
      data[at + 3] = 255;
    }
  }
  return { data, width, height, colorSpace: 'srgb' } as ImageData;
}
