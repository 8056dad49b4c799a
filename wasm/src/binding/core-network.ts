import {
  asLikenessError,
  EngineLostError,
  type ErrorCode,
  LikenessError,
  messageOf,
} from '../errors.js';
import type { Tensor } from '../types.js';
import { startModule } from './module.js';
import { OwnInstance } from './own-instance.js';
import { unwrap } from './unwrap.js';
import type { WireNetwork } from './wire.js';

/** What an instance that stopped answers with. */
const TRAPS: readonly ErrorCode[] = ['internal', 'out-of-memory'];

/**
 * A network in a WebAssembly instance of its own, so that the core that reads images may start afresh
 * without it.
 */
export class CoreNetwork {
  /** Of one forward pass. */
  readonly threads = 1;

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
   * One forward pass, on this thread.
   * @param tensor 1 × 3 × height × width; sides are multiples of 32
   * @returns the feature map, 1 × channels × rows × columns
   * @throws LikenessError `invalid-argument`; an EngineLostError where the instance trapped
   */
  async run(tensor: Tensor): Promise<Tensor> {
    try {
      return this.instance.call((network) => unwrap(network.run(tensor)));
    } catch (error) {
      if (error instanceof LikenessError && !TRAPS.includes(error.code)) throw error;
      throw new EngineLostError(messageOf(error), { cause: error });
    }
  }

  /** Size of the WebAssembly memory. */
  bytes(): number {
    return this.instance.bytes();
  }

  async release(): Promise<void> {
    this.instance.dispose();
  }
}
