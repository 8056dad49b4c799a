/** A run as Slurm jobs: an array for each stage, each of which waits for the one before. */
import { execFile } from 'node:child_process';
import { chmod, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { messageOf } from '../../errors.js';
import { type CommandIo, readInput, usageError, writeOutput } from '../io.js';
import { type Run, STAGES, type Stage } from './plan.js';

const runProgram = promisify(execFile);

/** How often a task that failed is put back into the queue; one whose node was lost always is. */
const RETRIES = 3;

/** How often the queue is looked at before it is said that it can't be. */
const QUEUE_TRIES = 6;

/** Of the states that squeue names, those of tasks that are at work. */
const RUNNING = ['R', 'CG', 'CF'];

/** Job numbers, by stage. */
type Jobs = Readonly<Partial<Record<Stage, string>>>;

/** The script of a stage's job. @param options for sbatch, as `--partition=big` */
export function scriptOf(run: Run, stage: Stage, options: readonly string[]): string {
  const main = fileURLToPath(new URL('../main.js', import.meta.url));
  const log = join(resolve(run.out), 'slurm', `${stage}-%a.log`);
  const last = run.tasksOf(stage) - 1;
  const directives = [
    `--job-name=likeness-${stage}`,
    `--array=0-${last}`,
    '--requeue',
    '--open-mode=append',
    `--output=${log}`,
    ...options,
  ];
  return `#!/bin/sh
${directives.map((directive) => `#SBATCH ${directive}\n`).join('')}
${quoted(process.execPath)} ${quoted(main)} cluster run ${stage} --out ${quoted(run.out)} \\
  --task "$SLURM_ARRAY_TASK_ID" --workers "\${SLURM_CPUS_PER_TASK:-1}" && exit 0
code=$?
if [ "\${SLURM_RESTART_COUNT:-0}" -lt ${RETRIES} ]; then
  scontrol requeue "\${SLURM_ARRAY_JOB_ID}_\${SLURM_ARRAY_TASK_ID}" && sleep 60
fi
exit "$code"
`;
}

/**
 * Writes the scripts of a run, and hands them to sbatch.
 * @param dryRun only writes them, and says what would be done
 * @throws LikenessError `invalid-argument` where sbatch refuses a job, or is not there
 */
export async function submit(
  run: Run,
  options: readonly string[],
  dryRun: boolean,
  io: CommandIo,
): Promise<void> {
  const folder = join(run.out, 'slurm');
  await mkdir(folder, { recursive: true });
  const jobs: Partial<Record<Stage, string>> = {};
  let before: string | undefined;
  for (const stage of STAGES) {
    const script = join(folder, `${stage}.sbatch`);
    await writeOutput(script, scriptOf(run, stage, options));
    await chmod(script, 0o755);
    const dependency =
      before === undefined ? [] : [`--dependency=afterok:${before}`, '--kill-on-invalid-dep=yes'];
    const args = ['--parsable', ...dependency, script];
    io.out(`sbatch ${args.join(' ')}\n`);
    before = dryRun ? `<${stage}>` : await submitted(args);
    jobs[stage] = before;
  }
  if (dryRun) {
    io.out('Nothing was submitted.\n');
    return;
  }
  await writeOutput(jobsPath(run), `${JSON.stringify(jobs)}\n`);
  io.out(`submitted; image-likeness cluster status --out ${quoted(run.out)} says how far it is\n`);
}

async function submitted(args: readonly string[]): Promise<string> {
  const printed = await program('sbatch', args);
  const [job] = printed.trim().split(';');
  if (job === undefined || !/^\d+$/.test(job)) throw usageError(`sbatch printed "${printed}".`);
  return job;
}

/** How far a stage is: files that are there, and tasks as squeue sees them. */
export interface StageStatus {
  readonly stage: Stage;
  readonly tasks: number;
  readonly done: number;
  readonly running: number;
  readonly waiting: number;
}

/** How far a run is. Tasks of runs that Slurm doesn't know are neither running nor waiting. */
export async function statusOf(run: Run): Promise<StageStatus[]> {
  const jobs = await jobsOf(run);
  const states = await statesOf(Object.values(jobs));
  const status: StageStatus[] = [];
  for (const stage of STAGES) {
    const own = states.filter(({ job }) => job === jobs[stage]);
    const running = own.filter(({ state }) => RUNNING.includes(state)).length;
    status.push({
      stage,
      tasks: run.tasksOf(stage),
      done: await run.doneOf(stage),
      running,
      waiting: own.length - running,
    });
  }
  return status;
}

/** Tasks in the queue. */
async function statesOf(jobs: readonly string[]): Promise<{ job: string; state: string }[]> {
  if (jobs.length === 0) return [];
  const format = ['--noheader', '--array', '--format=%F %t'];
  const printed = await queue([...format, `--jobs=${jobs.join(',')}`]);
  const lines = printed.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const [job = '', state = ''] = line.trim().split(/\s+/);
    return { job, state };
  });
}

/** What squeue prints. Of jobs that are long over it says that they are none; a busy controller is asked again. */
async function queue(args: readonly string[]): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await program('squeue', args);
    } catch (error) {
      if (messageOf(error).includes('Invalid job id')) return '';
      if (tries === QUEUE_TRIES) throw error;
      await wait(1000 * tries);
    }
  }
}

async function jobsOf(run: Run): Promise<Jobs> {
  const text = await readInput(jobsPath(run)).catch(() => undefined);
  return text === undefined ? {} : (JSON.parse(Buffer.from(text).toString()) as Jobs);
}

function jobsPath(run: Run): string {
  return join(run.out, 'slurm', 'jobs.json');
}

async function program(name: string, args: readonly string[]): Promise<string> {
  try {
    return (await runProgram(name, [...args])).stdout;
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === 'ENOENT') {
      throw usageError(
        `There is no ${name} on this machine: run this where Slurm is, or --dry-run.`,
      );
    }
    throw usageError(`${name} failed: ${(stderr ?? messageOf(error)).trim()}.`);
  }
}

/** A word of a shell's command line. */
function quoted(word: string): string {
  return /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
