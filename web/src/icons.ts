import { html, svg, type SVGTemplateResult, type TemplateResult } from 'lit';

/** Icons in a square of 24 units, drawn with the text's colour. */
function icon(drawing: SVGTemplateResult): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor"
    stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${drawing}</svg>`;
}

export const CAMERA_ICON = icon(
  svg`<path d="M4 8h3l2-3h6l2 3h3v11H4z" /><circle cx="12" cy="13" r="3.5" />`,
);
export const SWAP_ICON = icon(svg`<path d="M4 8h15l-4-4M20 16H5l4 4" />`);
export const PLUS_ICON = icon(svg`<path d="M12 5v14M5 12h14" />`);
export const MINUS_ICON = icon(svg`<path d="M5 12h14" />`);
export const FIT_ICON = icon(
  svg`<rect x="3" y="5" width="18" height="14" rx="2" /><path d="M8 10h8v4H8z" />`,
);
export const FULL_ICON = icon(svg`<path d="M9 4H4v5M15 4h5v5M9 20H4v-5M15 20h5v-5" />`);
export const CLOSE_ICON = icon(svg`<path d="M6 6l12 12M18 6L6 18" />`);
