#!/bin/sh
# Chromium 156: opacities of AVIF pictures are stretched, as if the alpha plane were of limited range.
#
# An alpha plane is of full range, 0 to 255 (AV1 Image File Format 1.1, "Auxiliary Image Items"), and its AV1
# sequence header says so: color_range is 1 in what avifenc and sharp write. Chromium shows an opacity a as
# (a - 16) * 255 / 219: 64 becomes 56, 128 becomes 130, 232 becomes 252, 16 and less become 0, 235 and more
# 255. avifdec gives the opacities back as they were. In colours nothing is wrong: their range is heeded.
#
# Soft edges and shadows become harder, and whoever compares what a page draws with what another program decodes
# finds up to 20 levels between them.
#
# Seen: Chromium 156.0.8078.108 (Debian 12), libavif 0.11.1, playwright-core 1.65.1.
# Needs: node, npm, avifenc and avifdec (libavif-bin), Chromium (CHROMIUM names it; /usr/bin/chromium unless told
# otherwise). No network but the npm registry. Exits with 1 when Chromium shows the opacities as they are.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund playwright-core@1.65.1 sharp@0.35.5
cat >write.mjs <<'JS'
import sharp from 'sharp';

const data = Buffer.alloc(256 * 8 * 4, 90);
for (let pixel = 0; pixel < 256 * 8; pixel += 1) data[4 * pixel + 3] = pixel % 256;
await sharp(data, { raw: { width: 256, height: 8, channels: 4 } }).png().toFile('ramp.png');
JS
cat >trial.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import sharp from 'sharp';

const SHOWN = [0, 8, 16, 32, 64, 128, 192, 232, 240, 255];
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
const page = await browser.newPage();
await page.goto('data:text/html,<title>empty</title>');
const seen = await page.evaluate(async (bytes) => {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([Uint8Array.from(bytes)], { type: 'image/avif' }));
  await image.decode();
  const context = new OffscreenCanvas(256, 8).getContext('2d');
  context.drawImage(image, 0, 0);
  return [...context.getImageData(0, 4, 256, 1).data].filter((_, at) => at % 4 === 3);
}, [...readFileSync('ramp.avif')]);
await browser.close();
const { data } = await sharp('back.png').ensureAlpha().raw().toBuffer({ resolveWithObject: true });
const back = Array.from({ length: 256 }, (_, x) => data[(4 * 256 + x) * 4 + 3]);
const pick = (levels) => SHOWN.map((level) => levels[level]).join(' ');
console.log(`written    ${SHOWN.join(' ')}`);
console.log(`avifdec    ${pick(back)}`);
console.log(`Chromium   ${pick(seen)}`);
const right = back.every((level, x) => Math.abs(level - x) <= 2);
const wrong = seen.some((level, x) => Math.abs(level - x) > 10);
process.exitCode = right && wrong ? 0 : 1;
JS
node write.mjs
avifenc --min 0 --max 0 --minalpha 0 --maxalpha 0 ramp.png ramp.avif >/dev/null 2>&1
avifdec ramp.avif back.png >/dev/null
node trial.mjs
