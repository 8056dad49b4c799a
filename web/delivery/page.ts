import type { Plugin } from 'vite';

/** Where the parts of a page come from, as sources of its Content-Security-Policy. */
export interface Sources {
  readonly script: string;
  readonly style: string;
  readonly worker: string;
  readonly image: string;
  /** Of what the page asks for while it runs; nothing unless given. */
  readonly requests?: string;
}

/** A Content-Security-Policy that allows what is named, and WebAssembly, and nothing else. */
export function policyFor({ script, style, worker, image, requests }: Sources): string {
  return [
    "default-src 'none'",
    `script-src ${script} 'wasm-unsafe-eval'`,
    `worker-src ${worker}`,
    ...(requests === undefined ? [] : [`connect-src ${requests}`, `manifest-src ${requests}`]),
    `img-src ${image}`,
    `style-src ${style}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/**
 * Fills the slots of web/index.html, each written `{{name}}`.
 * @param contents of the slots `policy`, `style` and `script`
 * @param addressOf the address of a file beside the page, for slots that name one
 */
export function fillSlots(
  template: string,
  contents: Readonly<Record<'policy' | 'style' | 'script', string>>,
  addressOf: (path: string) => string,
): string {
  const known = new Map(Object.entries(contents));
  return template.replace(/\{\{([^{}]+)\}\}/g, (_, name) => known.get(name) ?? addressOf(name));
}

/** The page as it is served, with all that it needs beside it. */
export function servedPage(): Plugin {
  let nonce: string | undefined;
  return {
    name: 'likeness-served-page',
    configResolved({ html }) {
      nonce = html?.cspNonce;
    },
    transformIndexHtml: {
      order: 'pre',
      handler: (template) =>
        fillSlots(
          template,
          {
            policy: policyFor({
              script: "'self'",
              style: nonce === undefined ? "'self'" : `'self' 'nonce-${nonce}'`,
              worker: "'self'",
              image: "'self' blob: data:",
              requests: "'self'",
            }),
            // Vite links what the script imports.
            style: '',
            script: '<script type="module" src="./src/main.ts"></script>',
          },
          (path) => `./${path}`,
        ),
    },
  };
}
