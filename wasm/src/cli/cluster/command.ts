import { setTimeout as wait } from 'node:timers/promises';
import { parseCommand } from '../arguments.js';
import { type CommandIo, usageError } from '../io.js';
import { PICTURE_OPTIONS } from '../pictures.js';
import { writeManifests } from './kubernetes.js';
import { Run, STAGES, type Stage } from './plan.js';
import { type StageStatus, statusOf, submit } from './slurm.js';

/** Milliseconds between two looks at the queue. */
const LOOK_EVERY = 5000;

/** Tasks of a stage unless told otherwise. */
const DEFAULT_TASKS = 16;

const OPTIONS = {
  ...PICTURE_OPTIONS,
  out: { type: 'string' },
  tasks: { type: 'string' },
  task: { type: 'string' },
  sbatch: { type: 'string', multiple: true },
  image: { type: 'string' },
  claim: { type: 'string' },
  mount: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  wait: { type: 'boolean', default: false },
} as const;

/**
 * `cluster plan|slurm|kubernetes DIRS… --out OUT`, `cluster run STAGE --out OUT [--task I]`, `cluster status
 * --out OUT`: copies in more pictures than one machine can handle. Resolves to the exit code.
 */
export async function clusterCommand(args: string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseCommand({ args, allowPositionals: true, options: OPTIONS });
  const [action, ...rest] = positionals;
  const { out } = values;
  if (out === undefined)
    throw usageError('cluster needs --out DIR, a folder that all machines see.');
  if (action === 'run') {
    const [stage] = rest;
    if (!isStage(stage)) throw usageError(`cluster run takes one of ${STAGES.join(', ')}.`);
    const run = await Run.open(out);
    await run.work(stage, wholeNumber(values.task ?? '0', '--task', 0), values.workers, io);
    return 0;
  }
  if (action === 'status') return status(await Run.open(out), values.wait, io);
  if (action !== 'plan' && action !== 'slurm' && action !== 'kubernetes') {
    throw usageError('cluster takes plan, slurm, kubernetes, run or status.');
  }
  if (rest.length === 0) throw usageError(`cluster ${action} takes folders.`);
  const tasks = wholeNumber(values.tasks ?? String(DEFAULT_TASKS), '--tasks', 1);
  const run = await Run.create(out, {
    folders: rest,
    model: values.model,
    ...(values.view !== undefined && { view: values.view }),
    exclude: values.exclude ?? [],
    ...(values.cache !== undefined && { cache: values.cache }),
    tasks: { embed: tasks, search: tasks, candidates: tasks, verify: tasks },
  });
  if (action === 'slurm') await submit(run, values.sbatch ?? [], values['dry-run'], io);
  else if (action === 'kubernetes') {
    const { image, claim, mount } = values;
    if (image === undefined || claim === undefined || mount === undefined) {
      throw usageError('cluster kubernetes needs --image IMAGE, --claim CLAIM and --mount PATH.');
    }
    await writeManifests(run, { image, claim, mount }, io);
  } else {
    for (const stage of STAGES) io.out(`${stage}: ${run.tasksOf(stage)} tasks\n`);
  }
  return 0;
}

/** Prints how far a run is, once, or until nothing of it is in the queue; 1 unless all is done. */
async function status(run: Run, waits: boolean, io: CommandIo): Promise<number> {
  let shown = '';
  for (;;) {
    const stages = await statusOf(run);
    const text = describe(stages);
    if (text !== shown) io.out(text);
    shown = text;
    const complete = stages.every(({ tasks, done }) => done === tasks);
    const queued = stages.some(({ running, waiting }) => running + waiting > 0);
    if (!waits || !queued) return complete ? 0 : 1;
    await wait(LOOK_EVERY);
  }
}

function describe(stages: readonly StageStatus[]): string {
  const lines = stages.map(
    ({ stage, tasks, done, running, waiting }) =>
      `${stage.padEnd(10)}  ${done} of ${tasks} done, ${running} running, ${waiting} waiting\n`,
  );
  return `${lines.join('')}\n`;
}

function isStage(name: string | undefined): name is Stage {
  return STAGES.some((stage) => stage === name);
}

/** @throws LikenessError `invalid-argument` */
function wholeNumber(text: string, option: string, least: number): number {
  const number = Number(text);
  if (/^\d{1,6}$/.test(text) && number >= least) return number;
  throw usageError(`${option} takes a whole number from ${least}, not "${text}".`);
}
