import type { Item, Pair } from './collection.ts';
import type { FoundFile } from './files.ts';
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

/** A file that goes, and the one that stays for it. */
export interface ScriptedMove {
  readonly spare: FoundFile;
  readonly keeper: FoundFile;
}

/**
 * A script for a POSIX shell that moves spare files to the system's trash, and only when it is told to:
 * without `--apply` it prints what it would do, with it it asks first. It deletes and overwrites nothing, and leaves a
 * file where it is if that or the one to keep has another size than here.
 */
export function asScript(files: readonly ScriptedMove[]): string {
  const moves = files.map(
    ({ spare, keeper }) =>
      `review ${quoted(spare.path)} ${spare.file.size} ${quoted(keeper.path)} ${keeper.file.size}`,
  );
  const total = files.reduce((sum, { spare }) => sum + spare.file.size, 0);
  return `#!/bin/sh
# Read this before you run it. Run it in the folder that the paths below start from.
# As it is it only prints. With --apply it asks, then moves files to the trash of this system, or to ./likeness-review
# where it finds no program for that. It deletes nothing. To undo it, open the trash and choose to put them back, or move
# them back from ./likeness-review.
# Each line: a copy, its bytes, the file to keep, its bytes. Take out the line of a file, and it stays.
set -eu
apply=\${1:-}
if [ "$apply" = --apply ]; then
  [ -t 0 ] || [ "\${2:-}" = --yes ] || { echo 'There is no terminal to ask at: --apply --yes does not ask.' >&2; exit 2; }
  if [ "\${2:-}" != --yes ]; then
    printf 'Move %s files, %s bytes, to the trash? (yes/no) ' ${moves.length} ${total}
    read -r answer
    [ "$answer" = yes ] || { echo 'Nothing was moved.'; exit 2; }
  fi
elif [ -n "$apply" ]; then
  echo 'There are --apply and --apply --yes.' >&2
  exit 2
fi
trash() {
  if command -v gio > /dev/null; then gio trash -- "$1"
  elif command -v trash-put > /dev/null; then trash-put -- "$1"
  elif command -v osascript > /dev/null; then
    osascript -l JavaScript -e 'function run([path]) {
      const failure = Ref();
      const file = $.NSURL.fileURLWithPath(path);
      const manager = $.NSFileManager.defaultManager;
      if (manager.trashItemAtURLResultingItemURLError(file, Ref(), failure)) return "";
      throw new Error(failure[0].localizedDescription.js);
    }' "$PWD/$1" > /dev/null
  elif [ -e "./likeness-review/$1" ]; then
    return 1
  else
    mkdir -p -- "$(dirname -- "./likeness-review/$1")"
    mv -- "$1" "./likeness-review/$1"
  fi
}
has() {
  [ -f "$1" ] && [ ! -L "$1" ] && [ "$(wc -c < "$1")" -eq "$2" ]
}
review() {
  if [ "$apply" != --apply ]; then
    printf 'would move: %s\\n' "$1"
  elif ! has "./$1" "$2" || ! has "./$3" "$4" || [ "./$1" -ef "./$3" ]; then
    printf 'not moved, it or the file to keep has changed: %s\\n' "$1" >&2
  elif trash "./$1"; then
    printf 'moved: %s\\n' "$1"
  else
    printf 'not moved: %s\\n' "$1" >&2
  fi
}
${moves.join('\n')}
`;
}

/** In single quotes nothing has a meaning for a shell but the quote itself. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
