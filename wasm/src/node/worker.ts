/** Entry point of the package's worker in Node. */
import { parentPort, type TransferListItem } from 'node:worker_threads';
import { serveEngine } from '../bridge/serve-engine.js';
import { createEngineEnvironment } from './engine-environment.js';

const receive = serveEngine(createEngineEnvironment, (reply, transfer) =>
  parentPort?.postMessage(reply, transfer as readonly TransferListItem[]),
);
parentPort?.on('message', receive);
// A message that can't be read has no id to answer to: the worker ends, and the call is made again.
parentPort?.on('messageerror', (error) => {
  throw error;
});
