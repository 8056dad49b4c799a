/**
 * A perceptually uniform colour map: equal steps of the value are equal steps of lightness to the
 * eye, from deep blue to pale yellow, so that it also reads in grey and with any colour vision.
 * Straight lines in OKLCH (B. Ottosson, "A perceptual color space for image processing", 2020).
 */

type Rgb = readonly [red: number, green: number, blue: number];

/** Lightness, chroma and hue (degrees) of the values 0 and 1. */
const FROM = { lightness: 0.28, chroma: 0.12, hue: 275 };
const TO = { lightness: 0.95, chroma: 0.13, hue: 100 };

/** The colour of a value from 0 to 1, channels 0–255. */
export function colourOf(value: number): Rgb {
  const between = (from: number, to: number): number => from + (to - from) * value;
  const hue = (between(FROM.hue, TO.hue) * Math.PI) / 180;
  const chroma = between(FROM.chroma, TO.chroma);
  return oklabToSrgb(
    between(FROM.lightness, TO.lightness),
    chroma * Math.cos(hue),
    chroma * Math.sin(hue),
  );
}

/** The matrices are those of Ottosson's article. Colours outside sRGB are cut off. */
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
function gamma(linear: number): number {
  const light = Math.min(1, Math.max(0, linear));
  const encoded = light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055;
  return Math.round(encoded * 255);
}
