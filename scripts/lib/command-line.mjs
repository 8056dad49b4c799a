/** The package's command line, run where the user stands. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { buildPackage, buildWasm, installPackages } from './build.mjs';
import { rooted } from './files.mjs';
import { ensurePrerequisites } from './prerequisites.mjs';

/** Builds the package if that has never been done. */
export async function ensureCommandLine() {
  if (existsSync(rooted('build/package-built'))) return;
  await ensurePrerequisites('build');
  await installPackages();
  await buildWasm();
  await buildPackage();
}

/**
 * Runs it to its end; its exit code becomes this process's.
 * @param {readonly string[]} args
 */
export function runCommandLine(args) {
  const { status } = spawnSync(process.execPath, [rooted('dist/package/cli/main.js'), ...args], {
    cwd: process.env['INIT_CWD'] ?? process.cwd(),
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
}
