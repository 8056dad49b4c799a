import type { Rectangle } from 'image-likeness';
import { type Affine, boundsOf, type Layout, multiply } from './geometry.ts';
import type { CompareSession, Side } from './session.ts';
import { fitPlace, matrixOf } from './viewport.ts';

/** CSS pixels of a picture's pixel from which on pixels are squares. */
const SQUARES = 3;

/** CSS pixels between a changed place and its outline. */
const AROUND = 4;

/** Pixels of the small pictures of changed places, for screens of two pixels each. */
export const THUMBNAIL = { width: 192, height: 144 };

/** Puts everything on the stage where the session has it. */
export function paintStage(stage: HTMLElement, session: CompareSession): void {
  const { layout, viewport, arrangement, split, showsAll } = session;
  stage.dataset['arrange'] = arrangement;
  stage.style.setProperty('--split', String(split));
  if (layout === undefined || viewport === undefined) return;
  const onPane = matrixOf(viewport);
  for (const [side, image] of imagesOf(stage).entries()) {
    const [place, size] = [layout.places[side], session.sizes[side]];
    if (place === undefined || size === undefined) continue;
    image.style.width = `${size.width}px`;
    image.style.height = `${size.height}px`;
    image.style.transform = cssMatrix(multiply(onPane, place));
  }
  stage.toggleAttribute('data-all', showsAll);
  stage.toggleAttribute('data-close', viewport.scale >= SQUARES);
  clipToShared(stage, session, layout, onPane);
  for (const mark of stage.querySelectorAll<HTMLElement>('[data-place]')) {
    const side: Side = mark.closest<HTMLElement>('.overlay')?.dataset['side'] === '1' ? 1 : 0;
    const change = session.changes[Number(mark.dataset['place'])];
    if (change !== undefined) {
      putAt(mark, boundsOf(onPane, session.onTable(change, side, layout)));
    }
  }
}

/** A difference means something only where both pictures are. */
function clipToShared(
  stage: HTMLElement,
  { view, isRegistered, pane }: CompareSession,
  { shared }: Layout,
  onPane: Affine,
): void {
  const panes = stage.querySelector<HTMLElement>('.panes');
  if (panes === null) return;
  const { x, y, width, height } = boundsOf(onPane, shared);
  panes.style.clipPath =
    view === 'difference' && isRegistered
      ? `inset(${y}px ${pane.width - x - width}px ${pane.height - y - height}px ${x}px)`
      : '';
}

/** Draws what both pictures show at the changed places, the second one turned as the first is. */
export function paintThumbnails(root: ParentNode, session: CompareSession): void {
  const layout = session.registeredLayout;
  if (layout === undefined) return;
  const images = imagesOf(root);
  for (const canvas of root.querySelectorAll<HTMLCanvasElement>('[data-thumbnail]')) {
    const [at = 0, side = 0] = (canvas.dataset['thumbnail'] ?? '').split(',').map(Number);
    const [change, image, place] = [session.changes[at], images[side], layout.places[side]];
    const context = canvas.getContext('2d');
    if (change === undefined || image === undefined || place === undefined) continue;
    if (context === null) continue;
    const seen = fitPlace(inner(change.a), layout.whole, THUMBNAIL);
    context.resetTransform();
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingQuality = 'high';
    context.setTransform(...multiply(matrixOf(seen), place));
    context.drawImage(image, 0, 0);
  }
}

/** The pictures on a stage. */
export function imagesOf(root: ParentNode): readonly HTMLImageElement[] {
  return [...root.querySelectorAll<HTMLImageElement>('.pane img')];
}

/** As style sheets write it. */
export function cssMatrix(affine: Affine): string {
  return `matrix(${affine.join()})`;
}

/** Half of a place, so that a small picture of it has fewer surroundings. */
function inner({ x, y, width, height }: Rectangle): Rectangle {
  return { x: x + width / 4, y: y + height / 4, width: width / 2, height: height / 2 };
}

function putAt(node: HTMLElement, { x, y, width, height }: Rectangle): void {
  node.style.left = `${x - AROUND}px`;
  node.style.top = `${y - AROUND}px`;
  node.style.width = `${width + 2 * AROUND}px`;
  node.style.height = `${height + 2 * AROUND}px`;
}
