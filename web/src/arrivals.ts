/** What to do with images that arrive, and where on the page that was. */
export type Receive = (files: readonly File[], target: Node | undefined) => void;

/** Listens for images that are dropped or pasted anywhere on the page. */
export function receiveImages(receive: Receive): void {
  const root = document.documentElement;
  document.addEventListener('dragover', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    root.classList.add('dragging');
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) root.classList.remove('dragging');
  });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    root.classList.remove('dragging');
    const target = event.target instanceof Node ? event.target : undefined;
    receive([...(event.dataTransfer?.files ?? [])], target);
  });
  document.addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    receive(files, undefined);
  });
}
