/** Memory in one page, in short; memory.long.test.ts has the whole of it. */
import { test } from 'node:test';
import { createMany, embedMany } from '../support/memory-run.js';

test('160 embeddings hold what 50 did', (t) => embedMany(t, 50, 160));

test('3 are made and disposed of, and none holds more than the first', (t) => createMany(t, 3));
