import type { Backend, Tensor } from '../types.js';

/** How forward passes are computed; plain data, so that it can be posted to a worker. */
export interface NetworkOptions {
  readonly backend: Backend;
  /** Threads of one forward pass; ONNX Runtime fixes the number when it starts in a thread. */
  readonly threads: number;
}

/** A loaded neural network: input tensor in, feature map out. */
export interface Network {
  /** Threads that a forward pass really has. */
  readonly threads: number;
  /**
   * One forward pass.
   * @param tensor 1 × 3 × height × width; for the view `centre` the model's square
   * @returns the feature map, 1 × channels × rows × columns: a copy that the caller owns
   * @throws LikenessError `backend-failed`; the network stays usable, unless it is an EngineLostError
   */
  run(tensor: Tensor): Promise<Tensor>;
  /** Frees it; it must not be used afterwards. */
  release(): Promise<void>;
}
