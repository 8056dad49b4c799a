import { css } from 'lit';

/** Colours come from the page's own tokens. */
export const styles = css`
  :host { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.5rem; min-inline-size: 0; color: var(--ink); }
  * { box-sizing: border-box; }
  h2, h3, p, ul { margin: 0; padding: 0; list-style: none; }
  h2 { font-size: 1.25rem; } h3 { font-size: 1rem; }
  section, .drop { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.75rem; min-inline-size: 0; }
  .faint { color: var(--faint); }
  .drop { justify-items: center; padding: 2rem 1rem; text-align: center;
    border: 2px dashed var(--line); border-radius: 1rem; background: var(--card); }
  .drop.over { border-color: var(--blue); }
  .row { display: flex; flex-wrap: wrap; gap: 0.5rem 0.75rem; align-items: center; }
  button { min-block-size: 2.25rem; white-space: nowrap; padding: 0.3rem 0.9rem; border: 1px solid var(--line);
    border-radius: 0.5rem; background: var(--card); color: inherit; font: inherit; cursor: pointer; }
  button:hover { border-color: var(--blue); }
  button.main { border-color: var(--blue); color: var(--blue); font-weight: 600; }
  button[aria-pressed='true'] { border-color: var(--blue); box-shadow: inset 0 0 0 1px var(--blue); }
  button:disabled { opacity: 0.55; cursor: default; }
  :focus-visible { outline: 3px solid var(--blue); outline-offset: 2px; }
  progress, input[type='range'] { inline-size: 100%; accent-color: var(--blue); }
  article { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.75rem; min-inline-size: 0; }
  .card { padding: 1rem; border: 1px solid var(--line); border-radius: 0.75rem; background: var(--card); }
  .grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 9.5rem), 1fr)); gap: 0.75rem; }
  .tile { display: grid; grid-template-rows: 8rem 1fr; gap: 0.35rem; min-inline-size: 0; font-size: 0.875rem; }
  .about { display: flex; flex-direction: column; gap: 0.15rem; align-items: start; }
  .about button { margin-block-start: auto; }
  .tile.kept .frame { border-color: var(--blue); box-shadow: 0 0 0 1px var(--blue); }
  .all { block-size: min(70vh, 48rem); border: 1px solid var(--line); border-radius: 0.75rem; }
  .all .tile { inline-size: 152px; block-size: 250px; }
  .all .name { display: -webkit-box; overflow: hidden; -webkit-box-orient: vertical; -webkit-line-clamp: 2; }
  .frame { display: grid; place-items: center; overflow: hidden; border: 1px solid var(--line);
    border-radius: 0.5rem; background: var(--paper); block-size: 8rem; }
  .frame img { inline-size: 100%; block-size: 100%; object-fit: contain; }
  .name, .pair { overflow-wrap: anywhere; }
  .pair { min-inline-size: 12rem; }
  .figure { white-space: nowrap; font-variant-numeric: tabular-nums; }
  .badge { padding-inline: 0.5rem; border-radius: 1rem; background: var(--blue); color: var(--card); font-size: 0.8125rem; }
  .marks { display: flex; gap: 0.5rem; }
  label { display: inline-flex; gap: 0.4rem; align-items: center; min-block-size: 1.75rem; }
  .scroll { overflow-x: auto; }
  table { border-collapse: collapse; inline-size: 100%; font-size: 0.875rem; }
  th, td { padding: 0.35rem 0.6rem; border-block-end: 1px solid var(--line); text-align: start; }
  thead th { white-space: nowrap; }
  tbody th { font-weight: inherit; overflow-wrap: anywhere; }
  tr:last-child > * { border-block-end: 0; }
  canvas { inline-size: min(100%, 36rem); aspect-ratio: 1; image-rendering: pixelated; border: 1px solid var(--line); border-radius: 0.5rem; }
  summary { min-block-size: 1.75rem; cursor: pointer; }
  .alarm { color: var(--alarm); }
  [hidden] { display: none; }
  @media (max-width: 30rem) {
    .grid { grid-template-columns: repeat(2, minmax(0, 1fr)); }
    .about button { padding-inline: 0.4rem; }
  }
  @media (forced-colors: active) { .tile.kept .frame { outline: 2px solid Highlight; } }
`;
