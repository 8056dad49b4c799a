#!/bin/sh
# Chromium 156, headless: each browser that is started also loads the pages that its own toolbar is made of.
#
# There is no window and nobody sees an address bar, yet a renderer (`--top-chrome-webui`) is started beside
# the page's own and runs the address bar's popups. With three features turned off (PreloadTopChromeWebUI,
# WebUIOmniboxPopup, WebUIOmniboxAimPopup) that renderer is gone, and starting a browser, opening an empty
# page and closing it takes about half the processor time. Playwright leaves them on. To turn them off, all
# that Playwright itself turns off has to be named again: of two --disable-features Chromium heeds the last.
#
# Where many tests start a browser each, as tests that must not share storage do, that is a good part of the
# whole run: of 200 starts on two cores, more than a minute.
#
# Seen: Chromium 156.0.8078.108 (Debian 12), playwright-core 1.65.1: renderers of the toolbar 1 and 0, 1.35
# and 0.70 seconds of processor time a start.
# Needs: node, npm, Chromium (CHROMIUM names it; /usr/bin/chromium unless told otherwise), Linux. No network
# but the npm registry. Exits with 1 when no such renderer is started any more, or one is in spite of the flag.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund playwright-core@1.65.1
cat >trial.mjs <<'JS'
import { readdirSync, readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const STARTS = 5;
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

const read = (file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

/** Processes that are children of this one, or children of those. */
function family() {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((id) => [Number(id), Number(/^PPid:\s+(\d+)/m.exec(read(`/proc/${id}/status`))?.[1])]),
  );
  const ours = (id) => id === process.pid || (parents.has(id) && ours(parents.get(id)));
  return [...parents.keys()].filter((id) => id !== process.pid && ours(id));
}

/** Processor time of a process so far, in seconds; the kernel counts in hundredths. */
function secondsOf(id) {
  const fields = read(`/proc/${id}/stat`).split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100;
}

async function measure(flags) {
  let seconds = 0;
  let toolbars = 0;
  for (let start = 0; start < STARTS; start += 1) {
    const args = ['--no-sandbox', '--disable-gpu', ...flags];
    const browser = await chromium.launch({ executablePath, args });
    const page = await browser.newPage();
    await page.goto('data:text/html,<title>empty</title>');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    for (const id of family()) {
      seconds += secondsOf(id);
      if (read(`/proc/${id}/cmdline`).includes('--top-chrome-webui')) toolbars += 1;
    }
    await browser.close();
  }
  return { toolbars: toolbars / STARTS, seconds: seconds / STARTS };
}

const off = 'PreloadTopChromeWebUI,WebUIOmniboxAimPopup,WebUIOmniboxPopup';
const usual = await measure([]);
const without = await measure([`--disable-features=${off}`]);
for (const [name, { toolbars, seconds }] of Object.entries({ usual, without })) {
  console.log(`${name}: ${toolbars} renderers of the toolbar, ${seconds.toFixed(2)} s a start`);
}
process.exitCode = usual.toolbars >= 1 && without.toolbars === 0 ? 0 : 1;
JS
node trial.mjs
