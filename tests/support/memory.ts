import type { CDPSession, Page } from 'playwright-core';

/** To be put in front of the worker: remembers every WebAssembly memory that comes to life in it. */
export const COUNT_MEMORIES = `{
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

/** What a page and its workers hold, in bytes, after garbage collection. */
export interface HeldMemory {
  /** Of every WebAssembly instance. */
  readonly wasm: number;
  /** Of every JavaScript heap. */
  readonly heap: number;
  /** Of array buffers, which lie outside the heaps; WebAssembly is not among them. */
  readonly buffers: number;
  readonly workers: number;
}

/** Looks into a page and its workers through the browser's debugger. */
export class MemoryMeter {
  private readonly workers = new Set<string>();
  private readonly answers = new Map<number, (result: unknown) => void>();
  private nextId = 1;

  private constructor(private readonly browser: CDPSession) {}

  /** Must be called before the page starts workers. */
  static async attach(page: Page): Promise<MemoryMeter> {
    const browser = await page.context().newCDPSession(page);
    const meter = new MemoryMeter(browser);
    browser.on('Target.attachedToTarget', ({ sessionId }) => meter.workers.add(sessionId));
    browser.on('Target.detachedFromTarget', ({ sessionId }) => meter.workers.delete(sessionId));
    browser.on('Target.receivedMessageFromTarget', ({ message }) => {
      const { id, result } = JSON.parse(message) as { id: number; result: unknown };
      meter.answers.get(id)?.(result);
      meter.answers.delete(id);
    });
    await browser.send('Target.setAutoAttach', {
      autoAttach: true,
      waitForDebuggerOnStart: false,
      flatten: false,
    });
    return meter;
  }

  /** Collects garbage everywhere, then adds up. */
  async measure(): Promise<HeldMemory> {
    await this.browser.send('HeapProfiler.collectGarbage');
    const page = await this.browser.send('Runtime.getHeapUsage');
    let { usedSize: heap, backingStorageSize: buffers } = page;
    let wasm = 0;
    for (const worker of this.workers) {
      await this.ask(worker, 'HeapProfiler.collectGarbage');
      const usage = (await this.ask(worker, 'Runtime.getHeapUsage')) as typeof page;
      heap += usage.usedSize;
      buffers += usage.backingStorageSize;
      const { result } = (await this.ask(worker, 'Runtime.evaluate', {
        expression: 'wasmBytes()',
      })) as { result: { value: number } };
      wasm += result.value;
    }
    return { wasm, heap, buffers, workers: this.workers.size };
  }

  private async ask(sessionId: string, method: string, params: object = {}): Promise<unknown> {
    const id = this.nextId;
    this.nextId += 1;
    const answer = new Promise((resolve) => this.answers.set(id, resolve));
    const message = JSON.stringify({ id, method, params });
    await this.browser.send('Target.sendMessageToTarget', { sessionId, message });
    return answer;
  }
}
