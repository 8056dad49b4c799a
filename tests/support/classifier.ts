/** A small ONNX classifier, built here: convolution, ReLU6, global pooling, a fully connected end. */
import { randomFloats } from './random.js';

/** Numbers of onnx.proto. */
const FLOAT32 = 1;
const INT = 2;
const INTS = 7;

/** The pieces of a classifier graph, in the shape that the package's ONNX writer takes. */
export interface Classifier {
  readonly irVersion: number;
  readonly opsetImport: readonly Readonly<Record<string, unknown>>[];
  readonly graph: {
    readonly name: string;
    readonly node: readonly {
      readonly opType: string;
      readonly input: readonly string[];
      readonly output: readonly string[];
      readonly attribute?: readonly Readonly<Record<string, unknown>>[];
    }[];
    readonly initializer: readonly (Readonly<Record<string, unknown>> & {
      readonly name: string;
    })[];
    readonly input: readonly (Readonly<Record<string, unknown>> & { readonly name: string })[];
    readonly output: readonly (Readonly<Record<string, unknown>> & { readonly name: string })[];
  };
}

/** Size of a classifier. */
export interface ClassifierSpec {
  /** Side of the square input, a multiple of `stride`. */
  readonly size: number;
  readonly channels: number;
  /** Of the one convolution, whose kernel is `stride` × `stride`. */
  readonly stride: number;
  readonly classes: number;
}

/** A classifier with seeded random weights; its input is called `data`, its output `scores`. */
export function buildClassifier({ size, channels, stride, classes }: ClassifierSpec): Classifier {
  const ints = (name: string, values: readonly number[]) => ({ name, ints: values, type: INTS });
  return {
    irVersion: 7,
    opsetImport: [{ domain: '', version: 12 }],
    graph: {
      name: 'classifier',
      node: [
        {
          opType: 'Conv',
          input: ['data', 'kernel'],
          output: ['linear'],
          attribute: [ints('kernel_shape', [stride, stride]), ints('strides', [stride, stride])],
        },
        { opType: 'Relu', input: ['linear'], output: ['activated'] },
        { opType: 'GlobalAveragePool', input: ['activated'], output: ['pooled'] },
        {
          opType: 'Flatten',
          input: ['pooled'],
          output: ['flat'],
          attribute: [{ name: 'axis', i: 1, type: INT }],
        },
        { opType: 'MatMul', input: ['flat', 'weights'], output: ['scores'] },
      ],
      initializer: [
        weights('kernel', [channels, 3, stride, stride], 1),
        weights('weights', [channels, classes], 2),
      ],
      input: [info('data', [3, size, size])],
      output: [info('scores', [classes])],
    },
  };
}

function weights(name: string, dims: readonly number[], seed: number) {
  const count = dims.reduce((product, dim) => product * dim, 1);
  const values = randomFloats(count, seed).map((value) => value - 0.5);
  return { name, dims, dataType: FLOAT32, rawData: new Uint8Array(values.buffer) };
}

function info(name: string, shape: readonly number[]) {
  const dim = [{ dimParam: 'batch' }, ...shape.map((dimValue) => ({ dimValue }))];
  return { name, type: { tensorType: { elemType: FLOAT32, shape: { dim } } } };
}
