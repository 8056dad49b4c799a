/** Decoders that are written in WebAssembly. */
import type { DecodedFile, InstalledDecoder, SizeFor } from '../engine/environment.js';
import { LikenessError } from '../errors.js';
import {
  damagedFile,
  importInstalled,
  installedVersion,
  missingPackage,
  type OptionalDecoder,
  readInstalled,
} from './installed.js';

/** How a package decodes files of one format. */
export interface WasmCodec {
  readonly package: string;
  /** Its script and its WebAssembly, inside the package. */
  readonly script: string;
  readonly wasm: string;
  /**
   * Decodes a file by an instance of its own: so none has to be tidied up, none goes on growing, and what a damaged
   * file does to it is nothing to the next one.
   * @param script the script, imported
   * @throws LikenessError with a code of its own; anything else for a damaged file
   */
  decode(
    script: object,
    module: WebAssembly.Module,
    file: Uint8Array,
    sizeFor: SizeFor,
  ): Promise<DecodedFile>;
}

/** A package with such a decoder, loaded once a thread. */
export function wasmDecoder(codec: WasmCodec): OptionalDecoder {
  const { package: name } = codec;
  let loading: Promise<InstalledDecoder> | undefined;
  return {
    package: name,
    name: async () => `${name} ${await installedVersion(name)}`,
    load() {
      loading ??= loadCodec(codec);
      return loading;
    },
  };
}

async function loadCodec(codec: WasmCodec): Promise<InstalledDecoder> {
  const { package: name } = codec;
  try {
    const [script, bytes] = await Promise.all([
      importInstalled(`${name}/${codec.script}`),
      readInstalled(`${name}/${codec.wasm}`),
    ]);
    const module = await WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>);
    return {
      async open(file, { format }, sizeFor) {
        try {
          return await codec.decode(script, module, file, sizeFor);
        } catch (error) {
          throw error instanceof LikenessError ? error : damagedFile(format, error);
        }
      },
    };
  } catch (error) {
    throw missingPackage(name, error);
  }
}
