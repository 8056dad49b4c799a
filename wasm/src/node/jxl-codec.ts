/**
 * JPEG XL by @jsquash/jxl: libjxl in WebAssembly. It turns a picture by the orientation of the codestream, makes sRGB
 * of all colours, and has the first frame of an animation.
 */
import { PixelArray } from '../engine/image-processor.js';
import { LikenessError } from '../errors.js';
import { SerialQueue } from '../queue.js';
import { firstLine } from './installed.js';
import type { WasmCodec } from './wasm-decoder.js';

/** `decode.js` of the package. */
interface Script {
  init(module: WebAssembly.Module, options: { printErr(line: string): void }): Promise<Decoder>;
}

interface Decoder {
  /** All of its memory. */
  readonly HEAP8: Int8Array;
  /** Upright, RGBA; null for a damaged file. */
  decode(file: Uint8Array): ImageData | null;
}

/** Memory that only large pictures take: where libjxl stops with that much, there was no more. */
const MUCH_MEMORY = 2 ** 30;

/** What the script puts there where there is none, as in Node. */
const GLOBALS = ['ImageData', 'location'];

const queue = new SerialQueue();

/** See WasmCodec. It has no call for the size; the core reads that in the header. */
export const jxlCodec: WasmCodec = {
  package: '@jsquash/jxl',
  script: 'decode.js',
  wasm: 'codec/dec/jxl_dec.wasm',
  async decode(script, module, file, sizeFor) {
    const image = await queue.run(() =>
      withoutTraces(() => decode(script as Script, module, file)),
    );
    if (image === null) throw new Error('libjxl refuses it');
    const { width, height, data } = image;
    return { source: new PixelArray(width, height, data), original: sizeFor({ width, height }) };
  },
};

async function decode({ init }: Script, module: WebAssembly.Module, file: Uint8Array) {
  const decoder = await init(module, { printErr() {} });
  try {
    return decoder.decode(file);
  } catch (error) {
    if (decoder.HEAP8.length < MUCH_MEMORY) throw error;
    throw new LikenessError(
      'out-of-memory',
      `The JPEG XL is too large for its decoder (${firstLine(error)}): use a smaller image.`,
      { cause: error },
    );
  }
}

/** Takes away the globals that came with some work. One at a time: another one may need them. */
async function withoutTraces<T>(work: () => Promise<T>): Promise<T> {
  const added = GLOBALS.filter((name) => !(name in globalThis));
  try {
    return await work();
  } finally {
    for (const name of added) Reflect.deleteProperty(globalThis, name);
  }
}
