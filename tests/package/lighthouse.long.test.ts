/** What Lighthouse says of the built page, without any network. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type * as Lighthouse from 'lighthouse';
import { findBrowser } from '../../scripts/lib/browser.mjs';
import { serveDirectory } from '../../scripts/lib/static-server.mjs';
import { SITE } from '../support/browser.js';
import { TemporaryDirectory } from '../support/temporary.js';

const require = createRequire(resolve('tests/package/package.json'));
const { default: lighthouse }: typeof Lighthouse = await import(
  pathToFileURL(require.resolve('lighthouse')).href
);

/** A browser that Lighthouse can talk to by itself, on a port that it chose. */
async function startBrowser(profile: string) {
  const executable = findBrowser();
  assert.ok(executable !== undefined, 'there is no browser');
  const flags = ['--headless=new', '--disable-gpu', '--no-first-run', '--remote-debugging-port=0'];
  // Root needs it without a sandbox.
  if (process.getuid?.() === 0) flags.push('--no-sandbox');
  const browser = spawn(executable, [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const port = await new Promise<number>((found, reject) => {
    let said = '';
    browser.stderr.on('data', (text) => {
      said += String(text);
      const [, number] = /DevTools listening on ws:\/\/[^:]+:(\d+)\//.exec(said) ?? [];
      if (number !== undefined) found(Number(number));
    });
    browser.on('exit', () => reject(new Error(`The browser ended: ${said}`)));
  });
  return {
    port,
    close: async () => {
      // Its other processes hold the pipe, and write into the profile until they end as well.
      const closed = once(browser, 'close');
      browser.kill();
      await closed;
    },
  };
}

for (const formFactor of ['mobile', 'desktop'] as const) {
  test(`Lighthouse: accessibility 100, best practices 100, ${formFactor}`, async () => {
    using profile = new TemporaryDirectory();
    const server = await serveDirectory(SITE, { basePath: '/repo/' });
    const browser = await startBrowser(profile.path);
    try {
      const result = await lighthouse(server.url, {
        port: browser.port,
        formFactor,
        screenEmulation: {
          mobile: formFactor === 'mobile',
          width: formFactor === 'mobile' ? 360 : 1350,
          height: 800,
          deviceScaleFactor: 1,
        },
        onlyCategories: ['accessibility', 'best-practices'],
        logLevel: 'error',
      });
      assert.ok(result !== undefined);
      const { categories, audits, runtimeError } = result.lhr;
      assert.equal(runtimeError, undefined);
      const failed = Object.values(audits).filter(({ score }) => score !== null && score < 1);
      assert.deepEqual(
        failed.map(({ id }) => id),
        [],
      );
      for (const name of ['accessibility', 'best-practices']) {
        assert.equal(categories[name]?.score, 1, name);
      }
    } finally {
      await browser.close();
      await server.close();
    }
  });
}
