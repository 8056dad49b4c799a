/**
 * tests/data/golden.json through WebAssembly: what the core must compute, to the bit, in Node and
 * in a browser alike. No imports of either, so that both can run it.
 */
import type { CoreModule, Outcome } from '../../dist/package/core/wire.js';
import { bitsOf, fnv1a } from './fnv.js';
import { randomBytes, randomFloats } from './random.js';

/** The fields of golden.json that the module's interface reaches; tests/data/README.md has all. */
export interface Golden {
  readonly tensors: readonly {
    readonly width: number;
    readonly height: number;
    readonly channels: number;
    readonly seed: number;
    readonly fnv1a: string;
  }[];
  readonly pooled: readonly {
    readonly channels: number;
    readonly cells: number;
    readonly seed: number;
    readonly fnv1a: string;
  }[];
  readonly cosines: readonly {
    readonly length: number;
    readonly seedA: number;
    readonly seedB: number;
    readonly bits: string;
  }[];
  readonly calibration: {
    readonly cosine: readonly number[];
    readonly score: readonly number[];
    readonly scores: readonly { readonly cosine: number; readonly bits: string }[];
  };
}

/** What a case should give and what it gave. */
export interface GoldenResult {
  readonly name: string;
  readonly expected: string;
  readonly actual: string;
}

/** Every case of the file. */
export function runGolden(module: CoreModule, golden: Golden): GoldenResult[] {
  return [
    ...golden.tensors.map((item) => ({
      name: `tensor of ${item.width} × ${item.height} × ${item.channels}`,
      expected: item.fnv1a,
      actual: fnv1a(tensorOf(module, item)),
    })),
    ...golden.pooled.map(({ channels, cells, seed, fnv1a: expected }) => ({
      name: `pooled ${channels} × ${cells}`,
      expected,
      actual: fnv1a(
        unwrap(module.globalAveragePool(randomFloats(channels * cells, seed), channels, cells)),
      ),
    })),
    ...golden.cosines.map(({ length, seedA, seedB, bits }) => ({
      name: `cosine of ${length} numbers`,
      expected: bits,
      actual: bitsOf(
        unwrap(
          module.cosineSimilarity(
            'm',
            randomFloats(length, seedA),
            'm',
            randomFloats(length, seedB),
          ),
        ),
      ),
    })),
    ...scoresOf(module, golden.calibration),
  ];
}

function tensorOf(
  module: CoreModule,
  { width, height, channels, seed }: Golden['tensors'][number],
): Float32Array {
  const pixels = randomBytes(width * height * channels, seed);
  const tensorizer = unwrap(
    module.createTensorizer(256, 224, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
  );
  try {
    const region = unwrap(tensorizer.begin(width, height, 255, 255, 255));
    for (let row = 0; row < region.height; row += 1) {
      const first = (region.y + row) * width + region.x;
      const rgba = toRgba(
        pixels.subarray(first * channels, (first + region.width) * channels),
        channels,
      );
      unwrap(tensorizer.stage(rgba.length)).set(rgba);
      unwrap(tensorizer.push(1));
    }
    return unwrap(tensorizer.finish());
  } finally {
    tensorizer.delete();
  }
}

function toRgba(pixels: Uint8Array, channels: number): Uint8Array {
  if (channels === 4) return pixels;
  return Uint8Array.from({ length: (pixels.length / 3) * 4 }, (_, index) =>
    index % 4 === 3 ? 255 : (pixels[Math.floor(index / 4) * 3 + (index % 4)] ?? 0),
  );
}

function scoresOf(module: CoreModule, { cosine, score, scores }: Golden['calibration']) {
  const scorer = unwrap(module.createScorer(cosine, score, 90, 40));
  try {
    return scores.map((item) => ({
      name: `score of cosine ${item.cosine}`,
      expected: item.bits,
      actual: bitsOf(unwrap(scorer.score(item.cosine)).score),
    }));
  } finally {
    scorer.delete();
  }
}

function unwrap<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(`${outcome.code}: ${outcome.message}`);
}
