/**
 * tests/data/golden.json through WebAssembly: what the core must compute, to the bit, in Node and
 * in a browser alike. No imports of either, so that both can run it.
 */
import type {
  CoreModule,
  Outcome,
  WireInput,
  WirePreprocessSpec,
} from '../../dist/package/binding/wire.js';
import { bitsOf, fnv1a } from './fnv.js';
import { randomBytes, randomFloats } from './random.js';

/** The fields of golden.json that the module's interface reaches; tests/data/README.md has all. */
export interface Golden {
  readonly tensors: readonly {
    readonly view: 'whole' | 'centre';
    readonly width: number;
    readonly height: number;
    readonly channels: number;
    readonly seed: number;
    /** Width and height. */
    readonly input: readonly [number, number];
    readonly fnv1a: string;
  }[];
  readonly networks: readonly {
    /** Whose weights are in models/. */
    readonly model: string;
    /** Width and height. */
    readonly input: readonly [number, number];
    readonly seed: number;
    /** Columns and rows. */
    readonly grid: readonly [number, number];
    readonly fnv1a: string;
    readonly pooled: string;
  }[];
  readonly pooled: readonly {
    readonly channels: number;
    readonly cells: number;
    readonly seed: number;
    readonly fnv1a: string;
    readonly weighed: string;
  }[];
  readonly cosines: readonly {
    readonly length: number;
    readonly seedA: number;
    readonly seedB: number;
    readonly bits: string;
  }[];
  readonly fingerprints: readonly {
    readonly width: number;
    readonly height: number;
    readonly channels: number;
    readonly seed: number;
    readonly digest: string;
    readonly greyscale: boolean;
    readonly luma: string;
    readonly fullLuma: string;
  }[];
  readonly comparisons: readonly {
    readonly seedA: number;
    readonly seedB: number;
    /** Columns and rows of blocks that the second picture lacks. */
    readonly cut: number;
    readonly samePixels: boolean;
    readonly copy: string;
    readonly registered: boolean;
    /** How many. */
    readonly changes: number;
    readonly matrix: string;
    readonly agreement: string;
    readonly covered: string;
  }[];
  readonly matchMaps: readonly {
    readonly channels: number;
    /** Columns and rows. */
    readonly gridA: readonly [number, number];
    readonly gridB: readonly [number, number];
    readonly seedA: number;
    readonly seedB: number;
    readonly cosine: string;
    readonly firstOfA: string;
    readonly lastOfB: string;
    readonly terms: string;
    readonly heatOfA: string;
  }[];
  readonly featureMaps: readonly {
    readonly channels: number;
    readonly cells: number;
    readonly seedA: number;
    readonly seedB: number;
    readonly seedMean: number;
    readonly cosine: string;
    readonly score: string;
    readonly centredA: string;
    readonly centredCosine: string;
    readonly centredScore: string;
  }[];
  readonly indexes: readonly {
    readonly count: number;
    readonly length: number;
    readonly seed: number;
    readonly k: number;
    readonly computed: number;
    readonly rows: string;
    readonly cosines: string;
    readonly pairwise: string;
  }[];
  readonly calibration: {
    readonly cosine: readonly number[];
    readonly score: readonly number[];
    readonly scores: readonly { readonly cosine: number; readonly bits: string }[];
  };
}

/** Pixels a cell of the heat maps in golden.json. */
const HEAT_CELL = 5;

/** For cases that don't depend on it. */
export const ANY_CALIBRATION = {
  fitted: false,
  cosine: [-1, 1],
  score: [0, 100],
  probability: [0, 1],
  similar: 50,
};

/** What a case should give and what it gave. */
export interface GoldenResult {
  readonly name: string;
  readonly expected: string;
  readonly actual: string;
}

/**
 * Every case of the file.
 * @param weights of mobilenetv2-lite, the one network in it
 */
export function runGolden(module: CoreModule, golden: Golden, weights: Uint8Array): GoldenResult[] {
  return [
    ...golden.tensors.flatMap((item) => tensorOf(module, item)),
    ...golden.networks.flatMap((item) => networkOf(module, item, weights)),
    ...golden.pooled.flatMap((item) => {
      const { channels, cells, seed } = item;
      const map = randomFloats(channels * cells, seed);
      return compareFields(`pooled ${channels} × ${cells}`, item, {
        fnv1a: fnv1a(unwrap(module.globalAveragePool(map, channels, cells))),
        weighed: fnv1a(unwrap(module.weighCells(map, channels, cells))),
      });
    }),
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
    ...golden.fingerprints.flatMap((item) => fingerprintOf(module, item)),
    ...golden.comparisons.flatMap((item) => comparisonOf(module, item)),
    ...golden.matchMaps.flatMap((item) => matchMapOf(module, item)),
    ...featureMapsOf(module, golden),
    ...golden.indexes.flatMap((item) => indexOf(module, item)),
    ...scoresOf(module, golden.calibration),
  ];
}

function tensorOf(module: CoreModule, item: Golden['tensors'][number]) {
  const { data, dims } = inputOf(module, item).tensor;
  const name = `tensor of ${item.width} × ${item.height} × ${item.channels}, ${item.view}`;
  return compareFields(name, item, { input: [dims[3], dims[2]], fnv1a: fnv1a(data) });
}

function networkOf(module: CoreModule, item: Golden['networks'][number], weights: Uint8Array) {
  const [width, height] = item.input;
  const network = unwrap(module.createNetwork(weights));
  try {
    const input = {
      data: randomFloats(3 * width * height, item.seed),
      dims: [1, 3, height, width],
    };
    const { data, dims } = unwrap(network.run(input));
    const [, channels = 0, rows = 0, columns = 0] = dims;
    const pooled = unwrap(module.globalAveragePool(data, channels, rows * columns));
    return compareFields(`network on ${width} × ${height}`, item, {
      grid: [columns, rows],
      fnv1a: fnv1a(data),
      pooled: fnv1a(pooled),
    });
  } finally {
    network.delete();
  }
}

/** A generated picture. */
type Picture = Pick<Golden['tensors'][number], 'width' | 'height' | 'channels' | 'seed'> &
  Partial<Pick<Golden['tensors'][number], 'view'>>;

const PREPROCESS = {
  view: 'whole',
  side: 224,
  stride: 32,
  resize: 256,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
} as const;

function inputOf(
  module: CoreModule,
  { width, height, channels, seed, view = 'whole' }: Picture,
): WireInput {
  const pixels = randomBytes(width * height * channels, seed);
  return readPicture(module, { ...PREPROCESS, view }, width, toRgba(pixels, channels));
}

/** @param rgba whole rows */
function readPicture(
  module: CoreModule,
  spec: WirePreprocessSpec,
  width: number,
  rgba: Uint8Array,
): WireInput {
  const stride = width * 4;
  const height = rgba.length / stride;
  const processor = unwrap(module.createImageProcessor(spec));
  try {
    unwrap(processor.begin(width, height, width, height, 255, 255, 255, true, true, true));
    for (let row = 0; row < height; row += 1) {
      unwrap(processor.stage(stride)).set(rgba.subarray(row * stride, (row + 1) * stride));
      unwrap(processor.push(1));
    }
    return unwrap(processor.finish());
  } finally {
    processor.delete();
  }
}

function toRgba(pixels: Uint8Array, channels: number): Uint8Array {
  if (channels === 4) return pixels;
  return Uint8Array.from({ length: (pixels.length / 3) * 4 }, (_, index) =>
    index % 4 === 3 ? 255 : (pixels[Math.floor(index / 4) * 3 + (index % 4)] ?? 0),
  );
}

/** Field by field; `expected` holds at least the fields of `actual`. */
function compareFields(
  name: string,
  expected: Readonly<Record<string, unknown>>,
  actual: Readonly<Record<string, unknown>>,
): GoldenResult[] {
  return Object.entries(actual).map(([field, value]) => ({
    name: `${field} of ${name}`,
    expected: String(expected[field]),
    actual: String(value),
  }));
}

function fingerprintOf(module: CoreModule, item: Golden['fingerprints'][number]) {
  const { fingerprint } = pixelsOf(inputOf(module, item));
  const { digest, greyscale, luma, fullLuma } = fingerprint;
  return compareFields(`fingerprint ${item.seed}`, item, {
    digest,
    greyscale,
    luma: fnv1a(luma),
    fullLuma: fnv1a(fullLuma),
  });
}

function pixelsOf({ fingerprint, detail }: WireInput) {
  if (fingerprint === undefined || detail === undefined) throw new Error('something is missing');
  return { fingerprint, detail };
}

/** Blocks of 24 × 24 pixels of random colours, 20 × 15 of them without the first `cut` either way. */
function blocksOf(module: CoreModule, seed: number, cut: number) {
  const [block, columns, rows] = [24, 20, 15];
  const colours = randomBytes(3 * columns * rows, seed);
  const [width, height] = [(columns - cut) * block, (rows - cut) * block];
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3);
    const row = Math.floor(Math.floor(pixel / width) / block) + cut;
    const column = Math.floor((pixel % width) / block) + cut;
    return colours[3 * (row * columns + column) + (at % 3)] ?? 0;
  });
  return pixelsOf(readPicture(module, PREPROCESS, width, toRgba(rgb, 3)));
}

function comparisonOf(module: CoreModule, item: Golden['comparisons'][number]) {
  const a = blocksOf(module, item.seedA, 0);
  const b = blocksOf(module, item.seedB, item.cut);
  const scorer = unwrap(module.createScorer(ANY_CALIBRATION));
  try {
    const { samePixels, copy, registration, changes } = unwrap(scorer.examine(a, b));
    return compareFields(`comparison ${item.seedA} and ${item.seedB}`, item, {
      samePixels,
      copy,
      registered: registration !== undefined,
      changes: changes.length,
      ...(registration && {
        matrix: fnv1a(Float64Array.from(registration.matrix)),
        agreement: bitsOf(registration.agreementA),
        covered: bitsOf(registration.coveredA),
      }),
    });
  } finally {
    scorer.delete();
  }
}

function matchMapOf(module: CoreModule, item: Golden['matchMaps'][number]) {
  const { channels, seedA, seedB } = item;
  const [a, b] = [item.gridA, item.gridB].map(([columns, rows]) => ({ columns, rows }));
  if (a === undefined || b === undefined) throw new Error('a match map takes two grids');
  const map = unwrap(
    module.matchMap(
      randomFloats(channels * a.columns * a.rows, seedA),
      randomFloats(channels * b.columns * b.rows, seedB),
      channels,
      a,
      b,
      1,
      HEAT_CELL,
    ),
  );
  return compareFields(`match map ${seedA}`, item, {
    cosine: bitsOf(map.cosine),
    firstOfA: bitsOf(map.a.at(0) ?? Number.NaN),
    lastOfB: bitsOf(map.b.at(-1) ?? Number.NaN),
    terms: fnv1a(map.terms),
    heatOfA: fnv1a(map.heatA),
  });
}

function indexOf(module: CoreModule, item: Golden['indexes'][number]) {
  const { count, length, seed, k } = item;
  const index = module.createIndex();
  try {
    unwrap(index.stage(count * length)).set(randomFloats(count * length, seed));
    unwrap(index.add('m', length));
    unwrap(index.beginSearch('m', randomFloats(length, seed + 1), k));
    index.continueSearch(count);
    const { rows, cosines, computed } = index.endSearch();
    return compareFields(`index ${seed}`, item, {
      computed,
      rows: fnv1a(rows),
      cosines: fnv1a(cosines),
      pairwise: fnv1a(unwrap(index.pairwise(0, count))),
    });
  } finally {
    index.delete();
  }
}

/** The whole way that the core goes behind the network: centring, pooling, cosine, score. */
function featureMapsOf(module: CoreModule, { featureMaps, calibration }: Golden) {
  const scorer = createScorer(module, calibration);
  try {
    return featureMaps.flatMap((item) => {
      const { channels, cells, seedA, seedB, seedMean } = item;
      const mean = randomFloats(channels, seedMean);
      const embed = (map: Float32Array) => unwrap(module.globalAveragePool(map, channels, cells));
      const cosineOf = (x: Float32Array, y: Float32Array) =>
        unwrap(module.cosineSimilarity('m', embed(x), 'm', embed(y)));
      const centred = (map: Float32Array) => unwrap(module.centre(map, channels, cells, mean));
      const a = randomFloats(channels * cells, seedA);
      const b = randomFloats(channels * cells, seedB);
      const centredA = centred(a);
      const cosine = cosineOf(a, b);
      const centredCosine = cosineOf(centredA, centred(b));
      return compareFields(`feature maps ${seedA} and ${seedB}`, item, {
        cosine: bitsOf(cosine),
        score: bitsOf(unwrap(scorer.rate([cosine], [cosine], null, null)).score),
        centredA: fnv1a(centredA),
        centredCosine: bitsOf(centredCosine),
        centredScore: bitsOf(unwrap(scorer.rate([cosine], [centredCosine], null, null)).score),
      });
    });
  } finally {
    scorer.delete();
  }
}

function createScorer(module: CoreModule, { cosine, score }: Golden['calibration']) {
  const probability = score.map((value) => value / 100);
  return unwrap(module.createScorer({ ...ANY_CALIBRATION, cosine, score, probability }));
}

function scoresOf(module: CoreModule, calibration: Golden['calibration']) {
  const { scores } = calibration;
  const scorer = createScorer(module, calibration);
  try {
    return scores.map((item) => ({
      name: `score of cosine ${item.cosine}`,
      expected: item.bits,
      actual: bitsOf(unwrap(scorer.rate([item.cosine], [item.cosine], null, null)).score),
    }));
  } finally {
    scorer.delete();
  }
}

function unwrap<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(`${outcome.code}: ${outcome.message}`);
}
