/** Commands of the command line in this process: what takes a second by itself takes some milliseconds here. */
import type { CliRun } from './cli.js';
import { internalModule } from './internal.js';
import { TemporaryDirectory } from './temporary.js';

const { clusterCommand } =
  await internalModule<typeof import('../../wasm/src/cli/cluster/command.js')>(
    'cli/cluster/command.js',
  );
const { dedupeCommand } =
  await internalModule<typeof import('../../wasm/src/cli/dedupe.js')>('cli/dedupe.js');
const { embedCommand } =
  await internalModule<typeof import('../../wasm/src/cli/embed.js')>('cli/embed.js');

const COMMANDS: Readonly<Record<string, typeof embedCommand>> = {
  cluster: clusterCommand,
  dedupe: dedupeCommand,
  embed: embedCommand,
};

const cache = new TemporaryDirectory();
process.on('exit', () => cache[Symbol.dispose]());

/** As `runCli`, without a process, and without workers. */
export async function runHere([name = '', ...args]: readonly string[]): Promise<CliRun> {
  const command = COMMANDS[name];
  if (command === undefined) throw new Error(`runHere knows no command ${name}.`);
  process.env['LIKENESS_CACHE_DIR'] = cache.path;
  let stdout = '';
  let stderr = '';
  const io = {
    out: (text: string): void => {
      stdout += text;
    },
    err: (text: string): void => {
      stderr += text;
    },
    terminal: false,
  };
  try {
    const code = await command([...args, '--workers', '0'], io);
    return { code, stdout, stderr };
  } catch (error) {
    const { code, message } = error as { readonly code?: string; readonly message: string };
    return { code: 2, stdout, stderr: `${stderr}${code}: ${message}\n` };
  }
}
