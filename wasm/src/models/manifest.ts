/** The models of models/manifest.json, which the build has checked. */
import { LikenessError } from '../errors.js';
import type { ModelEntry } from './entry.js';
import models from './manifest-data.js';

export * from './entry.js';

/** The models that this version of the package knows. */
export function knownModels(): readonly ModelEntry[] {
  return models;
}

/** @throws LikenessError `invalid-argument`, naming the ids that there are */
export function findModel(id: string): ModelEntry {
  const entry = models.find((model) => model.id === id);
  if (entry !== undefined) return entry;
  const ids = models.map((model) => model.id).join(', ');
  throw new LikenessError('invalid-argument', `There is no model "${id}". Choose one of: ${ids}.`);
}
