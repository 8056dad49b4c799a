/// <reference types="vite/client" />

/** The sample pictures by their paths, as data: addresses. */
const samples = import.meta.glob<string>('../../dist/site/samples/*.jpg', {
  base: '../../dist/site',
  query: '?inline',
  import: 'default',
  eager: true,
});

// The HTML names them, and the script has them: once is enough.
for (const picture of document.querySelectorAll('img')) {
  const address = samples[`./${picture.src.split('#')[1]}`];
  if (address !== undefined) picture.src = address;
}

export const IN_ONE_FILE = true;

/** No policy of a page that asks for nothing lets it fetch data: addresses. */
export async function fetchBeside(path: string): Promise<Response> {
  const address = samples[`./${path}`];
  if (address === undefined) return new Response(null, { status: 404 });
  const data = atob(address.slice(address.indexOf(',') + 1));
  return new Response(Uint8Array.from(data, (letter) => letter.charCodeAt(0)));
}

/** The core computes everything: ONNX Runtime Web would make four files of the one. */
export async function runtimeFor(): Promise<undefined> {
  return undefined;
}

/** With everything inside, the model answers as soon. */
export function spawnFirstAnswer(): undefined {
  return undefined;
}
