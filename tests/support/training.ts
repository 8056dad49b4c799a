/** The recipe of the embedded model, run for tests. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { withoutReference } from './reference.js';

/** Debian's own Python, which sees Debian's PyTorch. */
const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

/** Why tests that train are skipped, or false. */
export const withoutTraining: string | false = withoutReference || withoutPyTorch();

function withoutPyTorch(): string | false {
  const { status } = spawnSync(PYTHON, ['-c', 'import torch, torchvision, onnx']);
  return status === 0
    ? false
    : 'there is no PyTorch: apt-get install python3-torch python3-torchvision python3-onnx';
}

/** Runs a step of models/train/main.py on a few pictures. */
export function runRecipe(step: string, work: string, ...options: string[]): void {
  const args = ['models/train/main.py', step, '--smoke', '--work', work, ...options];
  const { status, stdout, stderr } = spawnSync(PYTHON, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} failed:\n${stdout}\n${stderr}`);
}
