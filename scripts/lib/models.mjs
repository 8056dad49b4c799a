/** Models on this machine, and where the built page looks for them. */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { isStale, rooted } from './files.mjs';
import { say } from './process.mjs';

/** The model that the page asks on request, beside the one that is part of it. */
export const FULL_MODEL = 'mobilenetv2';

/** Where the page looks for models, and for the list of them. */
const SITE_MODELS = 'dist/site/models';

/** Where the full model lies as ONNX Runtime reads it, once it has been placed. */
export const PLACED_MODELS = 'build/models';

/**
 * Puts the full model, compressed, into dist/site/models/ when it is on this machine. Nothing is
 * downloaded: without it the embedded model answers.
 * @returns {Promise<boolean>} whether it is there now
 */
export async function placeFullModel() {
  const { placeModel } = await import(rooted('dist/package/cli/models/fetch.js'));
  const { findModel } = await import(rooted('dist/package/models/manifest.js'));
  const placed = await placeModel(findModel(FULL_MODEL), rooted(PLACED_MODELS));
  if (placed === undefined) {
    say(`the embedded model answers; to add the full one: npm run models -- fetch ${FULL_MODEL}`);
    return false;
  }
  await packModel(placed.path, rooted(SITE_MODELS, `${FULL_MODEL}.onnx`));
  await listSiteModels();
  return true;
}

/** Takes the full model away from beside the built page, where an earlier run may have left it. */
export async function removeFullModel() {
  for (const ending of ['onnx.gz', 'onnx.json']) {
    await rm(rooted(SITE_MODELS, `${FULL_MODEL}.${ending}`), { force: true });
  }
  await listSiteModels();
}

/** Writes down which models lie beside the built page, so that it asks for no other. */
export async function listSiteModels() {
  await mkdir(rooted(SITE_MODELS), { recursive: true });
  const names = await readdir(rooted(SITE_MODELS));
  const ids = names.flatMap((name) => /^(.+)\.onnx\.gz$/.exec(name)?.[1] ?? []).sort();
  await writeFile(rooted(SITE_MODELS, 'index.json'), `${JSON.stringify(ids)}\n`);
}

/**
 * Writes a model as a gzip file, with its record if it has one.
 * @param {string} from
 * @param {string} to without the .gz at its end
 */
async function packModel(from, to) {
  await mkdir(dirname(to), { recursive: true });
  await rm(to, { force: true });
  if (existsSync(`${from}.json`)) await copyFile(`${from}.json`, `${to}.json`);
  if (isStale(`${to}.gz`, [from])) {
    await writeFile(`${to}.gz`, gzipSync(await readFile(from), { level: 9 }));
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
