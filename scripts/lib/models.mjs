/** Models on this machine, and where the built page looks for them. */
import { mkdir } from 'node:fs/promises';
import { rooted } from './files.mjs';
import { say } from './process.mjs';

/**
 * Puts the default model into dist/site/models/: from this machine, else downloaded.
 * @returns {Promise<boolean>} whether it is there; the reason is printed when it isn't
 */
export async function placeModel() {
  const { DEFAULT_MODEL } = await import(rooted('dist/package/index.js'));
  const { messageOf } = await import(rooted('dist/package/errors.js'));
  const { fetchModel } = await import(rooted('dist/package/models/fetch.js'));
  const { findModel } = await import(rooted('dist/package/models/manifest.js'));
  const directory = rooted('dist/site/models');
  await mkdir(directory, { recursive: true });
  try {
    const { downloaded } = await fetchModel(findModel(DEFAULT_MODEL), directory, {
      onProgress: reportTenths(),
    });
    if (downloaded) say(`downloaded the model ${DEFAULT_MODEL}`);
    return true;
  } catch (error) {
    say(`there is no model ${DEFAULT_MODEL}: ${messageOf(error)}`);
    say(`the page will say so. To get it later: npm run models -- fetch ${DEFAULT_MODEL}`);
    return false;
  }
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

/** @returns {(loaded: number, total: number) => void} */
function reportTenths() {
  let reported = -1;
  return (loaded, total) => {
    const tenths = Math.floor((loaded / total) * 10);
    if (tenths === reported) return;
    reported = tenths;
    say(`downloading the model: ${tenths * 10} %`);
  };
}
