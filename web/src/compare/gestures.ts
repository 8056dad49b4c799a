import type { Point } from './geometry.ts';

/** What is done to a stage; points are CSS pixels from its top left corner. */
export interface Moves {
  /** A finger or button goes down; whether the drag that follows is taken for something else than moving. */
  grab(at: Point): boolean;
  /** A drag that `grab` has taken. */
  drag(at: Point): void;
  pan(by: Point, at: Point): void;
  zoom(factor: number, at: Point): void;
  /** Whether turning the wheel that way at this point does something. */
  takesWheel(factor: number): boolean;
  /** Where the pointer is; undefined when it has left. */
  point(at: Point | undefined): void;
}

/** How much a wheel's notch zooms: e to the power of this for each CSS pixel that it scrolls. */
const WHEEL = 0.0018;

/** Browsers say so of pinches on a touchpad; they scroll fewer pixels. */
const PINCH = 0.012;

/** CSS pixels of a line, for wheels that count lines. */
const LINE = 16;

/** Milliseconds after the page has scrolled in which the wheel still scrolls it. */
const SCROLLING = 300;

/** Turns what fingers, pens, mice and wheels do on a stage into moves. */
export class Gestures {
  readonly #pointers = new Map<number, Point>();
  #taken = false;
  #scrolled = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly stage: HTMLElement,
    private readonly moves: Moves,
    signal: AbortSignal,
  ) {
    const on = <K extends keyof HTMLElementEventMap>(
      kind: K,
      listener: (event: HTMLElementEventMap[K]) => void,
    ): void => stage.addEventListener(kind, listener, { signal, passive: false });
    on('pointerdown', (event) => this.#press(event));
    on('pointermove', (event) => this.#move(event));
    on('pointerup', (event) => this.#release(event));
    on('pointercancel', (event) => this.#release(event));
    on('pointerleave', (event) => {
      if (event.buttons === 0) this.moves.point(undefined);
    });
    on('wheel', (event) => this.#wheel(event));
    document.addEventListener(
      'scroll',
      () => {
        this.#scrolled = performance.now();
      },
      { signal, passive: true },
    );
  }

  #at({ clientX, clientY }: MouseEvent): Point {
    const { left, top } = this.stage.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }

  #press(event: PointerEvent): void {
    if (event.button !== 0) return;
    const at = this.#at(event);
    if (this.#pointers.size === 0) this.#taken = this.moves.grab(at);
    else this.#taken = false;
    this.#pointers.set(event.pointerId, at);
    this.stage.setPointerCapture(event.pointerId);
    if (this.#taken) this.moves.drag(at);
  }

  #move(event: PointerEvent): void {
    const at = this.#at(event);
    const before = this.#pointers.get(event.pointerId);
    this.moves.point(at);
    if (before === undefined) return;
    if (this.#taken) {
      this.moves.drag(at);
      return;
    }
    const [other] = [...this.#pointers].filter(([id]) => id !== event.pointerId);
    this.#pointers.set(event.pointerId, at);
    if (other === undefined) {
      this.moves.pan({ x: at.x - before.x, y: at.y - before.y }, at);
      return;
    }
    const [, fixed] = other;
    const far = (point: Point): number => Math.hypot(point.x - fixed.x, point.y - fixed.y);
    const middle = { x: (at.x + fixed.x) / 2, y: (at.y + fixed.y) / 2 };
    this.moves.pan({ x: (at.x - before.x) / 2, y: (at.y - before.y) / 2 }, middle);
    if (far(before) > 0) this.moves.zoom(far(at) / far(before), middle);
  }

  #release(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId);
    if (this.#pointers.size === 0) this.#taken = false;
    if (event.pointerType === 'touch') this.moves.point(undefined);
  }

  /** The wheel scrolls the page where it would do nothing here, and while the page is scrolling. */
  #wheel(event: WheelEvent): void {
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1);
    const factor = Math.exp(-pixels * (event.ctrlKey ? PINCH : WHEEL));
    const scrolls = performance.now() - this.#scrolled < SCROLLING;
    if (!event.ctrlKey && (scrolls || !this.moves.takesWheel(factor))) return;
    event.preventDefault();
    this.moves.zoom(factor, this.#at(event));
  }
}
