#!/bin/sh
# Deno 2.9: opendir with any options object but one that has `bufferSize` throws.
#
# Node takes 32 where `bufferSize` is left out. Deno's node:fs and node:fs/promises do so only where the whole object
# is left out: { encoding: 'utf8' }, { recursive: true } and {} end with 'The "options.bufferSize" property must be of
# type number. Received undefined'.
#
# What helps: { ..., bufferSize: 32 }, or readdir.
#
# Seen: Deno 2.9.6, beside Node 20.20.2.
# Needs: node, npm. No network but the npm registry. Takes a minute, most of it the download of Deno. Exits with 1
# when Deno opens the folder.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund deno@2.9.6
mkdir folder
cat >open.mjs <<'JS'
import { opendirSync } from 'node:fs';
import { opendir } from 'node:fs/promises';

const attempt = async (open) => {
  try {
    await (await open()).close();
    return 'opened';
  } catch (error) {
    return error.message;
  }
};
for (const options of [undefined, {}, { encoding: 'utf8' }, { recursive: true }, { bufferSize: 32 }]) {
  const outcomes = new Set([
    await attempt(() => opendirSync('folder', options)),
    await attempt(() => opendir('folder', options)),
  ]);
  console.log(`${JSON.stringify(options) ?? 'none'}: ${[...outcomes].join(' / ')}`);
}
JS
echo "node $(node --version)"
node open.mjs | tee node.txt
npx --no-install deno --version | head -n 1
npx --no-install deno run --allow-read open.mjs | tee deno.txt
[ "$(grep -c ': opened$' node.txt)" = 5 ] && [ "$(grep -c 'bufferSize" property must be of type number' deno.txt)" = 3 ]
