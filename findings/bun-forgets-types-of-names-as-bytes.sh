#!/bin/sh
# Bun 1.4: readdir with `withFileTypes: true` and `encoding: 'buffer'` gives names only, without their types.
#
# Node gives Dirent objects whose name is a Buffer; that is how to list a folder in which a name may be no UTF-8. In
# Bun the same call, of node:fs and of node:fs/promises, gives bare Buffers: entry.isFile is not a function, and
# entry.name is undefined. Each option by itself does what it does in Node.
#
# What helps: asking for the types with names as text, and for names as bytes in a second call.
#
# Seen: Bun 1.4.5, beside Node 20.20.2.
# Needs: node, npm. No network but the npm registry. Takes a minute, most of it the download of Bun. Exits with 1
# when Bun gives types.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund bun@1.4.5
mkdir folder
touch folder/a.txt
cat >list.mjs <<'JS'
import { readdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';

const options = { withFileTypes: true, encoding: 'buffer' };
const kindOf = (entry) =>
  typeof entry.isFile === 'function' ? `Dirent, name a ${entry.name.constructor.name}` : entry.constructor.name;
for (const [entry] of [readdirSync('folder', options), await readdir('folder', options)]) {
  console.log(kindOf(entry));
}
const [typed] = await readdir('folder', { withFileTypes: true });
const [bytes] = await readdir('folder', { encoding: 'buffer' });
console.log(`types alone: ${typed.isFile()}, bytes alone: ${bytes.constructor.name}`);
JS
echo "node $(node --version)"
node list.mjs | tee node.txt
echo "bun $(npx --no-install bun --version)"
npx --no-install bun list.mjs | tee bun.txt
[ "$(head -n 2 node.txt | sort -u)" = 'Dirent, name a Buffer' ] && [ "$(head -n 2 bun.txt | sort -u)" = 'Buffer' ]
