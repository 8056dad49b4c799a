import { asLikenessError, LikenessError } from '../errors.js';
import type { Tensor } from '../types.js';
import { startModule } from './module.js';
import { OwnInstance } from './own-instance.js';
import { unwrap } from './unwrap.js';
import type { WireNetwork } from './wire.js';

/**
 * A network in a WebAssembly instance of its own, so that the core that reads images may start afresh
 * without it.
 */
export class CoreNetwork {
  private constructor(private readonly instance: OwnInstance<WireNetwork>) {}

  /**
   * @param compiled `likeness-core.wasm`
   * @param weights as `weightsOf` makes them; not needed afterwards
   * @throws LikenessError `model-load-failed`, `out-of-memory`
   */
  static async open(compiled: WebAssembly.Module, weights: Uint8Array): Promise<CoreNetwork> {
    try {
      const module = await startModule(compiled);
      const network = unwrap(module.createNetwork(weights));
      const disposed = new LikenessError('disposed', 'This network was disposed of.');
      return new CoreNetwork(new OwnInstance(module, network, 'network', disposed));
    } catch (error) {
      throw asLikenessError(error, 'out-of-memory', 'There is no memory for the network');
    }
  }

  /**
   * One forward pass.
   * @param tensor 1 × 3 × height × width; sides are multiples of 32
   * @returns the feature map, 1 × channels × rows × columns
   * @throws LikenessError `invalid-argument`, `out-of-memory`, `internal`
   */
  run(tensor: Tensor): Tensor {
    return this.instance.call((network) => unwrap(network.run(tensor)));
  }

  /** Size of the WebAssembly memory. */
  bytes(): number {
    return this.instance.bytes();
  }

  dispose(): void {
    this.instance.dispose();
  }
}
