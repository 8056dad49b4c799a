/** The same as in folder-tidy.test.ts with 400 pictures. */
import { test } from 'node:test';
import { tidyUp } from '../support/tidy-up.js';

test('400 pictures with 120 copies: decided, moved, undone, and closed half-way', () =>
  tidyUp(400, 120));
