/**
 * From parts to groups in stages, each a number of tasks that need nothing but the files of the stages before:
 * on one machine one after the other, on many in any order. The same parts give the same files, whatever the
 * machines, and however often a task is started anew.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CandidateTools } from '../../binding/candidate-search.js';
import { buildInfo } from '../../build-info.js';
import { LikenessError } from '../../errors.js';
import { modelOf } from '../../models/identity.js';
import { findModel, type ModelEntry, meanOf, withView } from '../../models/manifest.js';
import { host } from '../../node/host-environment.js';
import { installedDecoders } from '../../node/decoders.js';
import { usageError } from '../io.js';
import type { PictureReader } from '../pictures.js';
import { joinCandidates, readCandidates } from './candidates.js';
import { cornerSearches, searchCorners } from './corners.js';
import { type ComparableFolder, joinFolder } from './join.js';
import { type NearSource, type NearTools, searchNear, writeNear } from './near.js';
import { Parts, withDecoder } from './parts.js';
import { readRatings, verifyPairs } from './verify.js';

/** Pictures with no more corners than that are looked for by their embeddings, too: as Collection in core/ has it. */
const FEW_CORNERS = 32;

/** Stages between embedding and joining, in their order. */
export const SHARED_STAGES = ['search', 'candidates', 'verify'] as const;

/** A stage that tasks share. */
export type SharedStage = (typeof SHARED_STAGES)[number];

/** How many tasks share each stage. */
export type Tasks = Readonly<Record<SharedStage, number>>;

/** Parts on their way to groups. */
export class Stages implements AsyncDisposable {
  private constructor(
    readonly parts: Parts,
    private readonly partFiles: readonly string[],
    private readonly near: NearTools,
    private readonly source: NearSource,
    private readonly work: string,
    private readonly tasks: Tasks,
    private readonly say: (line: string) => void,
  ) {}

  /**
   * @param patterns of the parts @param work the folder for what stages leave for each other
   * @param say told, in a line, what is worth knowing of a stage
   * @throws LikenessError as Parts.open; `model-mismatch` for parts of another version of this program
   */
  static async open(
    patterns: readonly string[],
    work: string,
    tasks: Tasks,
    say: (line: string) => void,
  ): Promise<Stages> {
    const parts = await Parts.open(patterns);
    try {
      if (parts.facts.core !== buildInfo.wasmSha256) {
        throw new LikenessError(
          'model-mismatch',
          'The parts were made by another version of image-likeness: use that one, or make them again.',
        );
      }
      const compiled = await WebAssembly.compile(
        (await host.readCore(undefined, undefined)) as Uint8Array<ArrayBuffer>,
      );
      const tools = await CandidateTools.open(compiled);
      const near = { compiled, tools, mean: meanOf(entryOf(parts.facts.model)) };
      return new Stages(parts, parts.paths, near, nearSource(parts), work, tasks, say);
    } catch (error) {
      await parts[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The file that a task of a stage leaves; a task of the search leaves others, too. */
  fileOf(stage: SharedStage, task: number): string {
    const endings = { search: 'pairs', candidates: 'pairs', verify: 'jsonl' };
    return join(this.work, stage, `${task}-of-${this.tasks[stage]}.${endings[stage]}`);
  }

  /**
   * Does a task, unless its file is there and is newer than what it is made from.
   * @param reader reads the pictures of candidates; for `verify` only
   * @returns whether there was anything to do
   */
  async run(stage: SharedStage, task: number, reader?: PictureReader): Promise<boolean> {
    if (task < 0 || task >= this.tasks[stage]) {
      throw usageError(`${stage} has the tasks 0 to ${this.tasks[stage] - 1}, and no ${task}.`);
    }
    if (await isFresh(this.fileOf(stage, task), this.inputsOf(stage))) return false;
    if (stage === 'search') await this.search(task);
    else if (stage === 'candidates') await this.joinCandidates(task);
    else if (reader !== undefined) await this.verify(task, reader);
    return true;
  }

  /** All that was found out. @throws LikenessError `invalid-argument` unless all tasks are done */
  async join(reader: PictureReader): Promise<ComparableFolder> {
    await this.assertDecodes();
    const files = this.filesOf('verify');
    await assertThere(files);
    return joinFolder(this.parts, reader, readRatings(files));
  }

  /** Pixels are compared that were decoded in the same way. */
  private async assertDecodes(): Promise<void> {
    const { facts } = this.parts;
    const decoder = (await installedDecoders()) ?? null;
    if (decoder === facts.decoder) return;
    throw new LikenessError(
      'model-mismatch',
      `The parts were made ${withDecoder(facts.decoder)}, and this is image-likeness ${withDecoder(decoder)}: use the same on all machines.`,
    );
  }

  private filesOf(stage: SharedStage): string[] {
    return Array.from({ length: this.tasks[stage] }, (_, task) => this.fileOf(stage, task));
  }

  private inputsOf(stage: SharedStage): readonly string[] {
    if (stage === 'search') return this.partFiles;
    if (stage === 'candidates') return [...this.filesOf('search'), ...this.cornerFiles()];
    return this.filesOf('candidates');
  }

  private get cornerShares(): number {
    return cornerSearches(this.parts);
  }

  private cornerFiles(): string[] {
    const shares = this.cornerShares;
    return Array.from({ length: shares }, (_, share) =>
      join(this.work, 'search', `corners-${share}-of-${shares}.hits`),
    );
  }

  private async search(task: number): Promise<void> {
    const count = this.cornerShares;
    for (const [number, path] of this.cornerFiles().entries()) {
      if (number % this.tasks.search !== task || (await isFresh(path, this.partFiles))) continue;
      await searchCorners(this.near, this.parts, { number, count }, path);
    }
    const own = { number: task, count: this.tasks.search };
    await writeNear(this.fileOf('search', task), await searchNear(this.source, this.near, own));
  }

  private async joinCandidates(task: number): Promise<void> {
    await assertThere(this.inputsOf('candidates'));
    const files = { corners: this.cornerFiles(), near: this.filesOf('search') };
    const range = shareOf(this.parts.pictures.length, task, this.tasks.candidates);
    const path = this.fileOf('candidates', task);
    await joinCandidates(this.parts, this.source, this.near, files, range, path, this.say);
  }

  private async verify(task: number, reader: PictureReader): Promise<void> {
    await this.assertDecodes();
    await assertThere(this.inputsOf('verify'));
    const pairs = await readCandidates(this.filesOf('candidates'));
    const [first, last] = shareOf(pairs.length, task, this.tasks.verify);
    await verifyPairs(this.parts, reader, pairs.slice(first, last), this.fileOf('verify', task));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.parts[Symbol.asyncDispose]();
  }
}

/** The model of parts, with the view that they were made in. */
function entryOf(identity: string): ModelEntry {
  const { id, view } = modelOf(identity);
  return withView(findModel(id), view);
}

function nearSource(parts: Parts): NearSource {
  const isWanted = (number: number): boolean => parts.at(number).corners <= FEW_CORNERS;
  const numbers = [...parts.pictures.keys()].filter((number) => parts.isCompared(number));
  return {
    count: numbers.length,
    wanted: numbers.filter(isWanted).length,
    isWanted: (number) => parts.isCompared(number) && isWanted(number),
    async *items() {
      for await (const [number, { embedding }] of parts.inOrder(['embedding'])) {
        if (!parts.isCompared(number) || embedding === undefined) continue;
        yield { number, vector: embedding, wanted: isWanted(number) };
      }
    },
    async vectorsOf(wanted) {
      const vectors = new Map<number, Float32Array>();
      for (const [number, { embedding }] of await parts.valuesOf(wanted, ['embedding'])) {
        if (embedding !== undefined) vectors.set(number, embedding);
      }
      return vectors;
    },
  };
}

/** The places of a task's share among so many. */
function shareOf(size: number, task: number, tasks: number): [first: number, last: number] {
  return [Math.floor((size * task) / tasks), Math.floor((size * (task + 1)) / tasks)];
}

/** Whether a file is there, and none that it is made from is newer. */
async function isFresh(path: string, inputs: readonly string[]): Promise<boolean> {
  const own = await timeOf(path);
  if (own === undefined) return false;
  for (const input of inputs) {
    const time = await timeOf(input);
    if (time === undefined || time > own) return false;
  }
  return true;
}

async function timeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.mtimeMs;
}

async function assertThere(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    if ((await timeOf(path)) !== undefined) continue;
    throw usageError(`${path} isn't there yet: run all tasks of the stage before.`);
  }
}
