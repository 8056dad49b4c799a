/**
 * A network's weights as the core reads them: core/src/network/weights.hpp says what such a file holds.
 * They are made of an ONNX file where a model is loaded, and keep its numbers bit by bit.
 */
import { LikenessError } from '../errors.js';
import { ElementType } from './element-type.js';
import { type Graph, type GraphNode, type GraphTensor, readGraph } from './onnx-graph.js';
import { joined } from './wire-format.js';

const MAGIC = 'LKNW';
const VERSION = 1;
const HEADER_BYTES = 12;
const LAYER_BYTES = 16;

/** Numbers of the file's layer table. */
const KINDS = { stem: 0, depthwise: 1, pointwise: 2 } as const;
const ACTIVATIONS = { none: 0, relu: 1, relu6: 2 } as const;

/** A convolution and what is done with its sums. */
interface Layer {
  readonly kind: keyof typeof KINDS;
  readonly stride: number;
  readonly activation: keyof typeof ACTIVATIONS;
  readonly addsBlockInput: boolean;
  readonly inputs: number;
  readonly outputs: number;
  /** float32 of each output channel. */
  readonly bias: Uint8Array;
  readonly kernel: Kernel;
}

/** A convolution's weights. */
interface Kernel {
  readonly dims: readonly number[];
  readonly bits: 8 | 12 | 16 | 32;
  /** Scales, where there are any, and weights. */
  readonly parts: readonly Uint8Array[];
}

/**
 * @param model bytes of an ONNX file that holds a MobileNetV2 up to its feature map: float32, packed by
 *   cli/models/pack.ts, or with weights of 8 bits behind DequantizeLinear
 * @returns the file; the same model gives the same bytes
 * @throws LikenessError `backend-failed` for other networks
 */
export function weightsOf(model: Uint8Array): Uint8Array {
  const layers = layersOf(model);
  const table = new DataView(new ArrayBuffer(HEADER_BYTES + LAYER_BYTES * layers.length));
  for (let i = 0; i < MAGIC.length; i += 1) table.setUint8(i, MAGIC.charCodeAt(i));
  table.setUint32(4, VERSION, true);
  table.setUint32(8, layers.length, true);
  for (const [i, layer] of layers.entries()) {
    const at = HEADER_BYTES + LAYER_BYTES * i;
    table.setUint8(at, KINDS[layer.kind]);
    table.setUint8(at + 1, layer.stride);
    table.setUint8(at + 2, ACTIVATIONS[layer.activation]);
    table.setUint8(at + 3, Number(layer.addsBlockInput));
    table.setUint8(at + 4, layer.kernel.bits);
    table.setUint32(at + 8, layer.inputs, true);
    table.setUint32(at + 12, layer.outputs, true);
  }
  const numbers = layers.flatMap(({ bias, kernel }) => [bias, ...kernel.parts]);
  return joined([new Uint8Array(table.buffer), ...numbers]);
}

function layersOf(model: Uint8Array): Layer[] {
  try {
    return new NetworkReader(readGraph(model)).layers();
  } catch (error) {
    if (error instanceof RangeError) throw unfit(`is no ONNX file: ${error.message}`);
    throw error;
  }
}

/** Reads the convolutions of a graph, in its order, with what follows each of them. */
class NetworkReader {
  private readonly producers = new Map<string, GraphNode>();
  private readonly consumers = new Map<string, GraphNode[]>();

  constructor(private readonly graph: Graph) {
    for (const node of graph.nodes) {
      for (const name of node.outputs) this.producers.set(name, node);
      for (const name of node.inputs) {
        this.consumers.set(name, [...(this.consumers.get(name) ?? []), node]);
      }
    }
  }

  layers(): Layer[] {
    const layers = this.graph.nodes
      .filter(({ opType }) => opType === 'Conv')
      .map((node) => this.layer(node));
    // Others belong to packed weights.
    const additions = this.graph.nodes.filter(
      ({ opType, inputs }) =>
        opType === 'Add' && inputs.some((name) => this.producers.get(name)?.opType === 'Conv'),
    );
    if (additions.length !== layers.filter(({ addsBlockInput }) => addsBlockInput).length) {
      throw unfit('adds something that went into no block');
    }
    return layers;
  }

  private layer(node: GraphNode): Layer {
    const [, weights = '', biasName = ''] = node.inputs;
    const kernel = this.kernel(weights);
    const [outputs = 0, ofGroup = 0, side = 0] = kernel.dims;
    const [groups = 1] = node.integers.get('group') ?? [];
    const kind = side === 1 ? 'pointwise' : groups === 1 ? 'stem' : 'depthwise';
    const [stride = 1] = node.integers.get('strides') ?? [];
    const same = (name: string, number: number): boolean =>
      (node.integers.get(name) ?? [number]).every((each) => each === number);
    const padded = side === 1 || node.integers.has('pads');
    const regular =
      (kind === 'depthwise' ? ofGroup === 1 && groups === outputs : groups === 1) &&
      kernel.dims.slice(2).every((length) => length === side && (side === 1 || side === 3)) &&
      padded &&
      same('pads', side === 1 ? 0 : 1) &&
      same('strides', stride) &&
      same('dilations', 1);
    const bias = this.graph.tensors.get(biasName);
    if (!regular || bias === undefined) {
      throw unfit(`has a convolution that is none of MobileNetV2's (${node.outputs[0]})`);
    }
    return {
      kind,
      stride,
      ...this.behind(node),
      inputs: ofGroup * groups,
      outputs,
      bias: float32Of(bias),
      kernel,
    };
  }

  /** What is done with a convolution's sums: nothing, bounds, or an addition. */
  private behind(node: GraphNode): Pick<Layer, 'activation' | 'addsBlockInput'> {
    const consumers = this.consumers.get(node.outputs[0] ?? '') ?? [];
    const [next] = consumers;
    if (next !== undefined && consumers.length === 1) {
      if (next.opType === 'Relu') return { activation: 'relu', addsBlockInput: false };
      if (next.opType === 'Clip' && this.isRelu6(next)) {
        return { activation: 'relu6', addsBlockInput: false };
      }
    }
    const strange = consumers.find(({ opType }) => opType !== 'Conv' && opType !== 'Add');
    if (strange !== undefined) {
      throw unfit(`has an operation that is none of MobileNetV2's (${strange.opType})`);
    }
    const addsBlockInput = consumers.some((next) => this.addsBlockInput(next, node));
    return { activation: 'none', addsBlockInput };
  }

  private isRelu6({ inputs: [, ...bounds] }: GraphNode): boolean {
    const [least, most] = bounds.map((name) => {
      const tensor = this.graph.tensors.get(name);
      return tensor && new Float32Array(new Uint8Array(float32Of(tensor)).buffer)[0];
    });
    return least === 0 && most === 6;
  }

  /** Whether a node adds what went into a block, three convolutions back, to what comes out of it. */
  private addsBlockInput({ opType, inputs }: GraphNode, project: GraphNode): boolean {
    const filter = this.convolutionBehind(project.inputs[0]);
    const expand = this.convolutionBehind(filter?.inputs[0]);
    const [blockInput = ''] = expand?.inputs ?? [];
    return opType === 'Add' && inputs.includes(blockInput);
  }

  /** The convolution whose sums, bounded or not, the tensor is. */
  private convolutionBehind(name = ''): GraphNode | undefined {
    const node = this.producers.get(name);
    return node === undefined || node.opType === 'Conv'
      ? node
      : this.producers.get(node.inputs[0] ?? '');
  }

  private kernel(name: string): Kernel {
    const exact = this.graph.tensors.get(name);
    if (exact !== undefined) return { dims: exact.dims, bits: 32, parts: [float32Of(exact)] };
    const maker = this.producers.get(name);
    const parts =
      maker?.opType === 'DequantizeLinear'
        ? this.dequantised(maker)
        : ['scale', 'whole', 'high', 'low'].map((part) =>
            this.graph.tensors.get(`${name}.${part}`),
          );
    const [scale, whole, high, low] = parts;
    const levels = whole ?? high;
    if (scale === undefined || levels === undefined) throw unfit(`has no weights ${name}`);
    const { dims, dataType, data } = levels;
    if (whole === undefined && low !== undefined) {
      return { dims, bits: 12, parts: [float32Of(scale), data, low.data] };
    }
    return { dims, bits: dataType === ElementType.int16 ? 16 : 8, parts: [float32Of(scale), data] };
  }

  /** Scale and levels; the zero point has to be 0. */
  private dequantised({ inputs }: GraphNode): (GraphTensor | undefined)[] {
    const [levels, scale, zero] = inputs.map((name) => this.graph.tensors.get(name));
    const symmetric = zero === undefined || zero.data.every((byte) => byte === 0);
    if (levels?.dataType === ElementType.int8 && symmetric) return [scale, levels];
    throw unfit('has weights that are packed in another way');
  }
}

function float32Of({ name, dataType, data }: GraphTensor): Uint8Array {
  if (dataType === ElementType.float32) return data;
  throw unfit(`has numbers that are not float32 (${name})`);
}

function unfit(reason: string): LikenessError {
  return new LikenessError(
    'backend-failed',
    `The core can't run this model: it ${reason}. ONNX Runtime Web runs any network: see the option runtime.`,
  );
}
