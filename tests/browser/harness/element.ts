/** The custom element, under a policy without inline styles; tests read what it said. */
import 'image-likeness/element';

declare global {
  interface Window {
    /** Names of the events that reached the document, in order. */
    said: string[];
  }
}

window.said = [];
for (const name of ['likeness-progress', 'likeness-result', 'likeness-error'] as const) {
  document.addEventListener(name, () => window.said.push(name));
}
