/**
 * The optional reference material: real images, weights and embeddings outside the repository.
 * Tests that need it pass `skip` on to node:test, so that they are reported as skipped without it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLikeness, LikenessError } from 'image-likeness';
import { NO_MODEL } from './page-model.js';

const directory = process.env['LIKENESS_REFERENCE_DIR'];

/** Why tests on the reference material are skipped, or false. */
export const withoutReference: string | false =
  directory === undefined
    ? 'there is no reference material: LIKENESS_REFERENCE_DIR has to name its folder'
    : false;

/** A path inside the reference material. */
export function referencePath(path: string): string {
  if (directory === undefined) throw new Error('LIKENESS_REFERENCE_DIR is not set');
  return join(directory, path);
}

/** The lines of a text file in the reference material. */
export function referenceLines(path: string): string[] {
  return readFileSync(referencePath(path), 'utf8').trim().split(/\r?\n/);
}

/** The model that has to be fetched; the one in the package answers unless it is named. */
export const FULL_MODEL = 'mobilenetv2';

/** Why tests that run the full model are skipped, or false. */
export const withoutModel: string | false = await reasonForNoModel();

async function reasonForNoModel(): Promise<string | false> {
  try {
    await (await createLikeness({ model: FULL_MODEL })).dispose();
    return false;
  } catch (error) {
    if (error instanceof LikenessError && error.code === 'model-load-failed') return NO_MODEL;
    throw error;
  }
}

/** The lossless pictures of the reference material, absolute. */
export function referencePngs(): string[] {
  return readdirSync(referencePath('reference/pillow'))
    .filter((name) => name.startsWith('source-'))
    .sort()
    .map((name) => referencePath(`reference/pillow/${name}`));
}

/** Photographs of a folder of the reference material, absolute: `count` of them, evenly spread. */
export function referencePhotographs(folder: string, count: number): string[] {
  const names = readdirSync(referencePath(folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jpg'))
    .sort();
  const step = names.length / count;
  return Array.from({ length: count }, (_, index) =>
    referencePath(`${folder}/${names[Math.floor(index * step)]}`),
  );
}
