import { LikenessError, messageOf } from './errors.js';

/** What V8 says where whoever embeds it allows no code to be made at run time. */
const FORBIDDEN = /disallowed by embedder/;

/** A module without anything: the magic number and version 1. */
const EMPTY_MODULE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/**
 * Compiles WebAssembly.
 * @throws LikenessError `wasm-load-failed` where the platform forbids it; what WebAssembly throws for other bytes
 */
export async function compileWasm(bytes: Uint8Array): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>);
  } catch (error) {
    if (!FORBIDDEN.test(messageOf(error))) throw error;
    throw new LikenessError(
      'wasm-load-failed',
      "This platform forbids compiling WebAssembly at run time. Import 'image-likeness/likeness-core.wasm' where your build compiles it, and pass that as the option wasmModule.",
      { cause: error },
    );
  }
}

/** @throws LikenessError `wasm-load-failed` where the platform forbids compiling at run time */
export async function assertCompiles(): Promise<void> {
  await compileWasm(EMPTY_MODULE);
}
