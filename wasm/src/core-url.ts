import type { Assets } from './assets.js';

/**
 * Where `likeness-core.wasm` is. This module, model-url.ts and worker-url.ts lie in one folder with
 * the files they name, and name each by a literal beginning with "./": bundlers that understand
 * `new URL(…, import.meta.url)` find the files, and for those that don't (esbuild, plain Rollup) it is
 * enough to put the files beside what they write.
 */
export const coreUrl: Assets['coreUrl'] = () => new URL('./likeness-core.wasm', import.meta.url);
