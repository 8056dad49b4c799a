/**
 * Files name the height and width of a square input, and ONNX Runtime takes no other then. A network of
 * convolutions takes any: it only has to be told. That is done where a model is loaded, so that the file
 * keeps its hash.
 */
import { type Field, fieldsOf, joined, lengthened, textOf } from './wire-format.js';

/** Numbers of onnx.proto's fields, from a model down to a dimension of a shape. */
const MODEL = { graph: 7 } as const;
const GRAPH = { input: 11, output: 12, valueInfo: 13 } as const;
const VALUE_INFO = { name: 1, type: 2 } as const;
const TYPE = { tensor: 1 } as const;
const TENSOR_TYPE = { shape: 2 } as const;
const SHAPE = { dim: 1 } as const;
const DIMENSION = { param: 2 } as const;

/** Of a shape in NCHW: the dimensions that become free, and what they are called. */
const SIDES: Readonly<Record<number, string>> = { 2: 'height', 3: 'width' };

/** A message's parts in place of a field's value. */
type Rewrite = (value: Uint8Array) => readonly Uint8Array[];

/**
 * @param model bytes of an ONNX file
 * @param names of the input and the output whose height and width are to be free
 * @returns bytes of the same network; the same array where it is no ONNX file, of which ONNX Runtime has
 *   more to say
 */
export function freeSides(model: Uint8Array, names: readonly string[]): Uint8Array {
  try {
    return joined(rewritten(model, { [MODEL.graph]: (graph) => freeGraph(graph, names) }));
  } catch (error) {
    if (error instanceof RangeError) return model;
    throw error;
  }
}

/** Shapes that were inferred on the way are left out: they are those of the square. */
function freeGraph(graph: Uint8Array, names: readonly string[]): Uint8Array[] {
  const freed: Rewrite = (value) => (names.includes(nameOf(value)) ? freeValue(value) : [value]);
  const kept = [...fieldsOf(graph)].filter(({ id }) => id !== GRAPH.valueInfo);
  return parts(kept, { [GRAPH.input]: freed, [GRAPH.output]: freed });
}

function nameOf(valueInfo: Uint8Array): string {
  return textOf([...fieldsOf(valueInfo)].find(({ id }) => id === VALUE_INFO.name)?.value);
}

function freeValue(valueInfo: Uint8Array): Uint8Array[] {
  const freeShape: Rewrite = (shape) =>
    [...fieldsOf(shape)].flatMap(({ whole }, place) => {
      const side = SIDES[place];
      if (side === undefined) return [whole];
      const param = new TextEncoder().encode(`${nameOf(valueInfo)}.${side}`);
      return lengthened(SHAPE.dim, lengthened(DIMENSION.param, [param]));
    });
  const freeTensor: Rewrite = (tensor) => rewritten(tensor, { [TENSOR_TYPE.shape]: freeShape });
  return rewritten(valueInfo, {
    [VALUE_INFO.type]: (type) => rewritten(type, { [TYPE.tensor]: freeTensor }),
  });
}

function rewritten(message: Uint8Array, rewrites: Readonly<Record<number, Rewrite>>): Uint8Array[] {
  return parts([...fieldsOf(message)], rewrites);
}

/** The fields as they stand, but for those of the numbers that `rewrites` has. */
function parts(
  fields: readonly Field[],
  rewrites: Readonly<Record<number, Rewrite>>,
): Uint8Array[] {
  return fields.flatMap(({ id, value, whole }) => {
    const rewrite = rewrites[id];
    if (rewrite === undefined || !(value instanceof Uint8Array)) return [whole];
    return lengthened(id, rewrite(value));
  });
}
