/** Decoders that an application installs beside the package: which format is read by which of them. */
import type { DecoderLoader, InstalledDecoder } from '../engine/environment.js';
import { heicCodec } from './heic-codec.js';
import type { OptionalDecoder } from './installed.js';
import { jxlCodec } from './jxl-codec.js';
import { sharpDecoder } from './sharp-decoder.js';
import { wasmDecoder } from './wasm-decoder.js';

const jsquash = wasmDecoder(jxlCodec);
const libheif = wasmDecoder(heicCodec);

const ALL: readonly OptionalDecoder[] = [sharpDecoder, jsquash, libheif];

/**
 * By the core's names of formats. The first one that is there reads the file; an error names the last one. sharp's
 * prebuilt libvips has no decoder of JPEG XL and HEIC, others have.
 */
const BY_FORMAT: Readonly<Record<string, readonly OptionalDecoder[]>> = {
  JPEG: [sharpDecoder],
  WebP: [sharpDecoder],
  AVIF: [sharpDecoder],
  TIFF: [sharpDecoder],
  'JPEG XL': [sharpDecoder, jsquash],
  HEIC: [sharpDecoder, libheif],
};

/** See EngineEnvironment. */
export const decoders: Readonly<Record<string, DecoderLoader>> = Object.fromEntries(
  Object.entries(BY_FORMAT).map(([format, all]) => [format, () => loadFirst(format, all)]),
);

/** Packages that decode files, whether they are installed or not. */
export const DECODER_PACKAGES: readonly string[] = ALL.map(({ package: name }) => name);

/** What decodes files beside the core, with versions; undefined where only the core does. */
export async function installedDecoders(): Promise<string | undefined> {
  const names = await Promise.allSettled(ALL.map((decoder) => decoder.name()));
  const found = names.flatMap((name) => (name.status === 'fulfilled' ? [name.value] : []));
  return found.length === 0 ? undefined : found.join(', ');
}

/** Whether large JPEG files can be read as drafts. */
export async function readsDrafts(): Promise<boolean> {
  return sharpDecoder.name().then(
    () => true,
    () => false,
  );
}

async function loadFirst(
  format: string,
  all: readonly OptionalDecoder[],
): Promise<InstalledDecoder> {
  let missing: unknown;
  for (const decoder of all) {
    try {
      return await decoder.load(format);
    } catch (error) {
      missing = error;
    }
  }
  throw missing;
}
