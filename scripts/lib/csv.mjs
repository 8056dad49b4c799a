/** Tables as CSV, with a line of names. The libraries are loaded when called: scripts start before they are installed. */
import { readFile } from 'node:fs/promises';

/** @typedef {Record<string, string>} Row a value for each name */

/**
 * @template {Row} [T=Row] what is known of its names
 * @param {string} path
 * @returns {Promise<T[]>}
 */
export async function readCsv(path) {
  const { parse } = await import('csv-parse/sync');
  return parse(await readFile(path), { columns: true });
}

/**
 * @param {readonly Row[]} rows all with the same names
 * @returns {Promise<string>}
 */
export async function csvOf(rows) {
  const { stringify } = await import('csv-stringify/sync');
  return stringify([...rows], { header: true });
}
