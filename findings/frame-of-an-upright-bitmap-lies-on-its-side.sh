#!/bin/sh
# Chromium 156: a VideoFrame made of an ImageBitmap can hold other pixels than the bitmap shows.
#
# createImageBitmap turns a JPEG file upright by its EXIF orientation, as the HTML standard asks for: the bitmap has the
# size of the upright picture, and drawn on a canvas it stands upright. A VideoFrame of that bitmap has the pixels as
# they are stored in the file: codedWidth and codedHeight are exchanged, and copyTo gives a picture that lies on its
# side. Only `rotation` and `flip`, which are younger than VideoFrame, tell of it; displayWidth and displayHeight are
# those of the upright picture. Whoever reads pixels through frames because it is faster than a canvas, and tries it
# with pictures without EXIF data, finds them equal to the byte.
#
# What helps: read through the frame only where `rotation` is 0 and `flip` is false, not where they are undefined.
#
# Seen: Chromium 156.0.8078.108 (Debian 12), playwright-core 1.65.1:
#   a bitmap of 32 x 64 pixels, its top right corner red; its frame has 64 x 32, the top right corner blue, rotation 90.
# Needs: node, npm, Chromium (CHROMIUM names it; /usr/bin/chromium unless told otherwise). No network but the npm
# registry. Exits with 1 when frames hold what bitmaps show.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund playwright-core@1.65.1
cat >trial.mjs <<'JS'
import { createServer } from 'node:http';
import { chromium } from 'playwright-core';

const server = createServer((_, response) => {
  response.setHeader('content-type', 'text/html');
  response.end('<!doctype html><title>trial</title>');
}).listen(0, '127.0.0.1');
await new Promise((ready) => server.once('listening', ready));
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  const page = await browser.newPage();
  // VideoFrame is for secure contexts; localhost is one.
  await page.goto(`http://localhost:${server.address().port}/`);
  const seen = await page.evaluate(async () => {
    // 64 x 32 pixels, the left half red and the right half blue, to be turned clockwise by 90 degrees.
    const canvas = new OffscreenCanvas(64, 32);
    const context = canvas.getContext('2d');
    context.fillStyle = 'red';
    context.fillRect(0, 0, 32, 32);
    context.fillStyle = 'blue';
    context.fillRect(32, 0, 32, 32);
    const plain = await canvas.convertToBlob({ type: 'image/jpeg', quality: 1 });
    const file = new Uint8Array(await plain.arrayBuffer());
    // EXIF (2.32, section 4.5): big-endian TIFF with one field, Orientation (0x0112), a SHORT, 6.
    const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];
    const body = [0x45, 0x78, 0x69, 0x66, 0, 0, ...tiff];
    const segment = [0xff, 0xe1, 0, body.length + 2, ...body];
    const turned = new Blob([file.subarray(0, 2), new Uint8Array(segment), file.subarray(2)]);

    const bitmap = await createImageBitmap(turned);
    const upright = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    upright.drawImage(bitmap, 0, 0);
    const isRed = (data, at) => data[at] > 200 && data[at + 2] < 60;
    const drawn = upright.getImageData(0, 0, bitmap.width, bitmap.height).data;

    const frame = new VideoFrame(bitmap, { timestamp: 0 });
    const { codedWidth, codedHeight, displayWidth, displayHeight, rotation, flip } = frame;
    const copied = new Uint8Array(codedWidth * codedHeight * 4);
    await frame.copyTo(copied, { format: 'RGBA' });
    return {
      bitmap: [bitmap.width, bitmap.height],
      'top right of the bitmap is red': isRed(drawn, (bitmap.width - 1) * 4),
      coded: [codedWidth, codedHeight],
      display: [displayWidth, displayHeight],
      rotation,
      flip,
      'top right of the frame is red': isRed(copied, (codedWidth - 1) * 4),
    };
  });
  console.log(`Chromium ${browser.version()}: ${JSON.stringify(seen)}`);
  const asFound =
    `${seen.bitmap}` === '32,64' &&
    `${seen.coded}` === '64,32' &&
    seen['top right of the bitmap is red'] &&
    !seen['top right of the frame is red'];
  process.exitCode = asFound ? 0 : 1;
} finally {
  await browser.close();
  server.close();
}
JS
node trial.mjs
