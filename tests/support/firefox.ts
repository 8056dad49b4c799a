/** Firefox, driven over WebDriver BiDi (https://www.w3.org/TR/webdriver-bidi/) by hand: a few commands. */
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { hasCommand } from '../../scripts/lib/process.mjs';
import { TemporaryDirectory } from './temporary.js';

/** The part of the package `ws` used here; Node 20 has no WebSocket of its own. */
interface Socket {
  on(event: 'open', listener: () => void): void;
  on(event: 'message', listener: (data: Buffer) => void): void;
  on(event: 'error' | 'close', listener: (reason: unknown) => void): void;
  send(text: string): void;
}

const fromTools = createRequire(resolve('tests/package/package.json'));
const WebSocket = fromTools('ws') as { new (url: string): Socket };

const COMMAND = ['firefox-esr', 'firefox'].find(hasCommand);

/** Why tests in Firefox are skipped, or false. */
export const withoutFirefox: string | false =
  COMMAND === undefined ? 'there is no Firefox: apt-get install firefox-esr' : false;

/** Firefox asks for settings and updates of its own accord: not in a test. */
const PREFERENCES = `
user_pref("app.update.enabled", false);
user_pref("app.normandy.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("services.settings.server", "data:,");
user_pref("toolkit.telemetry.server", "data:,");
`;

type Parameters = Readonly<Record<string, unknown>>;

interface Waiting {
  resolve(result: Parameters): void;
  reject(error: Error): void;
}

/** A Firefox with one page. */
export class Firefox implements AsyncDisposable {
  /** Every address that the page and its workers asked for. */
  readonly requests: string[] = [];
  /** Errors that the page or Firefox logged. */
  readonly problems: string[] = [];
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 1;
  private context = '';

  private constructor(
    private readonly process: ChildProcess,
    private readonly profile: TemporaryDirectory,
    private readonly socket: Socket,
  ) {
    socket.on('message', (data) => this.receive(JSON.parse(String(data))));
    socket.on('close', () => this.fail(new Error('Firefox closed the connection')));
    socket.on('error', (reason) => this.fail(new Error(`the connection failed: ${reason}`)));
  }

  /** Starts a Firefox without a window and with a profile of its own. */
  static async start(): Promise<Firefox> {
    if (COMMAND === undefined) throw new Error(String(withoutFirefox));
    const profile = new TemporaryDirectory();
    writeFileSync(profile.file('user.js'), PREFERENCES);
    const args = ['--headless', '--no-remote', '--profile', profile.path];
    const process = spawn(COMMAND, [...args, '--remote-debugging-port=0', 'about:blank'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const address = await addressFrom(process);
    const socket = new WebSocket(`${address}/session`);
    const firefox = new Firefox(process, profile, socket);
    await new Promise<void>((opened) => socket.on('open', opened));
    await firefox.open();
    return firefox;
  }

  /** Loads a page, to the end of its `load` event. */
  async goto(url: string): Promise<void> {
    await this.send('browsingContext.navigate', { context: this.context, url, wait: 'complete' });
  }

  /** What an expression of the page comes to, a promise awaited; text only. */
  async evaluate(expression: string): Promise<string> {
    const { type, result, exceptionDetails } = await this.send('script.evaluate', {
      expression: `(async () => String(await (${expression})))()`,
      target: { context: this.context },
      awaitPromise: true,
    });
    if (type === 'success') return String((result as { readonly value: unknown }).value);
    throw new Error((exceptionDetails as { readonly text: string }).text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = new Promise((end) => this.process.once('exit', end));
      this.process.kill();
      await ended;
    }
    this.profile[Symbol.dispose]();
  }

  private async open(): Promise<void> {
    await this.send('session.new', { capabilities: {} });
    await this.send('session.subscribe', {
      events: ['network.beforeRequestSent', 'log.entryAdded'],
    });
    const { context } = await this.send('browsingContext.create', { type: 'tab' });
    this.context = String(context);
  }

  private send(method: string, params: Parameters): Promise<Parameters> {
    const id = this.nextId;
    this.nextId += 1;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }

  private receive(message: Parameters): void {
    if (message['type'] === 'event') {
      this.note(String(message['method']), message['params'] as Parameters);
      return;
    }
    const call = this.waiting.get(Number(message['id']));
    this.waiting.delete(Number(message['id']));
    if (message['type'] === 'success') call?.resolve(message['result'] as Parameters);
    else call?.reject(new Error(`${message['error']}: ${message['message']}`));
  }

  private note(event: string, params: Parameters): void {
    if (event === 'log.entryAdded' && params['level'] === 'error') {
      this.problems.push(String(params['text']));
    }
    if (event === 'network.beforeRequestSent') {
      this.requests.push((params['request'] as { readonly url: string }).url);
    }
  }

  private fail(error: Error): void {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}

/** Where Firefox says that it listens. */
function addressFrom(process: ChildProcess): Promise<string> {
  return new Promise((found, failed) => {
    process.once('error', failed);
    process.once('exit', (code) => failed(new Error(`Firefox ended with exit code ${code}`)));
    if (process.stderr === null) return;
    createInterface({ input: process.stderr }).on('line', (line) => {
      const [, address] = /WebDriver BiDi listening on (ws:\S+)/.exec(line) ?? [];
      if (address !== undefined) found(address);
    });
  });
}
