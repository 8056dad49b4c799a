/** The package's command line, run where the user stands. */
import { spawnSync } from 'node:child_process';
import { rooted } from './files.mjs';

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
