/** What an ONNX file says of its graph: its nodes and its constants. */
import { fieldsOf, numbersOf, textOf } from './wire-format.js';

/** Numbers of onnx.proto's fields. */
const MODEL = { graph: 7 } as const;
const GRAPH = { node: 1, initializer: 5 } as const;
const NODE = { input: 1, output: 2, opType: 4, attribute: 5 } as const;
const ATTRIBUTE = { name: 1, integer: 3, integers: 8 } as const;
const TENSOR = { dims: 1, dataType: 2, floatData: 4, name: 8, rawData: 9 } as const;

/** A constant. */
export interface GraphTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** See element-type.ts. */
  readonly dataType: number;
  /** Its elements, little-endian. */
  readonly data: Uint8Array;
}

/** An operation; tensors are known by name. */
export interface GraphNode {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Attributes that are whole numbers, or lists of them. */
  readonly integers: ReadonlyMap<string, readonly number[]>;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly tensors: ReadonlyMap<string, GraphTensor>;
}

/** @throws RangeError where the bytes are no ONNX file */
export function readGraph(model: Uint8Array): Graph {
  const graph = [...fieldsOf(model)].find(({ id }) => id === MODEL.graph)?.value;
  if (!(graph instanceof Uint8Array)) throw new RangeError('there is no graph');
  const nodes: GraphNode[] = [];
  const tensors = new Map<string, GraphTensor>();
  for (const { id, value } of fieldsOf(graph)) {
    if (!(value instanceof Uint8Array)) continue;
    if (id === GRAPH.node) nodes.push(readNode(value));
    if (id !== GRAPH.initializer) continue;
    const tensor = readTensor(value);
    tensors.set(tensor.name, tensor);
  }
  return { nodes, tensors };
}

/** @throws RangeError where the bytes are no TensorProto */
export function readTensor(message: Uint8Array): GraphTensor {
  let name = '';
  let dataType = 0;
  let data: Uint8Array = new Uint8Array();
  const dims: number[] = [];
  for (const { id, value } of fieldsOf(message)) {
    if (id === TENSOR.name) name = textOf(value);
    else if (id === TENSOR.dataType) dataType = Number(value);
    else if (id === TENSOR.dims) dims.push(...numbersOf(value));
    // A packed list of floats has the bytes that rawData would have.
    else if ((id === TENSOR.rawData || id === TENSOR.floatData) && value instanceof Uint8Array) {
      data = value;
    }
  }
  return { name, dims, dataType, data };
}

function readNode(message: Uint8Array): GraphNode {
  let opType = '';
  const inputs: string[] = [];
  const outputs: string[] = [];
  const integers = new Map<string, readonly number[]>();
  for (const { id, value } of fieldsOf(message)) {
    if (id === NODE.input) inputs.push(textOf(value));
    else if (id === NODE.output) outputs.push(textOf(value));
    else if (id === NODE.opType) opType = textOf(value);
    else if (id === NODE.attribute && value instanceof Uint8Array) {
      const [name, numbers] = readAttribute(value);
      integers.set(name, numbers);
    }
  }
  return { opType, inputs, outputs, integers };
}

function readAttribute(message: Uint8Array): [name: string, numbers: number[]] {
  let name = '';
  const numbers: number[] = [];
  for (const { id, value } of fieldsOf(message)) {
    if (id === ATTRIBUTE.name) name = textOf(value);
    else if (id === ATTRIBUTE.integer || id === ATTRIBUTE.integers) {
      numbers.push(...numbersOf(value));
    }
  }
  return [name, numbers];
}
