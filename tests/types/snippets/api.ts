// What must compile, and, below each @ts-expect-error, what must not.
import {
  type BuildInfo,
  buildInfo,
  type Comparison,
  createLikeness,
  type Embedding,
  type Likeness,
  LikenessError,
  type LikenessOptions,
} from 'image-likeness';
import { createLikenessCore, hashDistance, type LikenessCore } from 'image-likeness/core';
import { colourOf, MatchMapPair, matchMapStyles } from 'image-likeness/display';
import {
  type CopyGroup,
  createCollection,
  type EmbeddingStore,
  embedFiles,
  type FiledEmbedding,
  withDetails,
} from 'image-likeness/grouping';
import wasmUrl from 'image-likeness/likeness-core.wasm';
import { createLikeness as createStandalone } from 'image-likeness/standalone';

export async function compareAll(a: File, b: HTMLCanvasElement): Promise<string> {
  const options: LikenessOptions = { background: [0, 0, 0], limits: { maxPixels: 1e6 } };
  await using likeness: Likeness = await createLikeness(options);
  const comparison: Comparison = await likeness.compare(a, b, { explain: true });
  const map: Float32Array | undefined = comparison.matchMap?.terms;
  const explained = await likeness.compare(a, b, { explain: true });
  const sameWords: boolean = explained.evidence.samePixels && explained.matchMap.terms.length > 0;
  const embedding: Embedding = await likeness.embed(new URL('https://example.org/a.png'));
  const { score } = await likeness.similarity(embedding, embedding);

  await likeness.compare('https://example.org/a.png', b);
  // @ts-expect-error A number is no picture.
  await likeness.compare(7, b);
  // @ts-expect-error Results can not be changed.
  comparison.score = 3;
  // @ts-expect-error There is no such option.
  await createLikeness({ modelAddress: '/models/' });
  // @ts-expect-error There is no such view.
  await createLikeness({ view: 'left' });
  // @ts-expect-error A colour has three channels.
  await createLikeness({ background: [0, 0] });
  // @ts-expect-error One image is no comparison.
  await likeness.compare(a);
  // @ts-expect-error The map may be missing.
  const sure: Float32Array = comparison.matchMap.terms;
  return `${score} ${map?.length} ${sure.length} ${sameWords}`;
}

export async function remembered(
  likeness: Likeness,
  files: readonly File[],
  kept: Map<string, Embedding>,
): Promise<readonly File[]> {
  const store: EmbeddingStore = {
    get: async (sha256) => kept.get(sha256),
    put: (sha256, embedding) => void kept.set(sha256, embedding),
  };
  const known: File[] = [];
  for await (const result of embedFiles(likeness, files, { store })) {
    // @ts-expect-error There may be none.
    result.embedding.vector;
    if (result.error === undefined && result.known) known.push(result.file);
  }
  // @ts-expect-error A path can't be read.
  embedFiles(likeness, ['a.png']);
  return known;
}

export async function spareOf(likeness: Likeness, files: readonly File[]): Promise<CopyGroup[]> {
  const sources = new Map<FiledEmbedding, File>();
  for (const file of files) {
    const { size: bytes, lastModified: modified } = file;
    const embedding = await likeness.embed(file, { sketch: true });
    sources.set({ ...embedding, file: { bytes, modified } }, file);
  }
  const rater = withDetails(likeness, async (embedding) => {
    const file = sources.get(embedding);
    return file && likeness.detail(file);
  });
  await using collection = createCollection(rater);
  await collection.add(sources.keys());
  // @ts-expect-error They are found in a worker.
  const [first]: CopyGroup[] = collection.groups();
  return first === undefined ? collection.groups() : [first];
}

export function verdictColour({ verdict }: Comparison): string {
  switch (verdict) {
    case 'identical':
    case 'near-duplicate':
      return 'green';
    case 'variant':
      return 'orange';
    case 'similar':
      return 'yellow';
    case 'different':
      return 'red';
  }
}

export function advise(error: unknown): string {
  if (!(error instanceof LikenessError)) return 'unknown';
  // @ts-expect-error Codes are a closed list.
  if (error.code === 'image-too-big') return 'smaller';
  return error.code === 'image-too-large' ? 'smaller' : error.message;
}

export async function hashes(file: Blob): Promise<number> {
  const core: LikenessCore = await createLikenessCore({ wasmUrl });
  const { fingerprint, tensor } = await core.preprocess(file);
  const { dct, gradient } = core.perceptualHash(fingerprint);
  // @ts-expect-error The core needs no browser, and knows no elements.
  await core.preprocess(document.createElement('canvas'));
  // @ts-expect-error Hashes are text.
  hashDistance(1n, 2n);
  return hashDistance(dct, gradient) + tensor.data.length;
}

export function show({ matchMap }: Comparison): void {
  if (matchMap === undefined) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(matchMapStyles);
  const pair = new MatchMapPair(matchMap, { aspects: [1, 1.5], onRead: (text) => text.trim() });
  document.body.append(...pair.overlays);
  const [red]: readonly [number, number, number] = colourOf(0.5);
  // @ts-expect-error Both pictures have an aspect.
  new MatchMapPair(matchMap, { aspects: [red], onRead: () => undefined });
}

export const build: BuildInfo = buildInfo;
// @ts-expect-error The build info can not be changed.
buildInfo.version = '2';
export const sameFunction: typeof createLikeness = createStandalone;
