/**
 * A ResNet-50 with random weights: what the real network costs, without its 94 MB file. Its numbers
 * mean nothing.
 */

/** Numbers of onnx.proto. */
const FLOAT32 = 1;
const INTS = 7;

/** The four stages: how many bottleneck blocks, and how many channels inside each. */
const STAGES = [
  { blocks: 3, width: 64 },
  { blocks: 4, width: 128 },
  { blocks: 6, width: 256 },
  { blocks: 3, width: 512 },
];

/** Channels that leave a bottleneck block, by its inner ones. */
const EXPANSION = 4;

/**
 * K. He, X. Zhang, S. Ren, J. Sun, "Deep Residual Learning for Image Recognition" (2015), table 1, up
 * to the pooling: `input` 1×3×224×224, `features` 1×2048×7×7. Batch normalisation, which inference
 * folds into the convolutions, is left out. The same weights every time.
 * @returns a graph in the shape that the package's ONNX writer takes
 */
export function buildResnet50() {
  const graph = new GraphBuilder();
  let channels = 64;
  let tensor = graph.relu(
    graph.convolution('input', { from: 3, to: channels, side: 7, stride: 2 }),
  );
  tensor = graph.maxPool(tensor);
  for (const [stage, { blocks, width }] of STAGES.entries()) {
    for (let block = 0; block < blocks; block += 1) {
      const stride = stage > 0 && block === 0 ? 2 : 1;
      tensor = bottleneck(graph, tensor, { channels, width, stride });
      channels = width * EXPANSION;
    }
  }
  return graph.finish(tensor, channels);
}

/**
 * @param {GraphBuilder} graph
 * @param {string} input
 * @param {{ channels: number, width: number, stride: number }} shape `channels` of the input
 */
function bottleneck(graph, input, { channels, width, stride }) {
  const wide = width * EXPANSION;
  const reduced = graph.relu(
    graph.convolution(input, { from: channels, to: width, side: 1, stride }),
  );
  const filtered = graph.relu(
    graph.convolution(reduced, { from: width, to: width, side: 3, stride: 1 }),
  );
  const residual = graph.convolution(filtered, { from: width, to: wide, side: 1, stride: 1 });
  const shortcut =
    channels === wide && stride === 1
      ? input
      : graph.convolution(input, { from: channels, to: wide, side: 1, stride });
  return graph.relu(graph.add(residual, shortcut));
}

/** Nodes and weights of a graph as it grows; every operation returns the name of its output. */
class GraphBuilder {
  /** @type {{ opType: string, input: string[], output: string[], attribute: Record<string, unknown>[] }[]} */
  #nodes = [];
  /** @type {{ name: string, dims: number[], dataType: number, rawData: Uint8Array }[]} */
  #weights = [];

  /**
   * A convolution that keeps the size, divided by `stride`.
   * @param {string} input
   * @param {{ from: number, to: number, side: number, stride: number }} shape channels and kernel
   */
  convolution(input, { from, to, side, stride }) {
    const name = `weights${this.#weights.length}`;
    const rawData = randomWeights(
      to * from * side * side,
      from * side * side,
      this.#weights.length,
    );
    this.#weights.push({ name, dims: [to, from, side, side], dataType: FLOAT32, rawData });
    return this.#node('Conv', [input, name], window(side, stride));
  }

  /** @param {string} input */
  maxPool(input) {
    return this.#node('MaxPool', [input], window(3, 2));
  }

  /** @param {string} input */
  relu(input) {
    return this.#node('Relu', [input]);
  }

  /**
   * @param {string} a
   * @param {string} b
   */
  add(a, b) {
    return this.#node('Add', [a, b]);
  }

  /**
   * @param {string} output a tensor, which is named `features`
   * @param {number} channels of it
   */
  finish(output, channels) {
    return {
      irVersion: 7,
      opsetImport: [{ domain: '', version: 12 }],
      graph: {
        name: 'resnet50-random',
        node: [...this.#nodes, node('Identity', [output], 'features')],
        initializer: this.#weights,
        input: [tensorInfo('input', [3, 224, 224])],
        output: [tensorInfo('features', [channels, 7, 7])],
      },
    };
  }

  /**
   * @param {string} opType
   * @param {string[]} input
   * @param {Record<string, unknown>[]} [attribute]
   */
  #node(opType, input, attribute) {
    const output = `tensor${this.#nodes.length}`;
    this.#nodes.push(node(opType, input, output, attribute));
    return output;
  }
}

/**
 * @param {string} opType
 * @param {string[]} input
 * @param {string} output
 * @param {Record<string, unknown>[]} attribute
 */
function node(opType, input, output, attribute = []) {
  return { opType, input, output: [output], attribute };
}

/**
 * Attributes of a square window that is centred on every `stride`-th pixel.
 * @param {number} side
 * @param {number} stride
 */
function window(side, stride) {
  const ints = (/** @type {string} */ name, /** @type {number[]} */ values) => ({
    name,
    ints: values,
    type: INTS,
  });
  return [
    ints('kernel_shape', [side, side]),
    ints('strides', [stride, stride]),
    ints('pads', new Array(4).fill((side - 1) / 2)),
  ];
}

/**
 * A float32 tensor with a free batch dimension in front of `shape`.
 * @param {string} name
 * @param {number[]} shape
 */
function tensorInfo(name, shape) {
  const dim = [{ dimParam: 'batch' }, ...shape.map((dimValue) => ({ dimValue }))];
  return { name, type: { tensorType: { elemType: FLOAT32, shape: { dim } } } };
}

/**
 * Uniform numbers of the variance 1 / inputs, so that activations neither die out nor overflow.
 * Drawn from a linear congruential generator (D. Knuth, "The Art of Computer Programming" 2, 3.3.4).
 * @param {number} count
 * @param {number} inputs how many numbers each output sums up
 * @param {number} seed
 */
function randomWeights(count, inputs, seed) {
  const scale = 2 * Math.sqrt(3 / inputs);
  const values = new Float32Array(count);
  let state = seed;
  for (let at = 0; at < count; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[at] = (state / 2 ** 32 - 0.5) * scale;
  }
  return new Uint8Array(values.buffer);
}
