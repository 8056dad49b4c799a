/**
 * A network's weights as the core reads them: core/src/network/weights.hpp says what the file holds. It
 * is made of an ONNX file, whose numbers it keeps bit by bit.
 */
import { LikenessError } from '../../errors.js';
import { ElementType } from '../../models/element-type.js';
import type { OnnxGraph, OnnxModel, OnnxNode, OnnxTensor } from './onnx.js';

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
  readonly bias: Float32Array;
  readonly weights: PackedWeights;
}

/** Weights in the file's own form. */
interface PackedWeights {
  readonly bits: 8 | 12 | 16 | 32;
  /** Of each output channel; none where weights have 32 bits. */
  readonly scales: Float32Array;
  readonly bytes: readonly Uint8Array[];
}

/**
 * @param model a MobileNetV2 up to its feature map: float32, packed by pack.ts, or with weights of 8
 *   bits behind DequantizeLinear
 * @returns the file; the same model gives the same bytes
 * @throws LikenessError `model-load-failed` for other networks
 */
export function weightsOf({ graph }: OnnxModel): Uint8Array {
  const layers = new GraphReader(graph).layers();
  const table = new DataView(new ArrayBuffer(HEADER_BYTES + LAYER_BYTES * layers.length));
  [...MAGIC].forEach((letter, i) => {
    table.setUint8(i, letter.charCodeAt(0));
  });
  table.setUint32(4, VERSION, true);
  table.setUint32(8, layers.length, true);
  layers.forEach((layer, i) => {
    const at = HEADER_BYTES + LAYER_BYTES * i;
    table.setUint8(at, KINDS[layer.kind]);
    table.setUint8(at + 1, layer.stride);
    table.setUint8(at + 2, ACTIVATIONS[layer.activation]);
    table.setUint8(at + 3, layer.addsBlockInput ? 1 : 0);
    table.setUint8(at + 4, layer.weights.bits);
    table.setUint32(at + 8, layer.inputs, true);
    table.setUint32(at + 12, layer.outputs, true);
  });
  const numbers = layers.flatMap(({ bias, weights }) => [
    bytesOf(bias),
    bytesOf(weights.scales),
    ...weights.bytes,
  ]);
  return new Uint8Array(Buffer.concat([bytesOf(table), ...numbers]));
}

/** Reads the convolutions of a graph, in its order, with what follows each of them. */
class GraphReader {
  private readonly initializers: ReadonlyMap<string, OnnxTensor>;
  private readonly producers = new Map<string, OnnxNode>();
  private readonly consumers = new Map<string, OnnxNode[]>();

  constructor(private readonly graph: OnnxGraph) {
    this.initializers = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
    for (const node of graph.node) {
      for (const name of node.output) this.producers.set(name, node);
      for (const name of node.input) {
        this.consumers.set(name, [...(this.consumers.get(name) ?? []), node]);
      }
    }
  }

  layers(): Layer[] {
    return this.graph.node.filter(({ opType }) => opType === 'Conv').map((node) => this.layer(node));
  }

  private layer(node: OnnxNode): Layer {
    const [, weights = '', bias = ''] = node.input;
    const packed = this.weights(weights);
    const [outputs = 0, ofGroup = 0, rows = 0, columns = 0] = packed.dims;
    const groups = numbersOf(node, 'group')[0] ?? 1;
    const [stride = 1, strideAcross = stride] = numbersOf(node, 'strides');
    const padding = rows === 3 ? 1 : 0;
    const pads = numbersOf(node, 'pads');
    const kind = rows === 3 ? (groups === 1 ? 'stem' : 'depthwise') : 'pointwise';
    const regular =
      rows === columns &&
      (rows === 3 || rows === 1) &&
      stride === strideAcross &&
      (kind === 'depthwise' ? ofGroup === 1 && groups === outputs : groups === 1) &&
      (pads.length === 0 ? padding === 0 : pads.every((pad) => pad === padding)) &&
      numbersOf(node, 'dilations').every((dilation) => dilation === 1);
    if (!regular) throw unfit(`has a convolution of another kind ("${node.output[0]}")`);
    const biases = this.initializers.get(bias);
    if (biases === undefined) throw unfit(`has a convolution without bias ("${node.output[0]}")`);
    return {
      kind,
      stride,
      ...this.behind(node),
      inputs: ofGroup * groups,
      outputs,
      bias: floatsOf(biases),
      weights: packed,
    };
  }

  /** What is done with a convolution's sums: nothing, a bound, or an addition. */
  private behind(node: OnnxNode): Pick<Layer, 'activation' | 'addsBlockInput'> {
    const [name = ''] = node.output;
    const next = this.consumers.get(name) ?? [];
    const [first] = next;
    const plain = { activation: 'none', addsBlockInput: false } as const;
    if (next.length !== 1 || first === undefined) return plain;
    switch (first.opType) {
      case 'Relu':
        return { activation: 'relu', addsBlockInput: false };
      case 'Clip':
        this.checkRelu6(first);
        return { activation: 'relu6', addsBlockInput: false };
      case 'Add':
        this.checkResidual(first, node);
        return { activation: 'none', addsBlockInput: true };
      case 'Conv':
        return plain;
      default:
        throw unfit(`has a node of another kind (${first.opType})`);
    }
  }

  private checkRelu6(clip: OnnxNode): void {
    const bounds = clip.input.slice(1).map((name) => this.initializers.get(name));
    const [least, most] = [...bounds].map((tensor) => tensor && floatsOf(tensor)[0]);
    const [given = least] = numbersOf(clip, 'min');
    const [givenMost = most] = numbersOf(clip, 'max');
    if (given !== 0 || givenMost !== 6) throw unfit('has bounds that are not those of ReLU6');
  }

  /** What is added is what went into the inverted residual: three convolutions back. */
  private checkResidual(add: OnnxNode, project: OnnxNode): void {
    let entry = project.input[0] ?? '';
    for (let layer = 0; layer < 2; layer += 1) {
      let before = this.producers.get(entry);
      while (before !== undefined && before.opType !== 'Conv') {
        before = this.producers.get(before.input[0] ?? '');
      }
      entry = before?.input[0] ?? '';
    }
    if (!add.input.includes(entry)) throw unfit('adds something else than a block\'s input');
  }

  private weights(name: string): PackedWeights & { readonly dims: readonly number[] } {
    const exact = this.initializers.get(name);
    if (exact !== undefined) {
      return { dims: dimsOf(exact), bits: 32, scales: new Float32Array(), bytes: [bytesOf(floatsOf(exact))] };
    }
    const maker = this.producers.get(name);
    if (maker?.opType === 'DequantizeLinear') return this.dequantised(maker);
    return this.packed(name);
  }

  private dequantised({ input }: OnnxNode): PackedWeights & { readonly dims: readonly number[] } {
    const [levels, scales, zeros] = input.map((part) => this.initializers.get(part));
    const symmetric = zeros === undefined || (zeros.rawData ?? []).every((zero) => zero === 0);
    if (levels?.dataType !== ElementType.int8 || scales === undefined || !symmetric) {
      throw unfit('has weights that are packed in another way');
    }
    return { dims: dimsOf(levels), bits: 8, scales: floatsOf(scales), bytes: [rawOf(levels)] };
  }

  /** As pack.ts packs them. */
  private packed(name: string): PackedWeights & { readonly dims: readonly number[] } {
    const part = (ending: string): OnnxTensor | undefined =>
      this.initializers.get(`${name}.${ending}`);
    const scale = part('scale');
    const [whole, high, low] = [part('whole'), part('high'), part('low')];
    const levels = whole ?? high;
    if (scale === undefined || levels === undefined) throw unfit(`has no weights "${name}"`);
    const scales = floatsOf(scale);
    const dims = dimsOf(levels);
    if (low !== undefined) return { dims, bits: 12, scales, bytes: [rawOf(levels), rawOf(low)] };
    const bits = levels.dataType === ElementType.int8 ? 8 : 16;
    return { dims, bits, scales, bytes: [rawOf(levels)] };
  }
}

/** The numbers of an attribute; none where it isn't given. */
function numbersOf({ attribute = [] }: OnnxNode, name: string): number[] {
  const found = attribute.find((candidate) => candidate['name'] === name);
  if (found === undefined) return [];
  const { ints, i, f } = found as { ints?: unknown[]; i?: unknown; f?: unknown };
  const values = ints !== undefined && ints.length > 0 ? ints : [i ?? f];
  return values.map(Number);
}

function dimsOf({ dims = [] }: OnnxTensor): number[] {
  return dims.map(Number);
}

function rawOf({ rawData = new Uint8Array() }: OnnxTensor): Uint8Array {
  return rawData;
}

/** onnx.proto keeps numbers either as little-endian bytes or as a list. */
function floatsOf({ name, dataType, rawData, floatData }: OnnxTensor): Float32Array {
  if (dataType !== ElementType.float32) throw unfit(`has numbers that are not float32 ("${name}")`);
  if (rawData === undefined || rawData.length === 0) return Float32Array.from(floatData ?? []);
  return new Float32Array(new Uint8Array(rawData).buffer);
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function unfit(reason: string): LikenessError {
  return new LikenessError(
    'model-load-failed',
    `The core can't run this network: it ${reason}. It runs MobileNetV2 up to its feature map; others run in ONNX Runtime Web.`,
  );
}
