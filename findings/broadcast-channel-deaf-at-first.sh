#!/bin/sh
# Chromium 156: a BroadcastChannel that a page has opened misses messages that are sent after that.
#
# The page opens a channel, sets its onmessage, and only then tells a worker (by postMessage) to speak on a
# channel of the same name, which the worker has had for long. In the order of these calls every message has
# a listener, and the HTML standard looks for receivers when a message is posted. Chromium makes a new
# channel known to other threads in its own time: of 1,500 messages, each channel open for half a second and
# more after it, 52 and 160 were lost in two runs. Neither side is told. The worker's answer by postMessage arrives each
# time, so "the worker has answered" does not mean "what it broadcast before has arrived, or will".
#
# What helps: after opening a channel, ask again and again over a second one until somebody answers.
#
# Seen: Chromium 156.0.8078.108 (Debian 12), playwright-core 1.65.1: 52 and 160 of 1,500 lost.
# Needs: node, npm, Chromium (CHROMIUM names it; /usr/bin/chromium unless told otherwise). No network but
# the npm registry. Exits with 1 when nothing is lost any more.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund playwright-core@1.65.1
cat >trial.mjs <<'JS'
import { createServer } from 'node:http';
import { chromium } from 'playwright-core';

const TRIALS = 1500;

const worker = `
  const channel = new BroadcastChannel('talk');
  onmessage = ({ data }) => {
    channel.postMessage(data);
    postMessage(data);
  };`;

const server = createServer((request, response) => {
  const script = request.url === '/worker.js';
  response.setHeader('content-type', script ? 'text/javascript' : 'text/html');
  response.end(script ? worker : '<!doctype html><title>trial</title>');
}).listen(0, '127.0.0.1');
await new Promise((ready) => server.once('listening', ready));
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const lost = await page.evaluate(async (trials) => {
    const speaker = new Worker('/worker.js');
    const ask = (number) =>
      new Promise((answered) => {
        speaker.onmessage = answered;
        speaker.postMessage(number);
      });
    await ask(-1);
    const heard = new Set();
    const channels = [];
    for (let number = 0; number < trials; number += 1) {
      const channel = new BroadcastChannel('talk');
      channel.onmessage = ({ data }) => {
        if (data === number) heard.add(number);
      };
      channels.push(channel);
      await ask(number);
      // Each stays open for 30 trials more: what is on its way has time to arrive.
      await new Promise((later) => setTimeout(later, 20));
      if (channels.length > 30) channels.shift().close();
    }
    await new Promise((later) => setTimeout(later, 3000));
    for (const channel of channels) channel.close();
    return trials - heard.size;
  }, TRIALS);
  console.log(`Chromium ${browser.version()}: ${lost} of ${TRIALS} messages lost`);
  process.exitCode = lost > 0 ? 0 : 1;
} finally {
  await browser.close();
  server.close();
}
JS
node trial.mjs
