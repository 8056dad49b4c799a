import type { Item, Pair } from './collection.ts';
import { SPARE_FOLDER } from './move.ts';
import type { Group } from './result.ts';

/** One image of a group as it is exported. */
export interface Row {
  readonly group: number;
  readonly kind: Group['kind'];
  /** Missing where none of the group stands in for another, and nobody has decided. */
  readonly keep?: boolean;
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
}

/**
 * What is exported: groups of items.
 * @param keeps whether an item of a group stays; undefined where nothing was proven and nobody has decided
 */
export function rowsOf(
  items: readonly Item[],
  groups: readonly Group[],
  keeps: (number: number, group: Group) => boolean | undefined,
): Row[] {
  return groups.flatMap((group, at) =>
    group.members.flatMap((number) => {
      const item = items[number];
      if (item === undefined) return [];
      const { width = 0, height = 0 } = item.embedding.fingerprint ?? {};
      const { path, file } = item;
      const row = { group: at + 1, kind: group.kind, path, width, height, bytes: file.size };
      const keep = keeps(number, group);
      return [keep === undefined ? row : { ...row, keep }];
    }),
  );
}

/** RFC 4180, with a quote in front of what a spreadsheet would take for a formula. */
export function asCsv(rows: readonly Row[]): string {
  const safe = (path: string): string => (/^[=+\-@\t\r]/u.test(path) ? `'${path}` : path);
  const lines = rows.map(
    ({ group, kind, keep, path, width, height, bytes }) =>
      `${group},${kind},${keep ?? ''},"${safe(path).replaceAll('"', '""')}",${width},${height},${bytes}`,
  );
  return `${['group,kind,keep,path,width,height,bytes', ...lines].join('\r\n')}\r\n`;
}

export function asJson(
  rows: readonly Row[],
  pairs: readonly Pair[],
  items: readonly Item[],
): string {
  const evidence = pairs.map(({ a, b, similarity }) => ({
    a: items[a]?.path,
    b: items[b]?.path,
    ...similarity,
  }));
  return `${JSON.stringify({ images: rows, pairs: evidence }, null, 2)}\n`;
}

/**
 * A script for a POSIX shell that moves files to a folder, and only when it is told to: without `--move` it prints
 * what it would do. It deletes and overwrites nothing.
 */
export function asScript(paths: readonly string[]): string {
  const moves = paths.map((path) => `review ${quoted(path)}`);
  return `#!/bin/sh
# Read this before you run it. Run it in the folder that the paths below start from.
# As it is it only prints; with --move it moves files to ./${SPARE_FOLDER}. It deletes nothing.
set -eu
move=\${1:-}
review() {
  target="./${SPARE_FOLDER}/$1"
  if [ "$move" != --move ]; then
    printf 'would move: %s\\n' "$1"
  elif [ -e "$target" ]; then
    printf 'already there: %s\\n' "$target" >&2
  else
    mkdir -p -- "$(dirname -- "$target")"
    mv -- "./$1" "$target"
  fi
}
${moves.join('\n')}
`;
}

/** In single quotes nothing has a meaning for a shell but the quote itself. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
