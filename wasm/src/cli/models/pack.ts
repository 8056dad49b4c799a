/**
 * Makes a model's file small: the weights of its convolutions are kept as whole numbers, a scale an
 * output channel, and the graph turns them into float32 again, once, when the model is loaded, so that
 * forward passes are the float32 ones at their full speed. Any ONNX Runtime does that by itself
 * (constant folding); unpack.ts does the same with less memory.
 *
 * DequantizeLinear would say the same in one node, but ONNX Runtime does not fold it: it is kept for
 * integer arithmetic, which is slower here.
 */
import { LikenessError } from '../../errors.js';
import { ElementType } from '../../models/element-type.js';
import type { WeightBits } from '../../models/manifest.js';
import type { OnnxModel, OnnxNode, OnnxTensor } from './onnx.js';

/** Bits of a weight of any other convolution: depthwise ones suffer most from rounding. */
const OTHER_BITS = 16;

/** With 8 bits, this many convolutions at the start keep 12: few weights, and all errors go through. */
const CAREFUL = 20;

/** The first version of ONNX's operators whose Cast reads uint4, and the file format's that has it. */
const OPSET = 21;
const IR_VERSION = 10;

/** Operators that mean the same in every version of them since 11. */
const UNCHANGED = new Set(['Add', 'Clip', 'Constant', 'Conv', 'Relu']);

/**
 * A graph of the same results, but for the rounding of its weights. The same graph gives the same one.
 * @param bits of the weights of 1×1 convolutions; with 8, of the later ones
 * @throws LikenessError `model-load-failed` when a convolution's weights are not float32, or when there
 *   are operators that a newer version of ONNX might take differently
 */
export function packWeights(model: OnnxModel, bits: WeightBits): OnnxModel {
  const { graph } = model;
  const strange = graph.node.find(({ opType }) => !UNCHANGED.has(opType));
  if (strange !== undefined) {
    throw new LikenessError(
      'model-load-failed',
      `${strange.opType} can't be kept in a packed model.`,
    );
  }
  const convolutions = graph.node.filter(({ opType }) => opType === 'Conv');
  const weights = new Map(convolutions.map(({ input }, order) => [input[1], order]));
  const packed = graph.initializer.map((tensor) => {
    const order = weights.get(tensor.name);
    if (order === undefined) return { nodes: [], tensors: [tensor] };
    if (!isPointwise(tensor)) return packTensor(tensor, OTHER_BITS);
    return packTensor(tensor, order < CAREFUL ? 12 : bits);
  });
  const sixteen = float32('sixteen', [], [16]);
  return {
    irVersion: IR_VERSION,
    opsetImport: [{ domain: '', version: OPSET }],
    producerName: 'image-likeness',
    graph: {
      ...graph,
      node: [...packed.flatMap(({ nodes }) => nodes), ...graph.node],
      initializer: [sixteen, ...packed.flatMap(({ tensors }) => tensors)],
    },
  };
}

/** How many bits most weights have: 32 where they are not packed. */
export function weightBitsOf({ graph }: OnnxModel): WeightBits | 32 {
  const count = (type: number): number =>
    graph.initializer.filter(({ dataType }) => dataType === type).length;
  const eights = count(ElementType.int8);
  if (eights === 0) return 32;
  return eights === count(ElementType.uint4) ? 12 : 8;
}

interface Packed {
  readonly nodes: readonly OnnxNode[];
  readonly tensors: readonly OnnxTensor[];
}

/** Whole numbers in place of a tensor, and the nodes that make it of them under its old name. */
function packTensor(tensor: OnnxTensor, bits: WeightBits | 16): Packed {
  const { name } = tensor;
  const dims = dimsOf(tensor);
  const { levels, scales } = quantise(valuesOf(tensor), dims[0] ?? 1, bits);
  const scale = float32(`${name}.scale`, [scales.length, 1, 1, 1], scales);
  const scaled = node('Mul', [`${name}.levels`, scale.name], name);
  if (bits !== 12) {
    const [type, raw] =
      bits === 8
        ? ([ElementType.int8, Int8Array.from(levels)] as const)
        : ([ElementType.int16, Int16Array.from(levels)] as const);
    const whole = { name: `${name}.whole`, dims, dataType: type, rawData: bytesOf(raw) };
    return { nodes: [toFloat32(whole.name, `${name}.levels`), scaled], tensors: [whole, scale] };
  }
  // Two's complement: level = 16 × high + low, the low halves of two levels in one byte.
  const high = {
    name: `${name}.high`,
    dims,
    dataType: ElementType.int8,
    rawData: bytesOf(Int8Array.from(levels, (level) => level >> 4)),
  };
  const low = {
    name: `${name}.low`,
    dims,
    dataType: ElementType.uint4,
    rawData: pairHalves(levels),
  };
  return {
    nodes: [
      toFloat32(high.name, `${name}.high.float`),
      node('Mul', [`${name}.high.float`, 'sixteen'], `${name}.high.shifted`),
      toFloat32(low.name, `${name}.low.float`),
      node('Add', [`${name}.high.shifted`, `${name}.low.float`], `${name}.levels`),
      scaled,
    ],
    tensors: [high, low, scale],
  };
}

interface Levels {
  /** Whole numbers of at most 2^(bits − 1) − 1 either way. */
  readonly levels: Int16Array;
  /** By which a channel's levels have to be multiplied. */
  readonly scales: Float32Array;
}

/** Symmetric, a scale an output channel. */
function quantise(values: Float32Array, channels: number, bits: number): Levels {
  const most = 2 ** (bits - 1) - 1;
  const length = values.length / channels;
  const levels = new Int16Array(values.length);
  const scales = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel += 1) {
    const row = values.subarray(channel * length, (channel + 1) * length);
    const largest = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const scale = Math.fround(largest / most) || 1;
    scales[channel] = scale;
    levels.set(roundBalanced(row, scale, most), channel * length);
  }
  return { levels, scales };
}

/**
 * Rounds to the nearest level, then rounds those that lie closest to a half the other way until the
 * errors' sum is within half a level of zero. What a channel computes of an even surface is then
 * right, which matters more than each weight by itself (SQuant: Guo et al. 2022).
 */
function roundBalanced(row: Float32Array, scale: number, most: number): Int16Array {
  const exact = Float64Array.from(row, (value) => value / scale);
  const levels = Int16Array.from(exact, (value) =>
    Math.max(-most, Math.min(most, Math.round(value))),
  );
  const errors = exact.map((value, i) => (levels[i] ?? 0) - value);
  const sum = errors.reduce((total, error) => total + error, 0);
  const direction = sum > 0 ? -1 : 1;
  const order = [...errors.keys()].sort(
    (a, b) => direction * ((errors[a] ?? 0) - (errors[b] ?? 0)) || a - b,
  );
  for (const i of order.slice(0, Math.round(Math.abs(sum)))) {
    const other = (levels[i] ?? 0) + direction;
    if (Math.abs(other) <= most) levels[i] = other;
  }
  return levels;
}

/** Four lowest bits of each level; two in a byte, the first one low. */
function pairHalves(levels: Int16Array): Uint8Array {
  return Uint8Array.from(
    { length: Math.ceil(levels.length / 2) },
    (_, i) => ((levels[2 * i] ?? 0) & 15) | (((levels[2 * i + 1] ?? 0) & 15) << 4),
  );
}

function isPointwise(tensor: OnnxTensor): boolean {
  const [, inputs = 1, height, width] = dimsOf(tensor);
  return inputs > 1 && height === 1 && width === 1;
}

function dimsOf({ dims = [] }: OnnxTensor): number[] {
  return dims.map(Number);
}

/** Weights as numbers; onnx.proto keeps them either as little-endian bytes or as a list. */
function valuesOf({ name, dataType, rawData, floatData }: OnnxTensor): Float32Array {
  if (dataType !== ElementType.float32) {
    throw new LikenessError('model-load-failed', `The weights "${name}" are not float32.`);
  }
  if (rawData === undefined || rawData.length === 0) return Float32Array.from(floatData ?? []);
  return new Float32Array(new Uint8Array(rawData).buffer);
}

function float32(name: string, dims: number[], values: ArrayLike<number>): OnnxTensor {
  return { name, dims, dataType: ElementType.float32, rawData: bytesOf(Float32Array.from(values)) };
}

function bytesOf({ buffer }: { readonly buffer: ArrayBuffer }): Uint8Array {
  return new Uint8Array(buffer);
}

function node(opType: string, input: string[], output: string): OnnxNode {
  return { opType, input, output: [output] };
}

function toFloat32(input: string, output: string): OnnxNode {
  return {
    ...node('Cast', [input], output),
    attribute: [{ name: 'to', type: INTEGER_ATTRIBUTE, i: ElementType.float32 }],
  };
}

/** What onnx.proto calls AttributeProto.INT. */
const INTEGER_ATTRIBUTE = 2;
