/** Which folder of the package may load which: the table of wasm/README.md, held against the sources. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesUnder, rooted } from './files.mjs';

const SOURCES = 'wasm/src';

/** The row of the files that lie in no folder. */
const TOP = 'the top';

/** A row of the table: the folder, what it is, the thread, what it may load. */
const ROW = /^\| (?:`([\w-]+)\/`|the top) \|[^|]*\|[^|]*\|([^|]*)\|$/gm;

/** @typedef {ReadonlyMap<string, ReadonlySet<string>>} Rooms what each folder may load */

/** Imports and exports that are there at run time, and those on demand; `typeof import(…)` is a type. */
const LOADED =
  /^(?:import|export)\s+(?!type\b)(?:[^;'"]*?\bfrom\s+)?'([^']+)'|(?<!typeof )\bimport\('([^']+)'\)/gm;

/**
 * @param {string} [readme] the text of wasm/README.md
 * @returns {Rooms}
 */
export function readRooms(readme = readFileSync(rooted('wasm/README.md'), 'utf8')) {
  return new Map(
    [...readme.matchAll(ROW)].map(([, folder = TOP, loads = '']) => [
      folder,
      new Set([...loads.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)),
    ]),
  );
}

/**
 * What a source file does that its folder must not.
 * @param {string} path below wasm/src
 * @param {string} text
 * @param {Rooms} rooms
 * @returns {string[]} what is wrong
 */
export function complaintsAbout(path, text, rooms) {
  const name = roomOf(path);
  const allowed = rooms.get(name);
  if (allowed === undefined) return [`${name}/ is not in the table of wasm/README.md`];
  const loaded = [...text.matchAll(LOADED)].map(([, fixed, onDemand]) => fixed ?? onDemand ?? '');
  const own = new Set([...allowed, name, TOP]);
  const targets = new Set(loaded.map((module) => targetOf(path, module)));
  const strangers = [...targets].filter((target) => !own.has(target));
  return strangers.map((stranger) => `${name} must not load ${stranger}`);
}

/**
 * Holds all sources of the package against the table.
 * @returns {string[]} what is wrong, with the file
 */
export function brokenRooms() {
  const rooms = readRooms();
  return filesUnder(SOURCES, ['.ts'])
    .filter((file) => !file.endsWith('.d.ts'))
    .flatMap((file) =>
      complaintsAbout(
        file.slice(SOURCES.length + 1),
        readFileSync(rooted(file), 'utf8'),
        rooms,
      ).map((complaint) => `${file}: ${complaint}`),
    );
}

/** @param {string} path below wasm/src */
function roomOf(path) {
  const [room, ...rest] = path.split('/');
  return rest.length === 0 ? TOP : (room ?? TOP);
}

/**
 * @param {string} path of the file that loads it
 * @param {string} name as it is written there
 * @returns {string} a folder, a package, or `node:`
 */
function targetOf(path, name) {
  if (name.startsWith('.')) return roomOf(join(dirname(path), name));
  if (name.startsWith('node:')) return 'node:';
  if (name.startsWith('#')) return name.split('/')[0] ?? name;
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}
