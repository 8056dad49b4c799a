/** What a page and its workers hold, seen through the browser's debugger. */
import { alterWorker } from './browser.mjs';

/**
 * @typedef {object} HeldMemory in bytes, after garbage collection
 * @property {number} wasm of every WebAssembly instance in the workers
 * @property {number} heap of every JavaScript heap
 * @property {number} buffers of array buffers, which lie outside the heaps; WebAssembly is not among them
 * @property {number} workers how many there are
 */

/** Put in front of the worker: remembers every WebAssembly memory that comes to life in it. */
const COUNT_MEMORIES = `{
  const memories = [];
  const remember = (values) => {
    for (const value of values) {
      const known = memories.some((reference) => reference.deref() === value);
      if (value instanceof WebAssembly.Memory && !known) memories.push(new WeakRef(value));
    }
  };
  const watched = (original) => async (source, imports, ...rest) => {
    for (const names of Object.values(imports ?? {})) remember(Object.values(names));
    const result = await original.call(WebAssembly, source, imports, ...rest);
    remember(Object.values((result.instance ?? result).exports));
    return result;
  };
  WebAssembly.instantiate = watched(WebAssembly.instantiate);
  WebAssembly.instantiateStreaming = watched(WebAssembly.instantiateStreaming);
  self.wasmBytes = () =>
    memories.reduce((sum, reference) => sum + (reference.deref()?.buffer.byteLength ?? 0), 0);
}`;

/** Looks into a page and its workers. */
export class MemoryMeter {
  /** @type {Set<string>} */
  #workers = new Set();
  /** @type {Map<number, (result: unknown) => void>} */
  #answers = new Map();
  #nextId = 1;
  #browser;

  /** @param {import('playwright-core').CDPSession} browser */
  constructor(browser) {
    this.#browser = browser;
    browser.on('Target.attachedToTarget', ({ sessionId }) => this.#workers.add(sessionId));
    browser.on('Target.detachedFromTarget', ({ sessionId }) => this.#workers.delete(sessionId));
    browser.on('Target.receivedMessageFromTarget', ({ message }) => {
      /** @type {{ id: number, result: unknown }} */
      const { id, result } = JSON.parse(message);
      this.#answers.get(id)?.(result);
      this.#answers.delete(id);
    });
  }

  /**
   * Must be called before the page starts workers.
   * @param {import('playwright-core').Page} page
   */
  static async attach(page) {
    const browser = await page.context().newCDPSession(page);
    const meter = new MemoryMeter(browser);
    await browser.send('Target.setAutoAttach', {
      autoAttach: true,
      waitForDebuggerOnStart: false,
      flatten: false,
    });
    await alterWorker(page, COUNT_MEMORIES);
    return meter;
  }

  /**
   * Collects garbage everywhere, then adds up.
   * @returns {Promise<HeldMemory>}
   */
  async measure() {
    await this.#browser.send('HeapProfiler.collectGarbage');
    const page = await this.#browser.send('Runtime.getHeapUsage');
    let { usedSize: heap, backingStorageSize: buffers } = page;
    let wasm = 0;
    for (const worker of this.#workers) {
      await this.#ask(worker, 'HeapProfiler.collectGarbage');
      const usage = /** @type {typeof page} */ (await this.#ask(worker, 'Runtime.getHeapUsage'));
      heap += usage.usedSize;
      buffers += usage.backingStorageSize;
      const { result } = /** @type {{ result: { value: number } }} */ (
        await this.#ask(worker, 'Runtime.evaluate', { expression: 'wasmBytes()' })
      );
      wasm += result.value;
    }
    return { wasm, heap, buffers, workers: this.#workers.size };
  }

  /**
   * @param {string} sessionId
   * @param {string} method
   * @param {object} params
   */
  async #ask(sessionId, method, params = {}) {
    const id = this.#nextId;
    this.#nextId += 1;
    const answer = new Promise((resolve) => this.#answers.set(id, resolve));
    const message = JSON.stringify({ id, method, params });
    await this.#browser.send('Target.sendMessageToTarget', { sessionId, message });
    return answer;
  }
}
