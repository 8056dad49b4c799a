/** A real browser on the real page. */
import { accessSync, constants, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { serveDirectory, type StaticServer } from '../../scripts/lib/static-server.mjs';

/** Names that Chromium and its siblings go by, in the order they are tried. */
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Background services off: a browser under test talks to the page's own server only. */
const FLAGS = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
];

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
  /** Path that the page lies under, with slashes at both ends. */
  readonly basePath?: string;
  /** Whether the page is cross-origin isolated; it is unless told otherwise. */
  readonly isolated?: boolean;
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
}

/** The built page. */
export const SITE = 'dist/site';

/** Serves the page and opens it in a browser of its own; everything ends with the scope. */
export async function openPage(options: PageOptions = {}): Promise<OpenPage> {
  const { directory = SITE, viewport = { width: 1100, height: 900 } } = options;
  const server: StaticServer = await serveDirectory(directory, {
    ...(options.basePath !== undefined && { basePath: options.basePath }),
    ...(options.isolated !== undefined && { isolated: options.isolated }),
  });
  const browser: Browser = await chromium.launch({
    executablePath: browserPath(),
    args: process.getuid?.() === 0 ? [...FLAGS, '--no-sandbox'] : FLAGS,
  });
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
  await page.goto(server.url);
  return {
    page,
    url: server.url,
    requests,
    problems,
    async [Symbol.asyncDispose]() {
      await browser.close();
      await server.close();
    },
  };
}

/** Keeps a picture of the page among the test's artefacts. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync('build/screenshots', { recursive: true });
  await page.screenshot({ path: `build/screenshots/${name}.png`, fullPage: true });
}

function browserPath(): string {
  const directories = (process.env['PATH'] ?? '').split(delimiter);
  for (const name of BROWSERS) {
    for (const directory of directories) {
      const path = join(directory, name);
      if (isExecutable(path)) return path;
    }
  }
  throw new Error(`There is no browser on the PATH (looked for ${BROWSERS.join(', ')}).`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
