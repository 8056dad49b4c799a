/** A run as Kubernetes Jobs: an Indexed Job for each stage. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type CommandIo, writeOutput } from '../io.js';
import { type Run, STAGES, type Stage } from './plan.js';

/** How often a task that failed is started anew. */
const RETRIES = 3;

/** Where the pods find the program and the files. */
export interface PodOptions {
  /** With Node and image-likeness, so that `npx image-likeness` works. */
  readonly image: string;
  /** The claim of a volume that all pods can write to. */
  readonly claim: string;
  /** Where it is mounted: folders and --out are below it. */
  readonly mount: string;
}

/** The Job of a stage, as the API `batch/v1` has it. */
export function jobOf(run: Run, stage: Stage, { image, claim, mount }: PodOptions) {
  const count = run.tasksOf(stage);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: `likeness-${stage}` },
    spec: {
      completionMode: 'Indexed',
      completions: count,
      parallelism: count,
      backoffLimitPerIndex: RETRIES,
      template: {
        spec: {
          restartPolicy: 'Never',
          containers: [
            {
              name: 'likeness',
              image,
              workingDir: mount,
              command: ['npx', 'image-likeness', 'cluster', 'run', stage],
              args: ['--out', run.out, '--task', '$(JOB_COMPLETION_INDEX)', '--workers', '1'],
              volumeMounts: [{ name: 'pictures', mountPath: mount }],
            },
          ],
          volumes: [{ name: 'pictures', persistentVolumeClaim: { claimName: claim } }],
        },
      },
    },
  };
}

/** Writes the manifests of a run, and says how they are applied. */
export async function writeManifests(run: Run, options: PodOptions, io: CommandIo): Promise<void> {
  const folder = join(run.out, 'kubernetes');
  await mkdir(folder, { recursive: true });
  for (const [place, stage] of STAGES.entries()) {
    const path = join(folder, `${place + 1}-${stage}.json`);
    await writeOutput(path, `${JSON.stringify(jobOf(run, stage, options), undefined, 2)}\n`);
    io.out(`kubectl apply -f ${path}\n`);
    io.out(`kubectl wait --for=condition=complete --timeout=-1s job/likeness-${stage}\n`);
  }
}
