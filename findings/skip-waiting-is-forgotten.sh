#!/bin/sh
# Chromium 156: a service worker that calls skipWaiting() while the one before it is answering requests may not
# take over for minutes. Nothing a page does wakes it.
#
# The new worker waits, the page tells it to call skipWaiting(), and at the same moment asks the old worker for
# some small answers (respondWith). All are answered within half a second. In most tries controllerchange comes
# at once. In about one of twenty it doesn't come within eight seconds, and not after 35 more of silence either;
# asking the old worker again, telling the new one again and registration.update() change nothing, and five
# minutes were seen to pass. Reloading gives the old version once more.
#
# What helps: registration.unregister(), then a reload: the page comes from the network and starts the new worker.
#
# Seen: Chromium 156.0.8078.108 (Debian 12), playwright-core 1.65.1: stuck in 4 of 90, 7 of 130 and 5 of 90 tries;
# unregister() and a reload helped in all five tries that it was used in.
# Needs: node, npm, Chromium (CHROMIUM names it; /usr/bin/chromium unless told otherwise). No network but the npm
# registry. Takes up to five minutes. Exits with 1 when no worker was held up, or what helps didn't.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund playwright-core@1.65.1
cat >trial.mjs <<'JS'
import { createServer } from 'node:http';
import { chromium } from 'playwright-core';

const TRIALS = 150;
/** How long a change may take before it counts as held up, in milliseconds. */
const PATIENCE = 8000;

let version = 0;
const worker = () => `
  self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
  self.addEventListener('message', () => self.skipWaiting());
  self.addEventListener('fetch', (event) => {
    if (event.request.url.includes('/small')) event.respondWith(fetch(event.request));
  });
  // Version ${version}`;

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://host');
  if (pathname === '/small') {
    setTimeout(() => response.end('small'), Number(searchParams.get('ms')));
  } else {
    const script = pathname === '/worker.js';
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html');
    response.setHeader('cache-control', 'no-store');
    response.end(script ? worker() : `<!doctype html><title>version ${version}</title>`);
  }
}).listen(0, '127.0.0.1');
await new Promise((ready) => server.once('listening', ready));

/** In the page: whether the new worker has come in time. */
async function change([trial, patience]) {
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const registration = await navigator.serviceWorker.ready;
  await registration.update();
  while (registration.waiting === null) await pause(10);
  await pause(300);
  const changed = new Promise((resolve) =>
    navigator.serviceWorker.addEventListener('controllerchange', () => resolve(true)),
  );
  const asking = (async () => {
    for (let i = 0; i < 30; i += 1) {
      void fetch(`/small?ms=${(i * 7) % 40}&${i}`);
      await pause((i * 3 + trial) % 11);
    }
  })();
  await pause(trial % 60);
  registration.waiting.postMessage('take over');
  await asking;
  return Promise.race([changed, pause(patience).then(() => false)]);
}

/** In the page: it is under the first worker. */
async function start() {
  const controlled = new Promise((resolve) =>
    navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
  );
  await navigator.serviceWorker.register('/worker.js', { updateViaCache: 'none' });
  await controlled;
}

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
let held = 0;
let helped = 0;
try {
  for (let trial = 0; trial < TRIALS && held < 3; trial += 1) {
    const context = await browser.newContext();
    const page = await context.newPage();
    version += 1;
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.evaluate(start);
    version += 1;
    if (!(await page.evaluate(change, [trial, PATIENCE]))) {
      held += 1;
      await page.evaluate(async () => (await navigator.serviceWorker.ready).unregister());
      await page.reload();
      await page.evaluate(start);
      await page.reload();
      if ((await page.title()) === `version ${version}`) helped += 1;
      console.log(`try ${trial}: held up; ${helped} of ${held} helped by unregister() and a reload`);
    }
    await context.close();
  }
} finally {
  await browser.close();
  server.close();
}
console.log(`${held} held up`);
process.exitCode = held > 0 && helped === held ? 0 : 1;
JS
node trial.mjs
