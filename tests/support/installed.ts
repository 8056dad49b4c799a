/** The package as its users get it: packed, and installed from the tarball in a project of its own. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

const PROJECT = resolve('build/package-test');

/** ONNX Runtime Web as applications install it beside the package, which does not bring it. */
const RUNTIME = 'onnxruntime-web';

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

/** Packs the package and installs it alone, unless this very tarball is installed already. */
export function installPackage(): Installed {
  return installWith(PROJECT, {});
}

/** The same with ONNX Runtime Web beside it, in another project. */
export function installPackageWithRuntime(): Installed {
  const { peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    readonly peerDependencies: Readonly<Record<string, string>>;
  };
  return installWith(`${PROJECT}-with-runtime`, { [RUNTIME]: String(peerDependencies[RUNTIME]) });
}

/**
 * A project with the packages of a folder of tests/package, as its lockfile pins them, and the package beside them.
 * @param folder of tests/package, with package.json and package-lock.json
 */
export function installBeside(folder: string): Installed {
  const { tarball, files } = installPackage();
  const project = resolve(`build/${folder}-test`);
  const lock = resolve('tests/package', folder, 'package-lock.json');
  mkdirSync(project, { recursive: true });
  copyFileSync(resolve('tests/package', folder, 'package.json'), join(project, 'package.json'));
  const stampOf = (what: string): string => join(project, `${basename(what)}.installed`);
  /** Installing takes minutes: where only the package is new, only that is installed anew. */
  const installNew = (what: string, install: () => void): void => {
    const digest = createHash('sha256').update(readFileSync(what)).digest('hex');
    const stamp = stampOf(what);
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
    install();
    writeFileSync(stamp, digest);
  };
  installNew(lock, () => {
    rmSync(stampOf(tarball), { force: true });
    copyFileSync(lock, join(project, 'package-lock.json'));
    run('npm', ['ci', '--no-audit', '--no-fund'], project);
  });
  installNew(tarball, () => {
    run('npm', ['install', '--no-save', '--no-audit', '--no-fund', tarball], project);
  });
  return { project, tarball, files };
}

function installWith(project: string, dependencies: Readonly<Record<string, string>>): Installed {
  mkdirSync(project, { recursive: true });
  const report = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project], '.'),
  ) as readonly PackReport[];
  const [packed] = report;
  if (packed === undefined) throw new Error('npm pack made nothing');
  const tarball = join(project, packed.filename);
  const digest = createHash('sha256').update(readFileSync(tarball)).digest('hex');
  const stamp = join(project, 'installed');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== digest) {
    rmSync(join(project, 'node_modules'), { recursive: true, force: true });
    rmSync(join(project, 'package-lock.json'), { force: true });
    writeFileSync(
      join(project, 'package.json'),
      JSON.stringify({
        name: 'package-test',
        version: '0.0.0',
        private: true,
        type: 'module',
        dependencies: { 'image-likeness': `file:${tarball}`, ...dependencies },
      }),
    );
    run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], project);
    writeFileSync(stamp, digest);
  }
  return { project, tarball, files: packed.files.map(({ path }) => path) };
}

/**
 * Runs a program to its end.
 * @param env variables beside those of this process; undefined takes one away
 * @returns what it printed on standard output
 */
export function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} failed (${status}):\n${stdout}\n${stderr}`);
}

/** A folder with these files, and nothing else. @returns its path */
export function freshFolder(folder: string, files: Readonly<Record<string, string>>): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
