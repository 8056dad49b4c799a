import { VIEWS } from '../models/manifest.js';
import type { View } from '../types.js';
import { usageError } from './io.js';

/**
 * What `--view` says; undefined where it was not given.
 * @throws LikenessError `invalid-argument`
 */
export function viewFrom(text: string | undefined): View | undefined {
  const view = VIEWS.find((name) => name === text);
  if (text === undefined || view !== undefined) return view;
  throw usageError(`--view takes ${VIEWS.join(' or ')}, not "${text}".`);
}
