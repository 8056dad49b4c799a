// Lit's build for servers, where there is no HTMLElement to extend.
export { css, html, LitElement, nothing, unsafeCSS } from 'lit';
