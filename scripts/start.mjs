/** `npm start`: from a fresh clone to the page in a browser. */
import { buildAll } from './lib/build.mjs';
import { rooted } from './lib/files.mjs';
import { placeFullModel } from './lib/models.mjs';
import { ensurePrerequisites } from './lib/prerequisites.mjs';
import { runMain, StepError } from './lib/process.mjs';
import { readPort, serveDirectory } from './lib/static-server.mjs';

const DEFAULT_PORT = 4173;

await runMain(async () => {
  const port = readPort(DEFAULT_PORT);
  await ensurePrerequisites('build');
  await buildAll();
  await placeFullModel();
  const { url } = await serve(port);
  process.stdout.write(`Likeness is at ${url} (Ctrl+C stops it)\n`);
});

/** @param {number} port */
async function serve(port) {
  try {
    return await serveDirectory(rooted('dist/site'), { port });
  } catch (error) {
    throw new StepError(
      `Can't serve on port ${port}: ${error instanceof Error ? error.message : error}.`,
      'stop what uses it, or choose another one: PORT=8080 npm start',
    );
  }
}
