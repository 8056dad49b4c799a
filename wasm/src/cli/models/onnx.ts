/**
 * Graph surgery on ONNX files. The messages below are the part of onnx.proto (ONNX 1.17, IR
 * version 10) that weights and graphs need; everything else (documentation, training information,
 * metadata) is dropped when a file is written again.
 */
import { LikenessError, messageOf } from '../../errors.js';
import { protobuf } from '../../libraries/protobufjs.js';
import { ElementType } from '../../models/element-type.js';

const DESCRIPTOR: protobuf.INamespace = {
  nested: {
    ModelProto: {
      fields: {
        irVersion: { type: 'int64', id: 1 },
        producerName: { type: 'string', id: 2 },
        graph: { type: 'GraphProto', id: 7 },
        opsetImport: { rule: 'repeated', type: 'OperatorSetIdProto', id: 8 },
      },
    },
    OperatorSetIdProto: {
      fields: { domain: { type: 'string', id: 1 }, version: { type: 'int64', id: 2 } },
    },
    GraphProto: {
      fields: {
        node: { rule: 'repeated', type: 'NodeProto', id: 1 },
        name: { type: 'string', id: 2 },
        initializer: { rule: 'repeated', type: 'TensorProto', id: 5 },
        input: { rule: 'repeated', type: 'ValueInfoProto', id: 11 },
        output: { rule: 'repeated', type: 'ValueInfoProto', id: 12 },
      },
    },
    NodeProto: {
      fields: {
        input: { rule: 'repeated', type: 'string', id: 1 },
        output: { rule: 'repeated', type: 'string', id: 2 },
        name: { type: 'string', id: 3 },
        opType: { type: 'string', id: 4 },
        attribute: { rule: 'repeated', type: 'AttributeProto', id: 5 },
        domain: { type: 'string', id: 7 },
      },
    },
    AttributeProto: {
      fields: {
        name: { type: 'string', id: 1 },
        f: { type: 'float', id: 2 },
        i: { type: 'int64', id: 3 },
        s: { type: 'bytes', id: 4 },
        t: { type: 'TensorProto', id: 5 },
        floats: { rule: 'repeated', type: 'float', id: 7 },
        ints: { rule: 'repeated', type: 'int64', id: 8 },
        strings: { rule: 'repeated', type: 'bytes', id: 9 },
        type: { type: 'int32', id: 20 },
      },
    },
    TensorProto: {
      fields: {
        dims: { rule: 'repeated', type: 'int64', id: 1 },
        dataType: { type: 'int32', id: 2 },
        floatData: { rule: 'repeated', type: 'float', id: 4 },
        int32Data: { rule: 'repeated', type: 'int32', id: 5 },
        int64Data: { rule: 'repeated', type: 'int64', id: 7 },
        name: { type: 'string', id: 8 },
        rawData: { type: 'bytes', id: 9 },
      },
    },
    ValueInfoProto: {
      fields: { name: { type: 'string', id: 1 }, type: { type: 'TypeProto', id: 2 } },
    },
    TypeProto: { fields: { tensorType: { type: 'TensorType', id: 1 } } },
    TensorType: {
      fields: { elemType: { type: 'int32', id: 1 }, shape: { type: 'TensorShapeProto', id: 2 } },
    },
    TensorShapeProto: { fields: { dim: { rule: 'repeated', type: 'Dimension', id: 1 } } },
    Dimension: {
      fields: { dimValue: { type: 'int64', id: 1 }, dimParam: { type: 'string', id: 2 } },
    },
  },
};

/** An attribute of a node, a tensor and the like pass through the surgery untouched. */
type Untouched = Readonly<Record<string, unknown>>;

/** One operation; tensors are known by name. */
export interface OnnxNode {
  readonly opType: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name?: string;
  readonly attribute?: readonly Untouched[];
}

/** Weights. Of whatever type, elements stand in `rawData` (little-endian) or in a list of their own. */
export interface OnnxTensor extends Untouched {
  readonly name: string;
  /** Numbers, or the Long objects that protobufjs reads. */
  readonly dims?: readonly unknown[];
  readonly dataType?: number;
  readonly rawData?: Uint8Array;
  readonly floatData?: readonly number[];
}

/** A graph and the weights in it. */
export interface OnnxGraph {
  readonly name?: string;
  readonly node: readonly OnnxNode[];
  readonly initializer: readonly OnnxTensor[];
  readonly input: readonly (Untouched & { readonly name: string })[];
  readonly output: readonly (Untouched & { readonly name: string })[];
}

/** An ONNX file. */
export interface OnnxModel {
  readonly irVersion: unknown;
  readonly opsetImport: readonly Untouched[];
  readonly producerName?: string;
  readonly graph: OnnxGraph;
}

/** What the network that remains after the cut looks like from outside. */
export interface CutSpec {
  readonly input: { readonly name: string; readonly size: number };
  readonly output: { readonly name: string; readonly channels: number; readonly cells: number };
}

/** Operations that turn a feature map into a vector. */
const POOLING = new Set(['GlobalAveragePool', 'ReduceMean']);

function modelType(): protobuf.Type {
  return protobuf.Root.fromJSON(DESCRIPTOR).lookupType('ModelProto');
}

/** @throws LikenessError `model-load-failed` when the bytes are no ONNX model */
export function readOnnx(bytes: Uint8Array): OnnxModel {
  try {
    const type = modelType();
    const message = type.toObject(type.decode(bytes), { arrays: true });
    return message as OnnxModel;
  } catch (error) {
    throw new LikenessError('model-load-failed', `This is no ONNX model: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** The bytes of a model; the same model gives the same bytes. */
export function writeOnnx(model: OnnxModel): Uint8Array {
  const type = modelType();
  return type.encode(type.fromObject(model)).finish();
}

/**
 * Cuts a classifier off: the tensor that feeds global average pooling becomes the only output, and
 * all that it doesn't depend on goes.
 * @throws LikenessError `model-load-failed` when the graph has no global pooling, or not one input
 */
export function cutClassifier(model: OnnxModel, spec: CutSpec): OnnxModel {
  const { graph } = model;
  const pooling = graph.node.findLast(({ opType }) => POOLING.has(opType));
  const features = pooling?.input[0];
  if (features === undefined) throw unfit('has no global average pooling to cut before');
  const nodes = nodesBehind(graph.node, features);
  const used = new Set(nodes.flatMap(({ input }) => input));
  const initializer = graph.initializer.filter(({ name }) => used.has(name));
  const weights = new Set(initializer.map(({ name }) => name));
  const images = graph.input.filter(({ name }) => used.has(name) && !weights.has(name));
  const [image] = images;
  if (image === undefined || images.length > 1) throw unfit('does not take exactly one input');

  const names = new Map([
    [image.name, spec.input.name],
    [features, spec.output.name],
  ]);
  const rename = (name: string): string => names.get(name) ?? name;
  const { size } = spec.input;
  const side = Math.sqrt(spec.output.cells);
  return {
    irVersion: model.irVersion,
    opsetImport: model.opsetImport,
    producerName: 'image-likeness',
    graph: {
      name: 'features',
      node: nodes.map((node) => ({
        ...node,
        input: node.input.map(rename),
        output: node.output.map(rename),
      })),
      initializer,
      input: [tensorInfo(spec.input.name, [3, size, size])],
      output: [tensorInfo(spec.output.name, [spec.output.channels, side, side])],
    },
  };
}

/** The nodes that a tensor depends on, in the graph's own (topological) order. */
function nodesBehind(nodes: readonly OnnxNode[], tensor: string): OnnxNode[] {
  const needed = new Set([tensor]);
  const kept: OnnxNode[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.output.some((name) => needed.has(name))) continue;
    kept.push(node);
    for (const name of node.input) needed.add(name);
  }
  return kept.reverse();
}

/** A float32 tensor with a free batch dimension in front of `shape`. */
function tensorInfo(name: string, shape: readonly number[]): Untouched & { readonly name: string } {
  const dim = [{ dimParam: 'batch' }, ...shape.map((dimValue) => ({ dimValue }))];
  return { name, type: { tensorType: { elemType: ElementType.float32, shape: { dim } } } };
}

function unfit(reason: string): LikenessError {
  return new LikenessError('model-load-failed', `The graph ${reason}.`);
}
