import { runtimeUrl } from '#assets/runtime';
import type { ByteSource, CoreSource, ModelSupply } from '../engine/environment.js';
import type { ReadOptions } from '../engine/image-processor.js';
import { LikenessError } from '../errors.js';
import { chooseModel } from '../models/custom.js';
import { isEmbedded } from '../models/embedded.js';
import type { ModelEntry } from '../models/manifest.js';
import { bytesFrom } from '../realms.js';
import type { Backend, LikenessOptions, Region } from '../types.js';
import type { AssetSupply, HostEnvironment, Placement } from './host.js';
import { DEFAULT_MODEL, readOptionsFrom } from './read-options.js';

/** The options of `createLikeness`, checked and completed for this platform. */
export interface Plan {
  readonly supply: AssetSupply;
  readonly placement: Placement;
  readonly read: ReadOptions & { readonly entry: ModelEntry };
  readonly threads: number;
  /** In the order in which they are tried; at least one. */
  readonly backends: readonly Backend[];
}

const BACKENDS: readonly Backend[] = ['core', 'wasm', 'webgpu', 'webnn'];

/** Those that compute on the processor. */
const ON_PROCESSOR: readonly (Backend | undefined)[] = ['core', 'wasm'];

/**
 * @param host where engines are to run
 * @throws LikenessError `invalid-argument`, naming the option that is wrong
 */
export function planFrom(options: LikenessOptions, host: HostEnvironment): Plan {
  const model = chooseModel(
    options.model ?? DEFAULT_MODEL,
    options.view,
    host.resolveModelBase(options.modelBaseUrl),
    host.resolveUrl,
  );
  const backends = backendsFrom(options, model.entry, host);
  const { threads, workers } = shareCores(options, backends, host);
  const { workerFactory, runtime } = options;
  if (workerFactory !== undefined && !host.takesWorkerFactory) {
    throw wrong('workerFactory is for browsers; in Node choose a number of workers');
  }
  return {
    supply: {
      model: withFile(model, sourceFrom(options, 'modelUrl', 'modelBinary', host)),
      core: coreFrom(options, host),
      runtime: backends.includes('wasm')
        ? (sourceFrom(options, 'runtimeUrl', 'runtimeBinary', host) ?? builtInRuntime())
        : undefined,
      cache: options.cache ?? true,
    },
    placement: { workers, workerFactory, runtime },
    read: { entry: model.entry, ...readOptionsFrom(options) },
    threads,
    backends,
  };
}

/**
 * Checks the shape of a region; whether it lies inside the picture shows when that is read.
 * @throws LikenessError `invalid-argument`
 */
export function checkedRegion(region: Region | undefined): Region | undefined {
  if (region === undefined) return undefined;
  const { x, y, width, height } = region;
  const sound =
    [x, y, width, height].every(isInt32) && x >= 0 && y >= 0 && width >= 1 && height >= 1;
  if (sound) return { x, y, width, height };
  throw wrong(
    'region must be {x, y, width, height} in whole pixels: x and y from 0, width and height from 1',
  );
}

function backendsFrom(
  { backend = 'auto', runtime, workerFactory }: LikenessOptions,
  { id }: ModelEntry,
  host: HostEnvironment,
): readonly Backend[] {
  if (backend === 'auto') {
    const hasRuntime = host.findsRuntime || runtime !== undefined || workerFactory !== undefined;
    return hasRuntime && !isEmbedded(id) ? ['wasm', 'core'] : ['core'];
  }
  const chosen = typeof backend === 'string' ? [backend] : [...backend];
  const known = chosen.length > 0 && chosen.every((name) => BACKENDS.includes(name));
  if (!known || new Set(chosen).size < chosen.length) {
    throw wrong(`backend must be 'auto', one of ${BACKENDS.join(', ')}, or a list of them`);
  }
  const onCard = typeof backend === 'string' && !ON_PROCESSOR.includes(backend);
  return onCard ? [backend, 'wasm'] : chosen;
}

/** Where threads can't share memory, workers with one thread each are used instead. */
function shareCores(
  options: LikenessOptions,
  [backend]: readonly Backend[],
  host: HostEnvironment,
): { readonly threads: number; readonly workers: number } {
  const { fewestWorkers } = host;
  const asked = options.threads ?? 1;
  if (!isCount(asked, 1)) throw wrong('threads must be a whole number from 1');
  if (options.workers !== undefined && !isCount(options.workers, fewestWorkers)) {
    throw wrong(`workers must be a whole number from ${fewestWorkers}`);
  }
  if (options.workers === 0 && asked > 1) {
    throw wrong('threads above 1 need a worker: leave workers out, or choose 1 or more');
  }
  const threads = backend !== 'core' && host.hasThreads() ? asked : 1;
  const alone = threads > 1 || !ON_PROCESSOR.includes(backend);
  const usual = alone ? 1 : Math.max(host.defaultWorkers(host.cores()), asked);
  const inThisThread = fewestWorkers === 0 && asked === 1;
  return { threads, workers: options.workers ?? (inThisThread ? 0 : usual) };
}

/** A file that the caller gives, by its address or by its bytes. */
function sourceFrom(
  options: LikenessOptions,
  urlName: 'modelUrl' | 'wasmUrl' | 'runtimeUrl',
  binaryName: 'modelBinary' | 'wasmBinary' | 'runtimeBinary',
  host: HostEnvironment,
): ByteSource | undefined {
  const { [urlName]: url, [binaryName]: binary } = options;
  if (url !== undefined && binary !== undefined) {
    throw wrong(`${urlName} and ${binaryName} exclude each other`);
  }
  if (url !== undefined) return { url: host.resolveUrl(url) };
  if (binary === undefined) return undefined;
  const bytes = bytesFrom(binary);
  if (bytes === undefined) throw wrong(`${binaryName} must be a Uint8Array or an ArrayBuffer`);
  return { bytes };
}

function coreFrom(options: LikenessOptions, host: HostEnvironment): CoreSource | undefined {
  const source = sourceFrom(options, 'wasmUrl', 'wasmBinary', host);
  const { wasmModule } = options;
  if (wasmModule === undefined) return source;
  if (source !== undefined) throw wrong('wasmModule excludes wasmUrl and wasmBinary');
  return { module: wasmModule };
}

function builtInRuntime(): ByteSource | undefined {
  const url = runtimeUrl();
  return url && { url: url.href };
}

function withFile(model: ModelSupply, file: ByteSource | undefined): ModelSupply {
  if (file === undefined) return model;
  if (model.file === undefined) return { ...model, file };
  throw wrong(
    'modelUrl and modelBinary are for models of the manifest: yours has its own url or bytes',
  );
}

function isCount(value: unknown, fewest: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= fewest;
}

/** The core counts pixels in 32-bit integers. */
function isInt32(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < 2 ** 31;
}

function wrong(rule: string): LikenessError {
  return new LikenessError('invalid-argument', `${rule}.`);
}
