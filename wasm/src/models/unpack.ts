/**
 * The inverse of pack.ts, where a model is loaded. ONNX Runtime would turn packed weights into float32
 * by itself, but keeps what it computes on the way until the model has loaded, and WebAssembly memory
 * never shrinks: 12 bits cost 70 MB more than float32, a worker.
 */
import { ElementType } from './element-type.js';
import { type GraphTensor, readTensor } from './onnx-graph.js';
import { fieldsOf, joined, lengthened, numbered, textOf } from './wire-format.js';

/** Numbers of onnx.proto's fields. */
const MODEL = { producerName: 2, graph: 7 } as const;
const GRAPH = { node: 1, initializer: 5 } as const;
const NODE = { output: 2 } as const;
const TENSOR = { dims: 1, dataType: 2, name: 8, rawData: 9 } as const;

/** Names of what pack.ts makes of a tensor, without the tensor's own. */
const PARTS = /\.(scale|levels|whole|high|low|high\.float|high\.shifted|low\.float)$/;

/** Who writes packed models. */
const PRODUCER = 'image-likeness';

/** What 16 is called in a packed model. */
const SIXTEEN = 'sixteen';

/**
 * @param model bytes of an ONNX file
 * @returns bytes of the same network with float32 weights: the same array where none are packed, and
 *   where it is no ONNX file, of which ONNX Runtime has more to say
 */
export function unpackWeights(model: Uint8Array): Uint8Array {
  try {
    const fields = [...fieldsOf(model)];
    const fieldOf = (wanted: number) => fields.find(({ id }) => id === wanted)?.value;
    const graph = fieldOf(MODEL.graph);
    const ours = textOf(fieldOf(MODEL.producerName)) === PRODUCER;
    const unpacked = ours && graph instanceof Uint8Array ? unpackGraph(graph) : undefined;
    if (unpacked === undefined) return model;
    return joined(
      fields.flatMap(({ id, whole }) => (id === MODEL.graph ? lengthened(id, unpacked) : [whole])),
    );
  } catch (error) {
    if (error instanceof RangeError) return model;
    throw error;
  }
}

/** The parts of the graph's message, or undefined where no weights are packed. */
function unpackGraph(graph: Uint8Array): Uint8Array[] | undefined {
  const tensors = new Map<string, GraphTensor>();
  const packed = new Set<string>();
  const fields = [...fieldsOf(graph)].map(({ id, value, whole }) => {
    if (!(value instanceof Uint8Array)) return { name: '', whole };
    if (id === GRAPH.initializer) {
      const tensor = readTensor(value);
      tensors.set(tensor.name, tensor);
      if (tensor.name.endsWith('.scale')) packed.add(tensor.name.replace(PARTS, ''));
      return { name: tensor.name, whole };
    }
    if (id !== GRAPH.node) return { name: '', whole };
    const output = [...fieldsOf(value)].find((field) => field.id === NODE.output);
    return { name: textOf(output?.value), whole };
  });
  if (packed.size === 0) return undefined;
  const kept = fields.filter(
    ({ name }) => name !== SIXTEEN && !packed.has(name.replace(PARTS, '')),
  );
  const weights = [...packed].flatMap((name) => {
    const tensor = unpackTensor(name, (part) => tensors.get(`${name}.${part}`));
    return lengthened(GRAPH.initializer, tensor);
  });
  return [...kept.map(({ whole }) => whole), ...weights];
}

/** The parts of a float32 tensor's message. */
function unpackTensor(name: string, part: (name: string) => GraphTensor | undefined): Uint8Array[] {
  const whole = part('whole');
  const high = part('high');
  const scale = part('scale');
  const source = whole ?? high;
  if (source === undefined || scale === undefined) throw new RangeError(`no weights ${name}`);
  const scales = new Float32Array(new Uint8Array(scale.data).buffer);
  const levels = whole
    ? levelsOf(whole)
    : levelsOfHalves(source.data, part('low')?.data ?? new Uint8Array());
  const length = levels.length / scales.length;
  const values = new Float32Array(levels);
  for (let channel = 0, i = 0; channel < scales.length; channel += 1) {
    const factor = scales[channel] ?? 0;
    for (const end = i + length; i < end; i += 1) values[i] = (values[i] ?? 0) * factor;
  }
  return [
    ...source.dims.flatMap((length) => numbered(TENSOR.dims, length)),
    ...numbered(TENSOR.dataType, ElementType.float32),
    ...lengthened(TENSOR.name, [new TextEncoder().encode(name)]),
    ...lengthened(TENSOR.rawData, [new Uint8Array(values.buffer)]),
  ];
}

function levelsOf({ dataType, data }: GraphTensor): Int8Array | Int16Array {
  const { buffer } = new Uint8Array(data);
  return dataType === ElementType.int8 ? new Int8Array(buffer) : new Int16Array(buffer);
}

/** Two's complement in 12 bits: the lower halves of two levels are in one byte, the first one low. */
function levelsOfHalves(high: Uint8Array, low: Uint8Array): Int16Array {
  const levels = new Int16Array(new Int8Array(high));
  for (let i = 0; i < levels.length; i += 1) {
    const pair = low[i >> 1] ?? 0;
    levels[i] = ((levels[i] ?? 0) << 4) | (i % 2 === 0 ? pair & 15 : pair >> 4);
  }
  return levels;
}
