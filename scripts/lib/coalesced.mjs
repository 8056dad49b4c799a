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
