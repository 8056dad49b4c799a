/** The recipe for LanceDB, which installs 180 MB: in a package folder of its own. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { freshFolder, installBeside, run } from '../support/installed.js';
import { tellRuntime } from '../support/outcomes.js';
import {
  ASKED,
  answersOf,
  assertNearest,
  STORED,
  writePrograms,
} from '../support/vector-recipes.js';

const { project } = installBeside('lancedb');

/** Prints what is near to a vector among that one and zeros. */
const ZEROS = `import { connect } from '@lancedb/lancedb';
const database = await connect('zeros.lancedb');
const table = await database.createTable('zeros', [
  { id: 'one', vector: [1, 2] },
  { id: 'zero', vector: [0, 0] },
]);
const near = await table.vectorSearch([1, 2]).distanceType('cosine').limit(5).toArray();
console.log(near.map(({ id }) => id).join());`;

test('LanceDB: the neighbours are those of likeness.nearest, and zeros are never found', async (t) => {
  const folder = freshFolder(join(project, 'recipe'), { 'zeros.mjs': ZEROS });
  await writePrograms(folder);
  const answers = await answersOf(process.execPath, ['lancedb.mjs', ASKED.id], folder);
  await assertNearest(ASKED, STORED, answers);
  assert.equal(run(process.execPath, ['zeros.mjs'], folder), 'one\n');
  tellRuntime(t, 'LanceDB', 'finds the neighbours that likeness.nearest finds');
});
