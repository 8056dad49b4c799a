import { html, nothing, type TemplateResult } from 'lit';
import type { CompareStrings } from '../strings/compare-en.ts';
import type { Affine, Layout } from './geometry.ts';
import { amountOf, type LikenessMap } from './likeness-map.ts';
import { type Explain, explainPair, MapLayer, whereIsCell } from './map-layer.ts';
import type { CompareSession, Side } from './session.ts';

/** Below this mean share next to nothing makes two pictures alike. */
const NEXT_TO_NOTHING = 0.2;

/** The map of where the likeness of two pictures comes from: over both, and in words. */
export class MapView {
  /** Says where likeness comes from. */
  explain: Explain | undefined;
  #shown: LikenessMap | undefined;
  #layers: readonly [MapLayer, MapLayer] | undefined;

  constructor(private readonly session: CompareSession) {}

  /** Whether there can be a map. */
  get isThere(): boolean {
    return this.explain !== undefined;
  }

  /** Has the likeness explained once the pictures are there, and draws what comes out. */
  ask(images: readonly HTMLImageElement[], words: CompareStrings): void {
    const { explain, session } = this;
    const [a, b] = images;
    if (explain === undefined || a === undefined || b === undefined) return;
    void session.explain((registered) => explainPair([a, b], registered, explain));
    this.#draw(words);
    this.#mark();
  }

  /** The map over one of the pictures. */
  overlay(side: Side): HTMLElement | typeof nothing {
    return this.session.map === this.#shown ? (this.#layers?.[side].root ?? nothing) : nothing;
  }

  /** Puts the maps where their pictures are. */
  place(layout: Layout, onPane: Affine): void {
    for (const layer of this.#layers ?? []) layer.place(layout, onPane);
  }

  /** What the map says. */
  render(words: CompareStrings): TemplateResult {
    const { map } = this.session;
    return html`<p class="note" data-testid="legend">${describe(map, words)}</p>
      <p class="note" data-testid="cell" aria-live="polite">${
        typeof map === 'object' ? this.#describeCell(map, words) : ''
      }</p>`;
  }

  #draw(words: CompareStrings): void {
    const { map, sizes, registeredLayout } = this.session;
    const [a, b] = sizes;
    if (typeof map !== 'object') {
      this.#shown = undefined;
      this.#layers = undefined;
    }
    if (typeof map !== 'object' || map === this.#shown || a === undefined || b === undefined) {
      return;
    }
    const layer = (side: Side): MapLayer =>
      new MapLayer(side, map.sides[side], registeredLayout, side === 0 ? a : b, words, (index) =>
        this.session.chooseCell({ side, index }),
      );
    this.#shown = map;
    this.#layers = [layer(0), layer(1)];
    // They are put over the pictures when these are drawn the next time.
    this.session.chooseCell(this.session.cell ?? { side: 0, index: 0 });
  }

  #mark(): void {
    const { map, cell } = this.session;
    if (typeof map !== 'object' || cell === undefined) return;
    this.#layers?.[cell.side].mark(cell.index, []);
    this.#layers?.[cell.side === 0 ? 1 : 0].mark(undefined, map.partnersOf(cell.side, cell.index));
  }

  #describeCell(map: LikenessMap, words: CompareStrings): string {
    const { cell } = this.session;
    if (cell === undefined) return '';
    const { side, index } = cell;
    const where = (of: Side, at: number): string =>
      words.where[whereIsCell(map.sides[of], at)] ?? '';
    const [partner] = map.partnersOf(side, index);
    return words.mapChosen(
      side === 0 ? words.first : words.second,
      where(side, index),
      words.mapAmount[amountOf(map.sides[side].shares[index] ?? 0)],
      partner === undefined ? undefined : where(side === 0 ? 1 : 0, partner),
    );
  }
}

function describe(map: CompareSession['map'], words: CompareStrings): string {
  if (map === undefined || map === 'loading') return words.mapLoading;
  if (map === 'failed') return words.mapFailed;
  return meanOf(map) < NEXT_TO_NOTHING ? words.mapNothing : words.mapLegend;
}

function meanOf({ sides }: LikenessMap): number {
  const shares = sides.flatMap((side) => side.shares);
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}
