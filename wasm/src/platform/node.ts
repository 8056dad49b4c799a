import { pathToFileURL } from 'node:url';
import { Engine } from '../engine.js';
import type { Platform } from './host.js';
import { nodeRealm } from './node-realm.js';

/** Node: the engine runs in process. */
export const platform: Platform = {
  startEngine: (config, onProgress, signal) => Engine.create(nodeRealm, config, onProgress, signal),
  prepareDrawable: async () => undefined,
  resolveModelBase(base) {
    if (base === undefined) return undefined;
    return base instanceof URL ? base.href : pathToFileURL(base).href;
  },
};
