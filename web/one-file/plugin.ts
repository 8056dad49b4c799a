import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Plugin } from 'vite';
import { fillSlots, policyFor } from '../delivery/page.ts';

const IMAGE_TYPES: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.svg': 'image/svg+xml',
};

/**
 * Puts the script, the style and the pictures into the page.
 * @param sources the folder of the page's sources
 * @param site the folder of the built page
 * @param fileName of what is written
 */
export function oneFile(sources: string, site: string, fileName: string): Plugin {
  return {
    name: 'likeness-one-file',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const [chunk, sheet, ...others] = Object.values(bundle).sort((one, two) =>
          two.type.localeCompare(one.type),
        );
        if (chunk?.type !== 'chunk' || sheet?.type !== 'asset' || others.length > 0) {
          throw new Error(`Not one script and one style: ${Object.keys(bundle).join(', ')}`);
        }
        delete bundle[chunk.fileName];
        delete bundle[sheet.fileName];
        // An end tag would end the script, wherever in it that stands.
        const script = chunk.code.replaceAll('</script', '<\\/script');
        const style = String(sheet.source);
        const policy = policyFor({
          script: hashOf(script),
          style: hashOf(style),
          worker: 'blob:',
          image: 'blob: data:',
        });
        const contents = {
          policy,
          style: `<style>${style}</style>`,
          script: `<script type="module">${script}</script>`,
        };
        const template = readFileSync(join(sources, 'index.html'), 'utf8');
        const source = fillSlots(template, contents, (path) =>
          path.startsWith('samples/') ? `data:,#${path}` : dataUrl(join(site, path)),
        );
        this.emitFile({ type: 'asset', fileName, source });
      },
    },
  };
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function dataUrl(path: string): string {
  return `data:${IMAGE_TYPES[extname(path)]};base64,${readFileSync(path, 'base64')}`;
}
