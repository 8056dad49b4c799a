/**
 * HEIC by libheif-js: libheif and libde265 in WebAssembly. It turns a picture by the properties of its item, and
 * applies no colour profile.
 */
import { PixelArray } from '../engine/image-processor.js';
import { type ErrorCode, LikenessError } from '../errors.js';
import type { WasmCodec } from './wasm-decoder.js';

/** `libheif-wasm/libheif.js` of the package; what is used of it, by the names of libheif's C interface. */
interface Script {
  readonly default: (options: {
    instantiateWasm(
      imports: WebAssembly.Imports,
      receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
    ): WebAssembly.Exports;
    print(line: string): void;
    printErr(line: string): void;
  }) => LibHeif | Promise<LibHeif>;
}

interface LibHeif {
  readonly heif_colorspace: { readonly heif_colorspace_RGB: object };
  readonly heif_chroma: { readonly heif_chroma_interleaved_RGBA: object };
  heif_context_alloc(): object;
  heif_context_set_maximum_image_size_limit(context: object, side: number): void;
  heif_context_read_from_memory(context: object, file: Uint8Array): Outcome;
  heif_js_context_get_primary_image_handle(context: object): Outcome;
  heif_image_handle_get_width(handle: object): number;
  heif_image_handle_get_height(handle: object): number;
  heif_image_handle_is_premultiplied_alpha(handle: object): number;
  heif_js_decode_image2(
    handle: object,
    colorspace: object,
    chroma: object,
  ): Promise<Outcome & { readonly channels: readonly Channel[] }>;
}

/** Something that was asked for, or what is in the way. */
interface Outcome {
  /** Of a heif_error. */
  readonly code?: { readonly value: number };
  readonly message?: string;
}

/** RGBA, 8 bits each. */
interface Channel {
  /** In the memory of the decoder. */
  readonly data: Uint8Array;
  /** Bytes from one row to the next. */
  readonly stride: number;
}

/** Those of heif_error_code (libheif/heif_error.h) that say more than that a file is damaged. */
const CODES: Readonly<Record<number, ErrorCode | undefined>> = {
  3: 'unsupported-format',
  4: 'unsupported-format',
  6: 'out-of-memory',
};

/** See WasmCodec. */
export const heicCodec: WasmCodec = {
  package: 'libheif-js',
  script: 'libheif-wasm/libheif.js',
  wasm: 'libheif-wasm/libheif.wasm',
  async decode(script, module, file, sizeFor) {
    const lib = await start(script as Script, module);
    const context = lib.heif_context_alloc();
    checked(lib.heif_context_read_from_memory(context, file));
    const handle = checked(lib.heif_js_context_get_primary_image_handle(context));
    const size = {
      width: lib.heif_image_handle_get_width(handle),
      height: lib.heif_image_handle_get_height(handle),
    };
    const original = sizeFor(size);
    const { channels } = checked(
      await lib.heif_js_decode_image2(
        handle,
        lib.heif_colorspace.heif_colorspace_RGB,
        lib.heif_chroma.heif_chroma_interleaved_RGBA,
      ),
    );
    const [channel] = channels;
    if (channel === undefined) throw new Error('it has no colours');
    const pixels = withoutGaps(channel, size.width * 4, size.height);
    if (lib.heif_image_handle_is_premultiplied_alpha(handle)) divideByAlpha(pixels);
    return { source: new PixelArray(size.width, size.height, pixels), original };
  },
};

async function start({ default: create }: Script, module: WebAssembly.Module): Promise<LibHeif> {
  return create({
    instantiateWasm(imports, receive) {
      const instance = new WebAssembly.Instance(module, imports);
      receive(instance, module);
      return instance.exports;
    },
    print() {},
    printErr() {},
  });
}

/** @throws LikenessError, or Error for a damaged file */
function checked<T extends Outcome>(outcome: T): T {
  const { code, message = '' } = outcome;
  if (code === undefined || code.value === 0) return outcome;
  const known = CODES[code.value];
  if (known === undefined) throw new Error(message);
  const told = `The HEIC could not be decoded (${message}): save the image as JPEG or PNG.`;
  throw new LikenessError(known, told);
}

function withoutGaps({ data, stride }: Channel, rowBytes: number, rows: number): Uint8ClampedArray {
  const pixels = new Uint8ClampedArray(rowBytes * rows);
  for (let row = 0; row < rows; row += 1) {
    pixels.set(data.subarray(row * stride, row * stride + rowBytes), row * rowBytes);
  }
  return pixels;
}

/** Colours that were multiplied by their opacity; the array rounds. */
function divideByAlpha(pixels: Uint8ClampedArray): void {
  for (let at = 0; at < pixels.length; at += 4) {
    const alpha = (pixels[at + 3] ?? 0) / 255;
    if (alpha === 0) continue;
    for (let colour = at; colour < at + 3; colour += 1) {
      pixels[colour] = (pixels[colour] ?? 0) / alpha;
    }
  }
}
