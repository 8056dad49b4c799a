/**
 * What a value is, whichever realm made it. Frames, popups, `node:vm` and jsdom have classes of their own, so
 * that `instanceof` says no of values that are as good as any.
 */

/** The built-in class of a value, also of a subclass: `Uint8Array`, `File`, `HTMLImageElement`; `Null`. */
export function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

/** Whether it is a Blob, for instance a File; by its methods, since some libraries' have no name. */
export function isBlob(value: unknown): value is Blob {
  if (typeof value !== 'object' || value === null) return false;
  const { size, slice } = value as Partial<Blob>;
  return typeof slice === 'function' && typeof size === 'number';
}

/** The bytes of a Blob. Those of jsdom can be read by its FileReader only. */
export async function readBlob(blob: Pick<Blob, 'arrayBuffer'>): Promise<Uint8Array> {
  if (typeof blob.arrayBuffer === 'function') return new Uint8Array(await blob.arrayBuffer());
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(new Uint8Array(reader.result as ArrayBuffer));
    reader.onerror = () => reject(reader.error);
    reader.readAsArrayBuffer(blob as Blob);
  });
}

/** Whether it is a Uint8Array (a Buffer of Node is one). */
export function isUint8Array(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && kindOf(value) === 'Uint8Array';
}

/** Whether it is a Float32Array. */
export function isFloat32Array(value: unknown): value is Float32Array {
  return ArrayBuffer.isView(value) && kindOf(value) === 'Float32Array';
}

/**
 * The bytes of a Uint8Array or an ArrayBuffer, as a Uint8Array of this realm; nothing is copied.
 * @returns undefined for anything else
 */
export function bytesFrom(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (isUint8Array(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  const kind = kindOf(value);
  const whole = kind === 'ArrayBuffer' || kind === 'SharedArrayBuffer';
  return whole ? new Uint8Array(value as ArrayBuffer) : undefined;
}

/** The same bytes as a Uint8Array of this realm, which is what `instanceof` in other libraries asks for. */
export function inThisRealm(bytes: Uint8Array): Uint8Array {
  return bytesFrom(bytes) ?? bytes;
}
