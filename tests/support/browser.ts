/** A real browser on the real page. */
import { mkdirSync } from 'node:fs';
import { after } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../../scripts/lib/browser.mjs';
import { type StaticServer, serveDirectory } from '../../scripts/lib/static-server.mjs';

export { alterWorker } from '../../scripts/lib/browser.mjs';

/** Part of a script for `alterWorker`: what `harness.channelsOpen` waits for. */
export const ANSWER_HELLO = `{
  const channel = new BroadcastChannel('hello');
  channel.onmessage = () => channel.postMessage('a worker');
}`;

/** A page, what it asked for, and what went wrong in it. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** Address of the page. */
  readonly url: string;
  /** Every address that the page and its workers asked for. */
  readonly requests: readonly string[];
  /** Messages of uncaught errors and of violated security policies. */
  readonly problems: readonly string[];
}

/** How to serve and open the page. */
export interface PageOptions {
  /** Directory that is served; the built page unless told otherwise. */
  readonly directory?: string;
  /** The page's file in the directory; its index unless told otherwise. */
  readonly path?: string;
  /** Further directories, by the path they are served under (slashes at both ends). */
  readonly mounts?: Readonly<Record<string, string>>;
  /** Path that the page lies under, with slashes at both ends. */
  readonly basePath?: string;
  /** Whether the page is cross-origin isolated; it is unless told otherwise. */
  readonly isolated?: boolean;
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
  /** Further command line flags of the browser. */
  readonly flags?: readonly string[];
}

/** Flags that give a browser without a graphics card WebGPU, computed by the processor. */
export const SOFTWARE_WEBGPU = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

/** The built page. */
export const SITE = 'dist/site';

/** The browsers of this file's tests, by their flags. */
const browsers = new Map<string, Promise<Browser>>();

after(async () => {
  for (const browser of browsers.values()) await browser.then((started) => started.close());
});

/**
 * A browser that all tests of a file share, since a start takes as long as many a test. Contexts are apart from
 * each other like browsers with profiles of their own: whoever opens one closes it.
 */
export function sharedBrowser(flags: readonly string[] = []): Promise<Browser> {
  const key = flags.join(' ');
  const browser = browsers.get(key) ?? launchBrowser(flags);
  browsers.set(key, browser);
  return browser;
}

/** Serves the page and opens it in a context of its own; everything ends with the scope. */
export async function openPage(options: PageOptions = {}): Promise<OpenPage> {
  const { directory = SITE, viewport = { width: 1100, height: 900 } } = options;
  const server: StaticServer = await serveDirectory(directory, {
    ...(options.basePath !== undefined && { basePath: options.basePath }),
    ...(options.isolated !== undefined && { isolated: options.isolated }),
    ...(options.mounts !== undefined && { mounts: options.mounts }),
  });
  const browser = await sharedBrowser(options.flags);
  const context = await browser.newContext({
    viewport,
    colorScheme: options.colorScheme ?? 'light',
  });
  const page = await context.newPage();
  const requests: string[] = [];
  const problems: string[] = [];
  context.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (/Content.Security.Policy|Refused to/i.test(message.text())) problems.push(message.text());
  });
  await page.goto(new URL(options.path ?? '', server.url).href);
  return {
    page,
    url: server.url,
    requests,
    problems,
    async [Symbol.asyncDispose]() {
      await context.close();
      await server.close();
    },
  };
}

/** Keeps a picture of the page among the test's artefacts. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync('build/screenshots', { recursive: true });
  await page.screenshot({ path: `build/screenshots/${name}.png`, fullPage: true });
}
