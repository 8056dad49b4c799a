import { element } from './dom.ts';

/** Counts, in sight of the visitor, what the page has asked of any other origin since it loaded. */
export class PrivacyView {
  private readonly count = element('#foreign-requests', HTMLElement);
  private foreign = 0;

  constructor() {
    new PerformanceObserver((list) => {
      this.foreign += list.getEntries().filter(({ name }) => isForeign(name)).length;
      this.count.textContent = String(this.foreign);
    }).observe({ type: 'resource', buffered: true });
  }
}

/** Whether an address leads away from here; `blob:` and `data:` never leave the page. */
function isForeign(address: string): boolean {
  const { protocol, origin } = new URL(address, location.href);
  return protocol !== 'blob:' && protocol !== 'data:' && origin !== location.origin;
}
