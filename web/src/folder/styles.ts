import { css } from 'lit';

/** What all parts of the folder view are made of. Colours come from the page's own tokens. */
export const styles = css`
  :host { --edge-strong: var(--edge, var(--line)); display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem;
    min-inline-size: 0; color: var(--ink); }
  .part { display: contents; }
  * { box-sizing: border-box; }
  [hidden] { display: none !important; }
  h2, h3, p, ul, ol { margin: 0; padding: 0; list-style: none; }
  h2 { font-size: 1.25rem; } h3 { font-size: 1.0625rem; }
  section { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.75rem; min-inline-size: 0; }
  .faint { color: var(--faint); }
  .alarm { color: var(--alarm); }
  .row { display: flex; flex-wrap: wrap; gap: 0.5rem 0.75rem; align-items: center; }
  .row > .end { margin-inline-start: auto; }
  button { min-block-size: 2.25rem; padding: 0.3rem 0.9rem; border: 1px solid var(--edge-strong); border-radius: 2rem;
    background: var(--card); color: inherit; font: inherit; cursor: pointer; }
  button:hover:enabled { border-color: var(--blue); }
  button.main { border-color: var(--blue); background: var(--blue); color: var(--card); font-weight: 600; }
  button[aria-pressed='true'] { border-color: var(--blue); box-shadow: inset 0 0 0 1px var(--blue); }
  button:disabled { opacity: 0.55; cursor: default; }
  button.plain { min-block-size: 1.75rem; padding: 0.1rem 0.4rem; border-color: transparent; background: none;
    color: var(--blue); text-align: start; text-decoration: underline; text-underline-offset: 0.15em; }
  :focus-visible { outline: 3px solid var(--blue); outline-offset: 2px; }
  progress, input[type='range'] { inline-size: 100%; accent-color: var(--blue); }
  input[type='checkbox'], input[type='radio'] { accent-color: var(--blue); }
  label { display: inline-flex; gap: 0.4rem; align-items: center; min-block-size: 1.75rem; }
  .card { padding: 1rem; border: 1px solid var(--line); border-radius: 0.75rem; background: var(--card); }
  .name, .pair { overflow-wrap: anywhere; }
  .figure { white-space: nowrap; font-variant-numeric: tabular-nums; }
  .frame { display: grid; place-items: center; overflow: hidden; border: 1px solid var(--line); border-radius: 0.5rem;
    background: var(--paper); }
  .frame img { inline-size: 100%; block-size: 100%; object-fit: contain; }
  .badges { display: flex; flex-wrap: wrap; gap: 0.25rem; }
  .badge { padding: 0 0.5rem; border: 1px solid var(--line); border-radius: 1rem; font-size: 0.8125rem; }
  .badge.good { border-color: transparent; background: var(--blue); color: var(--card); font-weight: 600; }
  .scroll { overflow-x: auto; }
  table { border-collapse: collapse; inline-size: 100%; font-size: 0.875rem; }
  th, td { padding: 0.35rem 0.6rem; border-block-end: 1px solid var(--line); text-align: start; }
  thead th { white-space: nowrap; }
  tbody th { font-weight: inherit; overflow-wrap: anywhere; }
  tr:last-child > * { border-block-end: 0; }
  .pair { min-inline-size: 12rem; }
  .marks { display: flex; gap: 0.5rem; }
  summary { min-block-size: 1.75rem; cursor: pointer; }
  .hidden-text { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  @media (forced-colors: active) {
    .badge.good { border-color: CanvasText; }
    button[aria-pressed='true'], button.main { border-color: Highlight; outline: 2px solid Highlight; outline-offset: -3px; }
  }
`;
