/** What is done after edits while `npm run dev` serves. */

/**
 * Has a task run whenever a file in one of these places has changed, once more where it is running.
 * @param {import('vite').ViteDevServer} server
 * @param {readonly string[]} places folders and files
 * @param {RegExp} input which files count
 * @param {() => Promise<void>} task must not reject
 * @returns {() => Promise<void>} runs it without an edit
 */
export function runAfterEdits(server, places, input, task) {
  const ask = coalesced(task);
  server.watcher.add(places).on('all', (_event, path) => {
    if (input.test(path) && places.some((place) => path.startsWith(place))) void ask();
  });
  return ask;
}

/**
 * A function that starts a task, or has it run once more where it is running already.
 * @param {() => Promise<void>} task must not reject
 * @returns {() => Promise<void>}
 */
export function coalesced(task) {
  let running = false;
  let again = false;
  return async () => {
    again = true;
    if (running) return;
    running = true;
    while (again) {
      again = false;
      await task();
    }
    running = false;
  };
}
