import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const program = 'build/native/tests/native/tensor_hash';

/** Why tests against the native core are skipped, or false. */
export const withoutNative: string | false = existsSync(program)
  ? false
  : 'the native tests have not been built';

/**
 * Hashes of the tensors that the native core makes of image files.
 * @param input side of a square input, and its stride (`whole`) or the resized short side (`centre`)
 */
export function nativeTensorHashes(
  view: 'whole' | 'centre',
  input: readonly [side: number, strideOrResize: number],
  paths: readonly string[],
): string[] {
  const args = [view, ...input.map(String), ...paths];
  return execFileSync(program, args, { encoding: 'utf8' }).trim().split('\n');
}

/** Installs the native core, and builds examples/compare.cpp with it. @returns the program */
export function buildExample(): string {
  const name = 'an installed core is found and used';
  execFileSync('ctest', ['--preset', 'native', '--tests-regex', name], { encoding: 'utf8' });
  return 'build/native/consumer/examples/compare';
}
