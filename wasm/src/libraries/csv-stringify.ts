// The browser's build doesn't need Node, and runs in Node as well.
export { stringify } from 'csv-stringify/browser/esm/sync';
