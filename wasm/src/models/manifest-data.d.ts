import type { ModelEntry } from './entry.js';

/** The models of models/manifest.json, which the build writes beside this as a module. */
declare const models: readonly ModelEntry[];
export default models;
