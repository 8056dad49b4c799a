// The browser's build doesn't need Node, and runs in Node as well.
export { parse } from 'csv-parse/browser/esm/sync';
