import { createLikeness } from '../api/likeness.js';
import type { Likeness, LikenessOptions, LoadProgress } from '../types.js';

/** Elements with equal options share a model. */
export type SharedOptions = Pick<LikenessOptions, 'model' | 'modelBaseUrl' | 'view'>;

interface Shared {
  readonly loading: Promise<Likeness>;
  readonly listeners: Set<(progress: LoadProgress) => void>;
  users: number;
}

/** A model that several elements share. */
export interface SharedLikeness {
  readonly likeness: Promise<Likeness>;
  /** Call it when the element no longer needs the model; the last release disposes of it. */
  release(): void;
}

const loaded = new Map<string, Shared>();

/** Loads a model once for all elements that ask for it. A load that failed is not kept. */
export function share(
  options: SharedOptions,
  onProgress: (progress: LoadProgress) => void,
): SharedLikeness {
  const key = JSON.stringify([options.model, options.modelBaseUrl, options.view]);
  const shared = loaded.get(key) ?? load(key, options);
  shared.users += 1;
  shared.listeners.add(onProgress);
  let released = false;
  return {
    likeness: shared.loading,
    release() {
      if (released) return;
      released = true;
      shared.listeners.delete(onProgress);
      shared.users -= 1;
      if (shared.users > 0) return;
      if (loaded.get(key) === shared) loaded.delete(key);
      shared.loading.then(
        (likeness) => likeness.dispose(),
        () => undefined,
      );
    },
  };
}

function load(key: string, options: SharedOptions): Shared {
  const listeners = new Set<(progress: LoadProgress) => void>();
  const loading = createLikeness({
    ...options,
    onProgress(progress) {
      for (const listener of listeners) listener(progress);
    },
  });
  const shared: Shared = { loading, listeners, users: 0 };
  loaded.set(key, shared);
  loading.catch(() => {
    if (loaded.get(key) === shared) loaded.delete(key);
  });
  return shared;
}
