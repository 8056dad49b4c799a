/** What the system tells of a user and a machine, where it may be asked. */
import { availableParallelism, homedir } from 'node:os';

/** A variable of the environment; undefined as well where it may not be read (Deno without `--allow-env`). */
export function variable(name: string): string | undefined {
  return allowed(() => process.env[name]) || undefined;
}

/** The user's home directory; undefined where there is none, as in many containers. */
export function homeDirectory(): string | undefined {
  return allowed(homedir) || undefined;
}

/** Processor cores; 1 where the machine may not be asked (Deno without `--allow-sys`). */
export function cores(): number {
  return allowed(availableParallelism) ?? 1;
}

function allowed<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
