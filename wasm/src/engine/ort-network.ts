import type { InferenceSession } from 'onnxruntime-web/wasm';
import { asLikenessError, EngineLostError, LikenessError } from '../errors.js';
import { freeSides } from '../models/free-sides.js';
import { type ModelEntry, strideOf } from '../models/manifest.js';
import { isFloat32Array } from '../realms.js';
import type { Backend, Tensor } from '../types.js';
import type { OnnxRuntimeModule, RuntimeLoader } from './environment.js';
import type { Network, NetworkOptions } from './network.js';

/** A GPUDevice, as far as it is used here; TypeScript's DOM library does not know it yet. */
interface GraphicsDevice {
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
}

/** A network that ONNX Runtime Web computes. */
export class OrtNetwork implements Network {
  private loss: EngineLostError | undefined;
  private rejectRun: (error: EngineLostError) => void = () => undefined;

  private constructor(
    private readonly runtime: OnnxRuntimeModule,
    private readonly session: InferenceSession,
    private readonly entry: ModelEntry,
  ) {}

  /**
   * Starts ONNX Runtime (once a thread) and builds a session, which for the view `whole` takes inputs of
   * any shape. The graph is optimised in a fixed way and the number of threads is given, so that
   * WebAssembly gives the same bits everywhere.
   * @param load loads ONNX Runtime; undefined where there is none
   * @param model bytes of an ONNX file whose hash has been checked
   * @param binary ONNX Runtime's .wasm for the WebAssembly backend, if it is not to find it by itself
   * @throws LikenessError `backend-failed`
   */
  static async create(
    load: RuntimeLoader | undefined,
    model: Uint8Array,
    entry: ModelEntry,
    { backend, threads }: NetworkOptions = { backend: 'wasm', threads: 1 },
    binary?: Uint8Array,
  ): Promise<OrtNetwork> {
    try {
      assertAvailable(backend);
      const runtime = await loaded(load, backend);
      runtime.env.wasm.numThreads = threads;
      runtime.env.logLevel = 'error';
      if (binary !== undefined && backend === 'wasm') runtime.env.wasm.wasmBinary = binary;
      const session = await openSession(runtime, graphOf(model, entry), backend);
      const network = new OrtNetwork(runtime, session, entry);
      if (backend === 'webgpu') network.watch((await runtime.env.webgpu.device) as GraphicsDevice);
      return network;
    } catch (error) {
      throw asLikenessError(error, 'backend-failed', `ONNX Runtime (${backend}) did not start`);
    }
  }

  get threads(): number {
    return this.runtime.env.wasm.numThreads ?? 1;
  }

  /**
   * The same network on the processor, in the same ONNX Runtime: what this one is measured against.
   * @param model the bytes that this one was made from
   * @throws LikenessError `backend-failed`
   */
  async reference(model: Uint8Array): Promise<OrtNetwork> {
    try {
      const graph = graphOf(model, this.entry);
      const session = await openSession(this.runtime, graph, 'wasm');
      return new OrtNetwork(this.runtime, session, this.entry);
    } catch (error) {
      throw asLikenessError(error, 'backend-failed', 'ONNX Runtime could not load the model');
    }
  }

  async run(tensor: Tensor): Promise<Tensor> {
    if (this.loss !== undefined) throw this.loss;
    const { input, output } = this.entry;
    const feed = new this.runtime.Tensor('float32', tensor.data, tensor.dims);
    try {
      const results = await this.whileNotLost(this.session.run({ [input.name]: feed }));
      const features = results[output.name];
      const dims = featureDims(this.entry, tensor.dims);
      const expected = dims.reduce((product, length) => product * length, 1);
      if (features === undefined || !isFloat32Array(features.data)) {
        throw new LikenessError('backend-failed', `The model has no output "${output.name}".`);
      }
      if (features.data.length !== expected) {
        throw new LikenessError(
          'backend-failed',
          `The model returned ${features.dims.join(' × ')} features where its manifest entry says ${dims.join(' × ')}.`,
        );
      }
      const copy = features.data.slice();
      features.dispose();
      return { data: copy, dims };
    } catch (error) {
      throw await this.explain(error);
    } finally {
      feed.dispose();
    }
  }

  async release(): Promise<void> {
    await this.session.release();
  }

  private watch(device: GraphicsDevice): void {
    void device.lost.then(({ reason, message }) => {
      this.loss = new EngineLostError(`The graphics device was lost (${reason}): ${message}`);
      this.rejectRun(this.loss);
    });
  }

  /** No Promise.race: one with a promise that stays open keeps every result it ever saw. */
  private whileNotLost<T>(run: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.rejectRun = reject;
      run.then(resolve, reject);
    }).finally(() => {
      this.rejectRun = () => undefined;
    }) as Promise<T>;
  }

  /** A pass on a lost device may fail before the loss is reported: that is waited for, one task. */
  private async explain(error: unknown): Promise<LikenessError> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    return this.loss ?? asLikenessError(error, 'backend-failed', 'The forward pass failed');
  }
}

/** The graph as the view needs it. */
function graphOf(model: Uint8Array, { view, input, output }: ModelEntry): Uint8Array {
  return view === 'whole' ? freeSides(model, [input.name, output.name]) : model;
}

/** The shape of the feature map for an input. */
function featureDims(entry: ModelEntry, [, , height = 0, width = 0]: readonly number[]): number[] {
  const stride = strideOf(entry);
  return [1, entry.output.channels, Math.round(height / stride), Math.round(width / stride)];
}

/** Asked before anything is loaded, since the build of ONNX Runtime for them is large. */
function assertAvailable(backend: Backend): void {
  if (backend !== 'webgpu' && backend !== 'webnn') return;
  const [name, property] = backend === 'webgpu' ? ['WebGPU', 'gpu'] : ['WebNN', 'ml'];
  if (typeof navigator !== 'undefined' && property in navigator) return;
  throw new LikenessError('backend-failed', `There is no ${name} here.`);
}

function loaded(load: RuntimeLoader | undefined, backend: Backend): Promise<OnnxRuntimeModule> {
  if (load !== undefined && backend !== 'core') return load(backend);
  throw new LikenessError(
    'backend-failed',
    'There is no ONNX Runtime Web in this worker: the backends "wasm", "webgpu" and "webnn" need a worker of image-likeness/onnxruntime.',
  );
}

function openSession(
  runtime: OnnxRuntimeModule,
  model: Uint8Array,
  backend: Backend,
): Promise<InferenceSession> {
  return runtime.InferenceSession.create(model, {
    executionProviders: [backend],
    graphOptimizationLevel: 'all',
  });
}
