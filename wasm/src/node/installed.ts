/** Packages that an application installs beside this one, or doesn't. They are named where bundlers don't look. */
import { createRequire } from 'node:module';
import type { InstalledDecoder } from '../engine/environment.js';
import { LikenessError, messageOf } from '../errors.js';
import { readBytes } from './read-bytes.js';

/** A package that decodes files. */
export interface OptionalDecoder {
  readonly package: string;
  /** With its version, since another one may give other pixels. @returns rejects where it isn't installed */
  name(): Promise<string>;
  /** @returns rejects with an Error that says how to get what reads the format */
  load(format: string): Promise<InstalledDecoder>;
}

/** The command that installs packages. */
export function installCommand(...names: readonly string[]): string {
  return `npm install ${names.join(' ')}`;
}

/** A module of such a package. @returns rejects where it isn't there, or is broken */
export function importInstalled(specifier: string): Promise<object> {
  return import(/* @vite-ignore */ /* webpackIgnore: true */ specifier);
}

/**
 * What a CommonJS module of such a package exports. Node takes less than half of the time that it takes to import one,
 * since it need not find out before which names those are.
 * @returns rejects where it isn't there, or is broken
 */
export async function requireInstalled(specifier: string): Promise<object> {
  // Undefined in CommonJS bundles.
  const address: string | undefined = import.meta.url;
  if (address !== undefined) return createRequire(address)(specifier);
  const { default: exported } = (await importInstalled(specifier)) as { readonly default: object };
  return exported;
}

/** A file of such a package. @returns rejects where it isn't there */
export async function readInstalled(path: string): Promise<Uint8Array> {
  return readBytes(createRequire(import.meta.url).resolve(path));
}

/** The version of such a package. @returns rejects where it isn't there */
export async function installedVersion(name: string): Promise<string> {
  const manifest = JSON.parse(
    new TextDecoder().decode(await readInstalled(`${name}/package.json`)),
  );
  return manifest.version;
}

/** What a missing package would have been good for, how to get it, and what is wrong with one that is there. */
export function missingPackage(name: string, error: unknown): Error {
  const { code } = error as NodeJS.ErrnoException;
  const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  const reason = missing ? '' : ` (it is here, but could not be loaded: ${firstLine(error)})`;
  const message = `In Node, ${name} reads most files like it${reason}: ${installCommand(name)}`;
  return new Error(message, { cause: error });
}

/** The error for a file that a package could not decode. @param format by the core's name */
export function damagedFile(format: string, error: unknown): LikenessError {
  return new LikenessError(
    'corrupt-image',
    `The ${format} could not be decoded (${firstLine(error)}): save the image again.`,
    { cause: error },
  );
}

/** Libraries say more, line after line, than a message needs. */
export function firstLine(error: unknown): string {
  const [line = ''] = messageOf(error).split('\n');
  return line;
}
