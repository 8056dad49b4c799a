/** Memory in one page: nothing grows, however long it is used. */
import { test } from 'node:test';
import { createMany, embedMany } from '../support/memory-run.js';

test('2,000 embeddings hold what 50 did', (t) => embedMany(t, 50, 2000));

test('20 are made and disposed of, and none holds more than the first', (t) => createMany(t, 20));
