import type { PluginOption } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { SERVICE_WORKER, SHARE_ADDRESS, SHARE_FIELD } from '../src/offline/names.ts';

/** The largest file that is kept for offline use, in bytes: ONNX Runtime, compressed. */
const LARGEST_KEPT = 5_000_000;

/** Images that systems may open with the installed page. */
const IMAGES = {
  'image/jpeg': ['.jpg', '.jpeg'],
  'image/png': ['.png'],
  'image/gif': ['.gif'],
  'image/bmp': ['.bmp'],
  'image/webp': ['.webp'],
  'image/avif': ['.avif'],
};

/** The service worker with the list of what it keeps, and the manifest that makes the page installable. */
export function offline(): PluginOption {
  return VitePWA({
    strategies: 'injectManifest',
    srcDir: 'src/offline',
    filename: SERVICE_WORKER.replace(/\.js$/, '.ts'),
    injectRegister: false,
    injectManifest: {
      rollupFormat: 'iife',
      globPatterns: [
        'index.html',
        '*.{svg,png,webmanifest}',
        'assets/*.{js,css,wasm.gz}',
        'samples/*',
      ],
      globIgnores: ['assets/ort.webgpu*'],
      dontCacheBustURLsMatching: /^assets\//,
      maximumFileSizeToCacheInBytes: LARGEST_KEPT,
    },
    manifest: {
      name: 'Likeness: how alike are two images?',
      short_name: 'Likeness',
      description: 'How alike are two images? Answered on this device, without a server.',
      id: './',
      start_url: './',
      scope: './',
      display: 'standalone',
      background_color: '#faf8f5',
      theme_color: '#2f6fdb',
      categories: ['photo', 'utilities'],
      icons: [
        { src: 'icon.svg', sizes: 'any', type: 'image/svg+xml' },
        { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
        { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
        { src: 'icon-maskable.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
      ],
      file_handlers: [{ action: './', accept: IMAGES }],
      share_target: {
        action: `./${SHARE_ADDRESS}`,
        method: 'POST',
        enctype: 'multipart/form-data',
        params: { files: [{ name: SHARE_FIELD, accept: ['image/*'] }] },
      },
    },
  });
}
