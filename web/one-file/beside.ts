/// <reference types="vite/client" />
import FirstAnswerWorker from '../src/first-answer-worker.ts?worker&inline';

/** The sample pictures by their paths, as data: addresses. */
const samples = import.meta.glob<string>('../../dist/site/samples/*.jpg', {
  base: '../../dist/site',
  query: '?inline',
  import: 'default',
  eager: true,
});

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

export function spawnFirstAnswer(): Worker {
  return new FirstAnswerWorker();
}
