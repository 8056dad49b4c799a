/** Models on this machine, and where the built page looks for them. */
import { rooted } from './files.mjs';
import { say } from './process.mjs';

/** The model that the page asks on request, beside the one that is part of it. */
export const FULL_MODEL = 'mobilenetv2';

/**
 * Puts the full model into dist/site/models/ when it is on this machine. Nothing is downloaded:
 * without it the embedded model answers.
 * @returns {Promise<boolean>} whether it is there now
 */
export async function placeFullModel() {
  const { placeModel } = await import(rooted('dist/package/models/fetch.js'));
  const { findModel } = await import(rooted('dist/package/models/manifest.js'));
  const placed = await placeModel(findModel(FULL_MODEL), rooted('dist/site/models'));
  if (placed !== undefined) return true;
  say(`the embedded model answers; to add the full one: npm run models -- fetch ${FULL_MODEL}`);
  return false;
}

/**
 * Which models of the manifest are on this machine; says how to get the others.
 * @returns {Promise<{ present: string[], missing: string[] }>} ids
 */
export async function findModels() {
  const { createLikeness } = await import(rooted('dist/package/index.js'));
  const { knownModels } = await import(rooted('dist/package/models/manifest.js'));
  const present = [];
  const missing = [];
  for (const { id } of knownModels()) {
    try {
      await (await createLikeness({ model: id })).dispose();
      present.push(id);
    } catch (error) {
      if (/** @type {{ code?: string }} */ (error).code !== 'model-load-failed') throw error;
      say(`${id} is not on this machine: npm run models -- fetch ${id}`);
      missing.push(id);
    }
  }
  return { present, missing };
}
