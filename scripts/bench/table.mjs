/** Tables for people: columns as wide as their widest cell. */

/** @param {readonly (readonly string[])[]} rows the first one is the heading */
export function formatTable(rows) {
  /** @type {number[]} */
  const widths = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(cell.length, widths[column] ?? 0);
    }
  }
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}
