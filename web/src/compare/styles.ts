import { css } from 'lit';

/** Colours come from the page's own tokens. */
export const styles = css`
  :host { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.6rem; color: var(--ink); }
  * { box-sizing: border-box; }
  [hidden] { display: none !important; }
  p, ol { margin: 0; padding: 0; list-style: none; }
  .frame { position: relative; }
  .zoom { position: absolute; inset: auto 0.5rem 0.5rem auto; display: flex; align-items: center; padding: 0.15rem; border-radius: 1.5rem;
    background: rgb(0 0 0 / 70%); color: #fff; direction: ltr; }
  .zoom button { border-color: transparent; background: none; }
  .zoom button:hover { border-color: #fff; }
  .zoom :focus-visible { outline-color: #fff; }
  .percent { min-inline-size: 3.2rem; text-align: center; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
  .hidden-text, legend { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  button { min-block-size: 2.25rem; padding: 0.3rem 0.9rem; border: 1px solid var(--edge); border-radius: 2rem;
    background: var(--card); color: inherit; font: inherit; cursor: pointer; }
  button.round { display: grid; place-items: center; inline-size: 2.25rem; padding: 0; }
  button:hover { border-color: var(--blue); }
  :focus-visible, .choices label:has(:focus-visible) { outline: 3px solid var(--blue); outline-offset: 2px; }
  .choices { justify-self: start; display: flex; flex-wrap: wrap; gap: 0.15rem; margin: 0; padding: 0.2rem; border: 1px solid var(--edge);
    border-radius: 1.4rem; background: var(--card); min-inline-size: 0; }
  .choices label { position: relative; display: flex; align-items: center; min-block-size: 1.85rem;
    padding-inline: 0.8rem; border-radius: 1.2rem; color: var(--faint); cursor: pointer; }
  .choices input { position: absolute; inset: 0; margin: 0; opacity: 0; cursor: pointer; }
  .choices label:has(:checked) { background: var(--ink); color: var(--paper); }
  .check { display: inline-flex; gap: 0.4rem; align-items: center; min-block-size: 1.75rem; font-size: 0.9375rem; }
  .check input { inline-size: 1.15rem; block-size: 1.15rem; margin: 0; accent-color: var(--blue); }

  .stage { position: relative; block-size: var(--compare-height, clamp(17rem, 100dvh - 23rem, 60rem)); overflow: hidden;
    border-radius: 0.75rem; background: #16181c; cursor: grab; touch-action: none; user-select: none; direction: ltr; }
  .stage[data-all] { touch-action: pan-y; cursor: zoom-in; }
  .stage:active { cursor: grabbing; }
  .stage[data-view='slider'][data-all] { cursor: ew-resize; }
  .panes, .overlays { position: absolute; inset: 0; display: grid; gap: 2px; }
  .overlays { pointer-events: none; }
  [data-arrange='row'] > :is(.panes, .overlays) { grid-template-columns: 1fr 1fr; }
  [data-arrange='column'] > :is(.panes, .overlays) { grid-template-rows: 1fr 1fr; }
  [data-arrange='over'] > :is(.panes, .overlays) > * { grid-area: 1 / 1; }
  .pane, .overlay { position: relative; overflow: hidden; min-inline-size: 0; min-block-size: 0; }
  .pane { background: repeating-conic-gradient(#24272d 0 25%, #1c1f24 0 50%) 0 0 / 1.25rem 1.25rem; }
  .pane img { position: absolute; inset: 0 auto auto 0; max-inline-size: none; transform-origin: 0 0; }
  .stage[data-close] img { image-rendering: pixelated; }
  [data-arrange='row'] > .overlays > .overlay + .overlay { border-inline-start: 0; }
  [data-view='slider'] .pane + .pane { clip-path: inset(0 0 0 calc(var(--split) * 1%)); }
  [data-view='slider'] .pane, [data-view='difference'] .pane, [data-view='blink'] .pane { background-color: #16181c; }
  [data-view='blink'][data-shown='0'] .pane + .pane { visibility: hidden; }
  [data-view='difference'] .panes { isolation: isolate; filter: brightness(var(--strength)); background: #000; }
  [data-view='difference'] .pane { background: #000; }
  [data-view='difference'] .pane + .pane { mix-blend-mode: difference; }
  [data-arrange='over'] .overlay + .overlay { display: none; }

  .divider { position: absolute; inset-block: 0; left: calc(var(--split) * 1%); inline-size: 2px; margin-inline-start: -1px;
    background: #fff; box-shadow: 0 0 0 1px rgb(0 0 0 / 45%); pointer-events: none; }
  .divider::after { position: absolute; inset-block-start: 50%; left: 50%; inline-size: 2.5rem; block-size: 2.5rem; translate: -50% -50%;
    border-radius: 50%; background: #fff linear-gradient(90deg, #1d2129 2px, transparent 0 6px, #1d2129 0 8px) center / 8px 1rem no-repeat;
    box-shadow: 0 1px 6px rgb(0 0 0 / 50%); content: ''; }
  .name { position: absolute; inset-block-start: 0.5rem; inset-inline-start: 0.5rem; max-inline-size: calc(100% - 1rem); padding: 0.1rem 0.6rem;
    overflow: hidden; border-radius: 1rem; background: rgb(0 0 0 / 65%); color: #fff; font-size: 0.8125rem; text-overflow: ellipsis; white-space: nowrap; }
  .name.end { inset-inline: auto 0.5rem; max-inline-size: calc(50% - 1rem); }
  [data-view='slider'] .name { max-inline-size: calc(50% - 1rem); }
  .place { position: absolute; border: 2px solid #fff; border-radius: 0.2rem; outline: 2px solid #d6336c; }
  .place span { position: absolute; inset: 100% auto auto -2px; min-inline-size: 1.2rem; padding-inline: 0.3rem; border-radius: 0.2rem;
    margin-block-start: 3px; background: #d6336c; color: #fff; font-size: 0.75rem; font-weight: 700; line-height: 1.2rem; text-align: center; }
  .place.current { border-width: 3px; outline-width: 3px; }
  .twin { position: absolute; inline-size: 17px; block-size: 17px; margin: -8px 0 0 -8px; border: 2px solid #fff; border-radius: 50%;
    box-shadow: 0 0 0 1px #000, inset 0 0 0 1px #000; }
  .pixels { position: absolute; inset: auto auto 0.5rem 0.5rem; display: flex; flex-wrap: wrap; gap: 0.1rem 0.6rem; max-inline-size: calc(100% - 14rem);
    padding: 0.15rem 0.6rem; border-radius: 0.75rem; background: rgb(0 0 0 / 75%); color: #fff; font-size: 0.8125rem;
    font-variant-numeric: tabular-nums; pointer-events: none; }
  .pixels:not(:has(*)) { display: none; }
  .swatch { display: inline-block; inline-size: 0.8em; block-size: 0.8em; margin-inline-end: 0.3em; border: 1px solid #fff; vertical-align: -0.05em; }

  .map { position: absolute; inset: 0 auto auto 0; display: grid; transform-origin: 0 0; pointer-events: auto;
    grid-template: repeat(var(--rows), minmax(0, 1fr)) / repeat(var(--columns), minmax(0, 1fr)); box-shadow: 0 0 0 99999px rgb(0 0 0 / 80%); }
  .map canvas { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; }
  .map button { position: relative; min-block-size: 0; min-inline-size: 0; padding: 0; border: 0; border-radius: 0; background: none; cursor: inherit; }
  .map .chosen, .map button:focus-visible { z-index: 1; outline: calc(3 * var(--pixel)) solid #fff; outline-offset: calc(-2 * var(--pixel));
    box-shadow: 0 0 0 calc(2 * var(--pixel)) #000; }
  .map .partner { z-index: 1; outline: calc(2 * var(--pixel)) dashed #fff; outline-offset: calc(-2 * var(--pixel)); box-shadow: 0 0 0 var(--pixel) #000; }

  .under { display: flex; flex-wrap: wrap; gap: 0.4rem 1rem; align-items: center; min-block-size: 1.5rem; }
  .note { color: var(--faint); font-size: 0.875rem; }
  input[type='range'] { flex: 1 1 14rem; direction: ltr; min-block-size: 1.5rem; margin: 0; accent-color: var(--blue); }
  .changes { display: grid; gap: 0.5rem; }
  h2 { margin: 0; font-size: 1rem; }
  .changes ol { display: flex; flex-wrap: wrap; gap: 0.5rem; }
  .change { display: grid; grid-template-columns: auto auto; gap: 0.25rem 0.4rem; align-items: center; padding: 0.4rem; border-radius: 0.75rem; text-align: start; font-size: 0.875rem; }
  .change[aria-current='true'] { border-color: #d6336c; box-shadow: inset 0 0 0 1px #d6336c; }
  .change span { grid-column: 1 / -1; padding-inline: 0.25rem; }
  .change canvas { inline-size: 6rem; block-size: 4.5rem; border-radius: 0.4rem; background: #16181c; }

  :host(:fullscreen) { grid-template-rows: auto minmax(0, 1fr) auto; align-content: stretch; padding: 0.6rem; background: var(--paper); }
  :host(:fullscreen) .stage { block-size: 100%; }
  :host(:fullscreen) .changes { display: none; }
  @media (max-width: 40rem) {
    .choices { font-size: 0.8rem; } .choices label { padding-inline: 0.4rem; }
    .stage { block-size: var(--compare-height, clamp(17rem, 100dvh - 19.5rem, 60rem)); }
    .percent { display: none; }
    .pixels { max-inline-size: calc(100% - 11rem); }
  }
  @media (forced-colors: active) {
    .choices label:has(:checked) { background: Highlight; color: HighlightText; forced-color-adjust: none; }
    .stage, .zoom, .name, .pixels, .place, .place span, .divider, .map, .map button { forced-color-adjust: none; }
    .change[aria-current='true'] { outline: 2px solid Highlight; }
  }
`;
