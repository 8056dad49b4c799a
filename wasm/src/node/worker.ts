/** Entry point of the package's worker in Node. */
import { parentPort } from 'node:worker_threads';
import { serveEngine } from '../bridge/serve.js';
import { nodeRealm } from './realm.js';

const receive = serveEngine(
  async () => nodeRealm,
  (reply) => parentPort?.postMessage(reply),
);
parentPort?.on('message', receive);
// A message that can't be read has no id to answer to: the worker ends, and the call is made again.
parentPort?.on('messageerror', (error) => {
  throw error;
});
