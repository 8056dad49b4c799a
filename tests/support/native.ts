import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const program = 'build/native/tests/native/tensor_hash';

/** Why tests against the native core are skipped, or false. */
export const withoutNative: string | false = existsSync(program)
  ? false
  : 'the native tests have not been built';

/** Hashes of the tensors that the native core makes of image files; sides in pixels. */
export function nativeTensorHashes(
  resize: number,
  crop: number,
  paths: readonly string[],
): string[] {
  const args = [String(resize), String(crop), ...paths];
  return execFileSync(program, args, { encoding: 'utf8' }).trim().split('\n');
}
