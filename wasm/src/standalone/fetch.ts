import files from './inlined.js';

/** What addresses of inlined files begin with; no network ever sees them. */
const SCHEME = /^inlined:\/*/;

/**
 * In the self-contained file, this stands where the package and ONNX Runtime call `fetch`: files that
 * are part of it are answered from inside, everything else goes its usual way.
 */
export async function fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const address = input instanceof Request ? input.url : String(input);
  if (!SCHEME.test(address)) return globalThis.fetch(input, init);
  init?.signal?.throwIfAborted();
  const file = files[address.replace(SCHEME, '')];
  if (file === undefined) return new Response(null, { status: 404 });
  const packed = new Blob([bytesOf(file.data)]).stream();
  return new Response(packed.pipeThrough(new DecompressionStream('gzip')), {
    headers: { 'content-type': file.type },
  });
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}
