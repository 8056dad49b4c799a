import type { Rgb } from '../types.js';

/*
 * A perceptually uniform colour map: equal steps of the value look equally large, and lightness alone
 * distinguishes them, so that it can be read in grey and with any colour vision. From deep blue over
 * purple and orange to pale yellow: a straight line of lightness and hue at constant chroma in OKLCH
 * (B. Ottosson, "A perceptual color space for image processing", 2020), wholly inside sRGB.
 */

const LIGHTNESS = { from: 0.28, to: 0.95 };

/** Degrees. */
const HUE = { from: 285, to: 470 };

/** As vivid as sRGB allows all along the line. */
const CHROMA = 0.15;

/** The colour of a value from 0 to 1, channels 0–255. */
export function colourOf(value: number): Rgb {
  const at = ({ from, to }: { from: number; to: number }): number => from + (to - from) * value;
  const hue = (at(HUE) * Math.PI) / 180;
  return oklabToSrgb(at(LIGHTNESS), CHROMA * Math.cos(hue), CHROMA * Math.sin(hue));
}

/** The matrices are those of Ottosson's article. */
function oklabToSrgb(lightness: number, a: number, b: number): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    gamma(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    gamma(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    gamma(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** IEC 61966-2-1 (sRGB), linear light 0–1 to a byte. */
function gamma(light: number): number {
  const encoded = light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055;
  return Math.round(encoded * 255);
}
