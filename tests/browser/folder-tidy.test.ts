/** A chosen folder in Chromium's own file system is tidied up: real handles, real writes, a real closed tab. */
import { test } from 'node:test';
import { tidyUp } from '../support/tidy-up.js';

test('copies are moved and come back to the same tree; a tab closed half-way loses nothing', () =>
  tidyUp(30, 12));
