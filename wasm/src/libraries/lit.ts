export { css, html, LitElement, nothing, unsafeCSS } from 'lit';
