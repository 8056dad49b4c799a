/** Entry point of the package's worker in browsers. */
import { serveWorker } from './browser/serve-worker.js';

serveWorker();
