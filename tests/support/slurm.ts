/** A Slurm of its own, with nodes that all are this machine: what a test starts, and ends. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname, userInfo } from 'node:os';
import { delimiter } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { hasCommand } from '../../scripts/lib/process.mjs';

const run = promisify(execFile);

/** Debian keeps daemons where only root's path leads. */
const PATH = ['/usr/sbin', process.env['PATH']].join(delimiter);
process.env['PATH'] = PATH;

/** What `skip` says where there is no Slurm. */
export const withoutSlurm =
  ['munged', 'slurmctld', 'slurmd', 'sbatch'].every(hasCommand) ||
  'needs Slurm: apt-get install slurmctld slurmd slurm-client munge';

/** Skips the test where Slurm is missing. */
export const skipWithoutSlurm = withoutSlurm === true ? false : withoutSlurm;

/** Daemons in a folder, which go with it. */
export class Slurm implements AsyncDisposable {
  private readonly daemons = new Map<string, ChildProcess>();

  private constructor(private readonly folder: string) {}

  /** Starts munge, a controller and nodes of one processor each; waits until they are idle. */
  static async start(folder: string, nodes: readonly string[]): Promise<Slurm> {
    const slurm = new Slurm(folder);
    mkdirSync(`${folder}/state`, { recursive: true });
    mkdirSync(`${folder}/munge`, { mode: 0o700 });
    writeFileSync(`${folder}/munge/key`, randomBytes(128), { mode: 0o400 });
    const [control = 0, ...ports] = await freePorts(1 + nodes.length);
    writeFileSync(slurm.configuration, configurationOf(folder, control, nodes, ports));
    try {
      slurm.begin('munged', [
        'munged',
        '--force',
        '--foreground',
        ...['key-file', 'socket', 'pid-file', 'log-file', 'seed-file'].map(
          (name) => `--${name}=${folder}/munge/${name.replace('-file', '')}`,
        ),
      ]);
      await until(async () => readdirSync(`${folder}/munge`).includes('socket'), 'munged');
      slurm.begin('slurmctld', ['slurmctld', '-D', '-f', slurm.configuration]);
      for (const node of nodes) slurm.startNode(node);
      await until(
        async () => (await slurm.stateOf(nodes)).every((state) => state === 'idle'),
        'nodes',
      );
      return slurm;
    } catch (error) {
      await slurm[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** For programs that speak with this Slurm. */
  get environment(): Readonly<Record<string, string>> {
    return { SLURM_CONF: this.configuration, PATH };
  }

  get configuration(): string {
    return `${this.folder}/slurm.conf`;
  }

  /** Of the controller. */
  get log(): string {
    return `${this.folder}/slurmctld.log`;
  }

  startNode(node: string): void {
    this.begin(node, ['slurmd', '-D', '-N', node, '-f', this.configuration]);
  }

  /** Kills a node as a power cut does: the daemon, and all that runs on it. */
  async killNode(node: string): Promise<void> {
    const daemon = this.daemons.get(node);
    daemon?.kill('SIGKILL');
    // Steps first: one that is left would report its job's end.
    const { steps, jobs } = this.processesOf(node);
    for (const pid of [...steps, ...jobs]) end(pid);
    this.daemons.delete(node);
  }

  /** Takes a node out of use, or back into it. */
  async setState(node: string, state: 'drain' | 'resume'): Promise<void> {
    const reason = state === 'drain' ? ['reason=test'] : [];
    await this.call('scontrol', ['update', `nodename=${node}`, `state=${state}`, ...reason]);
  }

  async call(program: string, args: readonly string[]): Promise<string> {
    const env = { ...process.env, ...this.environment };
    return (await run(program, [...args], { env })).stdout;
  }

  private async stateOf(nodes: readonly string[]): Promise<string[]> {
    const args = ['--noheader', '--Node', '--format=%T', `--nodes=${nodes.join(',')}`];
    const printed = await this.call('sinfo', args).catch(() => '');
    const states = printed.trim().split('\n');
    return states.length === nodes.length ? states : [''];
  }

  private begin(name: string, [program = '', ...args]: readonly string[]): void {
    const env = { ...process.env, ...this.environment };
    this.daemons.set(name, spawn(program, args, { env, stdio: 'ignore' }));
  }

  /** Those that this Slurm started on a node, by the environment that it gives them, and the steps that they belong to. */
  private processesOf(node: string): { readonly steps: Set<number>; readonly jobs: Set<number> } {
    const steps = new Set<number>();
    const jobs = new Set<number>();
    for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
      const variables = environmentOf(name);
      const ours = variables.includes(`SLURM_CONF=${this.configuration}`);
      if (!ours || !variables.includes(`SLURMD_NODENAME=${node}`)) continue;
      jobs.add(Number(name));
      const parent = parentOf(name);
      if (isStep(parent)) steps.add(parent);
    }
    return { steps, jobs };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const jobs = await this.call('scancel', ['--user', userInfo().username]).catch(() => undefined);
    if (jobs !== undefined) await wait(3000);
    for (const daemon of [...this.daemons.values()].reverse()) {
      if (daemon.exitCode !== null || daemon.signalCode !== null) continue;
      const ended = new Promise((resolve) => daemon.once('exit', resolve));
      daemon.kill('SIGTERM');
      await Promise.race([ended, wait(10_000).then(() => daemon.kill('SIGKILL'))]);
    }
    this.daemons.clear();
  }
}

function configurationOf(
  folder: string,
  control: number,
  nodes: readonly string[],
  ports: readonly number[],
): string {
  const host = hostname().split('.')[0];
  const user = userInfo().username;
  return `ClusterName=likeness
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${control}
SlurmUser=${user}
SlurmdUser=${user}
AuthInfo=socket=${folder}/munge/socket
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool-%n
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/%n.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
ReturnToService=2
SlurmdTimeout=10
InactiveLimit=0
KillWait=2
SchedulerType=sched/builtin
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
PropagateResourceLimits=NONE
${nodes.map((node, i) => `NodeName=${node} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${ports[i]} CPUs=1 State=UNKNOWN\n`).join('')}PartitionName=all Nodes=${nodes.join(',')} Default=YES MaxTime=INFINITE State=UP
`;
}

/** Ports that nobody listens at just now. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function environmentOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}

/** Whether a process is the one that Slurm starts a job's programs by. */
function isStep(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`).endsWith('/slurmstepd');
  } catch {
    return false;
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** Waits for what takes a moment; the runner ends a test that waits for ever. */
async function until(done: () => Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await done()) return;
    await wait(200);
  }
  throw new Error(`${what} did not start.`);
}
