/** The recipe of the embedded model, run for tests. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { PYTHON } from '../../scripts/lib/prerequisites.mjs';
import { withoutReference } from './reference.js';

/** Why tests that train are skipped, or false. */
export const withoutTraining: string | false = withoutReference || withoutPyTorch();

function withoutPyTorch(): string | false {
  const { status } = spawnSync(PYTHON, ['-c', 'import torch, torchvision, onnx']);
  return status === 0
    ? false
    : 'there is no PyTorch: apt-get install python3-torch python3-torchvision python3-onnx';
}

/** Runs a step of models/train/main.py on a few pictures. What it says is passed on: a slow machine is heard, too. */
export async function runRecipe(step: string, work: string, ...options: string[]): Promise<void> {
  const args = ['models/train/main.py', step, '--smoke', '--work', work, ...options];
  const recipe = spawn(PYTHON, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PYTHONUNBUFFERED: '1' },
  });
  let said = '';
  for (const stream of [recipe.stdout, recipe.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      process.stdout.write(text);
    });
  }
  const [code] = await once(recipe, 'close');
  if (code !== 0) throw new Error(`${args.join(' ')} failed:\n${said}`);
}
