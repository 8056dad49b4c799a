/** The package as its users get it: packed, and installed from the tarball in a project of its own. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const PROJECT = resolve('build/package-test');

/** The tarball, its files, and the project it is installed in. */
export interface Installed {
  /** Absolute path of the project; the package is in its node_modules. */
  readonly project: string;
  readonly tarball: string;
  /** Paths inside the package. */
  readonly files: readonly string[];
}

interface PackReport {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** Packs the package and installs it, unless this very tarball is installed already. */
export function installPackage(): Installed {
  mkdirSync(PROJECT, { recursive: true });
  const report = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', PROJECT], '.'),
  ) as readonly PackReport[];
  const [packed] = report;
  if (packed === undefined) throw new Error('npm pack made nothing');
  const tarball = join(PROJECT, packed.filename);
  const digest = createHash('sha256').update(readFileSync(tarball)).digest('hex');
  const stamp = join(PROJECT, 'installed');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== digest) {
    rmSync(join(PROJECT, 'node_modules'), { recursive: true, force: true });
    rmSync(join(PROJECT, 'package-lock.json'), { force: true });
    writeFileSync(
      join(PROJECT, 'package.json'),
      JSON.stringify({
        name: 'package-test',
        private: true,
        type: 'module',
        dependencies: { 'image-likeness': `file:${tarball}` },
      }),
    );
    run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], PROJECT);
    writeFileSync(stamp, digest);
  }
  return { project: PROJECT, tarball, files: packed.files.map(({ path }) => path) };
}

/** Runs a program to its end. @returns what it printed on standard output */
export function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} failed (${status}):\n${stdout}\n${stderr}`);
}
