/** What a run on many machines is: the folders, the model, and how many tasks share each stage. */
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../errors.js';
import { reportOf } from '../dedupe.js';
import { type CommandIo, readInput, usageError, writeOutput } from '../io.js';
import { type PictureOptions, PictureReader } from '../pictures.js';
import { jsonOf } from '../report.js';
import { counted } from '../text.js';
import { SHARED_STAGES, type SharedStage, Stages, type Tasks } from './stages.js';
import { writeShard } from './write-part.js';

/** Changes with what is in the file. */
const PLAN_VERSION = 1;

/** All stages, in their order. */
export const STAGES = ['embed', ...SHARED_STAGES, 'join'] as const;

/** A stage of the work. */
export type Stage = (typeof STAGES)[number];

/** What all tasks have to agree on. */
export interface Plan {
  readonly version: number;
  readonly folders: readonly string[];
  readonly model: string;
  readonly view?: string;
  readonly exclude: readonly string[];
  /** Where embeddings are remembered; unless given, in the run's own folder until they are part of a file. */
  readonly cache?: string;
  readonly tasks: Tasks & { readonly embed: number };
}

/** A run: its plan, and the folder where everything of it is. */
export class Run {
  private constructor(
    readonly out: string,
    readonly plan: Plan,
  ) {}

  /** Writes the plan of a new run; the same one again does nothing. @throws LikenessError `invalid-argument` */
  static async create(out: string, plan: Omit<Plan, 'version'>): Promise<Run> {
    const text = `${JSON.stringify({ version: PLAN_VERSION, ...plan }, undefined, 2)}\n`;
    const path = planPath(out);
    const exists = await isThere(path);
    if (exists && Buffer.from(await readInput(path)).toString() !== text) {
      throw usageError(`${out} has another run's plan: choose a new folder for --out.`);
    }
    await mkdir(out, { recursive: true });
    if (!exists) await writeOutput(path, text);
    return Run.open(out);
  }

  /** @throws LikenessError `invalid-argument` where there is no plan */
  static async open(out: string): Promise<Run> {
    const path = planPath(out);
    const text = Buffer.from(await readInput(path)).toString();
    try {
      const plan = JSON.parse(text) as Plan;
      if (plan.version !== PLAN_VERSION) throw new Error(`it has version ${plan.version}`);
      return new Run(out, plan);
    } catch (error) {
      throw usageError(`${path} is no plan of this program: ${messageOf(error)}.`);
    }
  }

  /** How many tasks share a stage. */
  tasksOf(stage: Stage): number {
    return stage === 'join' ? 1 : this.plan.tasks[stage];
  }

  /** The file that a task leaves. */
  fileOf(stage: Stage, task: number): string {
    if (stage === 'join') return join(this.out, 'groups.json');
    if (stage === 'embed') return join(this.out, 'parts', `part-${task + 1}.parquet`);
    const ending = stage === 'verify' ? 'jsonl' : 'pairs';
    return join(this.out, stage, `${task}-of-${this.tasksOf(stage)}.${ending}`);
  }

  /** How many tasks of a stage are done. */
  async doneOf(stage: Stage): Promise<number> {
    const files = Array.from({ length: this.tasksOf(stage) }, (_, task) =>
      this.fileOf(stage, task),
    );
    const there = await Promise.all(files.map(isThere));
    return there.filter(Boolean).length;
  }

  /**
   * Does a task; where that was done before, nothing.
   * @param task from 0
   * @throws LikenessError `invalid-argument` where a stage before isn't done
   */
  async work(
    stage: Stage,
    task: number,
    workers: string | undefined,
    io: CommandIo,
  ): Promise<void> {
    const count = this.tasksOf(stage);
    if (!Number.isInteger(task) || task < 0 || task >= count) {
      throw usageError(`${stage} has the tasks 0 to ${count - 1}.`);
    }
    const cache = this.plan.cache ?? join(this.out, 'cache', `${stage}-${task}`);
    const options: PictureOptions = { ...this.plan, workers, cache, 'no-cache': false };
    if (stage === 'embed') await this.embed(task, options, io);
    else if (stage === 'join') await this.join(options, io);
    else await this.share(stage, task, options, io);
    if (this.plan.cache === undefined) await rm(cache, { recursive: true, force: true });
  }

  private async embed(task: number, options: PictureOptions, io: CommandIo): Promise<void> {
    const { folders, tasks } = this.plan;
    const path = this.fileOf('embed', task);
    if (await isThere(path)) {
      io.out(`${path}: is there\n`);
      return;
    }
    await mkdir(join(this.out, 'parts'), { recursive: true });
    await using reader = await PictureReader.open(options, io);
    await writeShard(reader, folders, { number: task + 1, count: tasks.embed }, path, io);
  }

  private async share(
    stage: SharedStage,
    task: number,
    options: PictureOptions,
    io: CommandIo,
  ): Promise<void> {
    await using stages = await this.stages(io);
    await using reader = stage === 'verify' ? await PictureReader.open(options, io) : undefined;
    const done = await stages.run(stage, task, reader);
    io.out(`${stages.fileOf(stage, task)}: ${done ? 'done' : 'is there'}\n`);
  }

  private async join(options: PictureOptions, io: CommandIo): Promise<void> {
    await using stages = await this.stages(io);
    await using reader = await PictureReader.open(options, io);
    const report = await reportOf(reader, await stages.join(reader), undefined);
    const path = this.fileOf('join', 0);
    await writeOutput(path, jsonOf(report));
    io.out(
      `${path}: ${counted(report.groups.length, 'group')} among ${counted(report.pictures, 'image')}\n`,
    );
  }

  private stages(io: CommandIo): Promise<Stages> {
    const parts = Array.from({ length: this.plan.tasks.embed }, (_, task) =>
      this.fileOf('embed', task),
    );
    return Stages.open(parts, this.out, this.plan.tasks, (line) => io.err(`${line}\n`));
  }
}

function planPath(out: string): string {
  return join(out, 'plan.json');
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
