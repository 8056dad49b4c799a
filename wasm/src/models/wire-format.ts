/**
 * onnx.proto's wire format, field by field, for what is done to a model where it is loaded: protobufjs,
 * which onnx.ts uses, is twice as much code as all that a worker loads.
 */

/** How the wire format says what follows a field's number. */
const Wire = { varint: 0, eightBytes: 1, bytes: 2, fourBytes: 5 } as const;

/** A field of a message. */
export interface Field {
  readonly id: number;
  /** Number, or the bytes of what has a length. */
  readonly value: number | Uint8Array;
  /** The field as it stands in the message, with its number. */
  readonly whole: Uint8Array;
}

/** Numbers may stand one by one, or many of them behind one length. */
export function numbersOf(value: number | Uint8Array): number[] {
  if (!(value instanceof Uint8Array)) return [value];
  const numbers = [];
  for (let place = 0; place < value.length; ) {
    const [number, next] = varintAt(value, place);
    numbers.push(number);
    place = next;
  }
  return numbers;
}

/** A graph has hundreds of names, and a decoder takes longer to make than a name to decode. */
const utf8 = new TextDecoder();

export function textOf(value: number | Uint8Array | undefined): string {
  return value instanceof Uint8Array ? utf8.decode(value) : '';
}

/** @throws RangeError where the bytes are no message */
export function* fieldsOf(message: Uint8Array): Generator<Field> {
  for (let start = 0; start < message.length; ) {
    const [key, at] = varintAt(message, start);
    const [id, wire] = [Math.floor(key / 8), key % 8];
    let value: number | Uint8Array = 0;
    let end = at;
    if (wire === Wire.varint) [value, end] = varintAt(message, at);
    else if (wire === Wire.eightBytes) end = at + 8;
    else if (wire === Wire.fourBytes) end = at + 4;
    else if (wire === Wire.bytes) {
      const [length, begin] = varintAt(message, at);
      end = begin + length;
      value = message.subarray(begin, end);
    } else throw new RangeError(`wire type ${wire}`);
    if (end > message.length) throw new RangeError('the message ends too early');
    yield { id, value, whole: message.subarray(start, end) };
    start = end;
  }
}

/** A number of up to 53 bits, seven in a byte, the lowest first; and where the next thing starts. */
function varintAt(message: Uint8Array, start: number): [number, number] {
  let number = 0;
  let weight = 1;
  for (let place = start; place < message.length; place += 1, weight *= 128) {
    const byte = message[place] ?? 0;
    number += (byte % 128) * weight;
    if (byte < 128) return [number, place + 1];
  }
  throw new RangeError('a number ends too early');
}

function varint(number: number): number[] {
  return number < 128 ? [number] : [(number % 128) + 128, ...varint(Math.floor(number / 128))];
}

export function numbered(id: number, value: number): Uint8Array[] {
  return [Uint8Array.from([...varint(id * 8 + Wire.varint), ...varint(value)])];
}

/** A field of what has a length: a message, text, bytes. */
export function lengthened(id: number, parts: readonly Uint8Array[]): Uint8Array[] {
  const length = lengthOf(parts);
  return [Uint8Array.from([...varint(id * 8 + Wire.bytes), ...varint(length)]), ...parts];
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(lengthOf(parts));
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
}
