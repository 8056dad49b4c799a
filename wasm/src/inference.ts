// The one file that imports ONNX Runtime Web.
import type { InferenceSession } from 'onnxruntime-web/wasm';
import { asLikenessError, LikenessError } from './errors.js';
import type { ModelEntry } from './models/manifest.js';

/** A loaded network that turns an input tensor into a feature map. */
export class FeatureExtractor {
  private constructor(
    private readonly runtime: typeof import('onnxruntime-web/wasm'),
    private readonly session: InferenceSession,
    private readonly entry: ModelEntry,
  ) {}

  /**
   * Starts ONNX Runtime (once a realm) and builds a session. One thread and a fixed graph, so that
   * the same tensor gives the same bits everywhere.
   * @param model bytes of an ONNX file whose hash has been checked
   * @throws LikenessError `backend-failed`
   */
  static async create(model: Uint8Array, entry: ModelEntry): Promise<FeatureExtractor> {
    try {
      const runtime = await import('onnxruntime-web/wasm');
      runtime.env.wasm.numThreads = 1;
      runtime.env.logLevel = 'error';
      const session = await runtime.InferenceSession.create(model, {
        executionProviders: ['wasm'],
        graphOptimizationLevel: 'all',
      });
      return new FeatureExtractor(runtime, session, entry);
    } catch (error) {
      throw asLikenessError(error, 'backend-failed', 'ONNX Runtime could not load the model');
    }
  }

  /**
   * One forward pass.
   * @param tensor 1×3×size×size float32, NCHW
   * @returns the feature map, channels × cells float32: a copy that the caller owns
   * @throws LikenessError `backend-failed`; the session stays usable
   */
  async run(tensor: Float32Array): Promise<Float32Array> {
    const { input, output } = this.entry;
    const feed = new this.runtime.Tensor('float32', tensor, [1, 3, input.size, input.size]);
    try {
      const results = await this.session.run({ [input.name]: feed });
      const features = results[output.name];
      const expected = output.channels * output.cells;
      if (features === undefined || !(features.data instanceof Float32Array)) {
        throw new LikenessError('backend-failed', `The model has no output "${output.name}".`);
      }
      if (features.data.length !== expected) {
        throw new LikenessError(
          'backend-failed',
          `The model returned ${features.data.length} features where its manifest entry says ${expected}.`,
        );
      }
      const copy = features.data.slice();
      features.dispose();
      return copy;
    } catch (error) {
      throw asLikenessError(error, 'backend-failed', 'The forward pass failed');
    } finally {
      feed.dispose();
    }
  }

  /** Frees the session. */
  async release(): Promise<void> {
    await this.session.release();
  }
}
