/**
 * The page's service worker: answers with the files that were there when it was installed, so that
 * the page works without a network; takes shared images in; and adds, where the visitor wants threads,
 * the headers that a static host can't send. Models are no concern of it: the package keeps them.
 */
import {
  cleanupOutdatedCaches,
  getCacheKeyForURL,
  matchPrecache,
  type PrecacheEntry,
  precache,
} from 'workbox-precaching';
import { keepImages } from './kept-images.ts';
import { ISOLATION_CACHE, SHARE_ADDRESS, SHARE_FIELD, SHARED, TAKE_OVER } from './names.ts';

interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface FetchEvent extends ExtendableEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

/** The part of ServiceWorkerGlobalScope used here (the DOM library types know windows only). */
interface ServiceWorkerScope {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: { claim(): Promise<void> };
  readonly __WB_MANIFEST: (PrecacheEntry | string)[];
  skipWaiting(): Promise<void>;
  addEventListener(type: 'activate', listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
}

declare const self: ServiceWorkerScope;

const ISOLATION = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
} as const;

const scope = self.registration.scope;

precache(self.__WB_MANIFEST);
cleanupOutdatedCaches();

// The first one takes the page that installed it; a later one waits until it is told to.
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('message', ({ data }) => {
  if (data === TAKE_OVER) void self.skipWaiting();
});
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (!request.url.startsWith(scope)) return;
  if (request.method === 'POST' && url.pathname === new URL(SHARE_ADDRESS, scope).pathname) {
    event.respondWith(takeShared(request));
  } else if (request.method === 'GET') {
    const navigates = request.mode === 'navigate';
    const page = navigates && url.pathname === new URL(scope).pathname;
    const address = page ? new URL('index.html', scope).href : url.origin + url.pathname;
    const kept = getCacheKeyForURL(address) !== undefined;
    // All else goes its own way: a long answer in these hands would keep the next version waiting.
    if (kept || navigates || request.destination === 'worker') {
      event.respondWith(answer(request, address));
    }
  }
});

/** @param address what the request is for, as it has been kept */
async function answer(request: Request, address: string): Promise<Response> {
  const response = (await matchPrecache(address)) ?? (await fetch(request));
  // A page that is isolated stays so until it is left, and starts no worker without these headers.
  const isolates =
    request.destination === 'worker' ||
    (request.mode === 'navigate' && (await caches.has(ISOLATION_CACHE)));
  return isolates ? isolated(response) : response;
}

function isolated(response: Response): Response {
  if (response.status === 0) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(ISOLATION)) headers.set(name, value);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

/** Keeps shared images for the page, and opens it. */
async function takeShared(request: Request): Promise<Response> {
  const entries = (await request.formData()).getAll(SHARE_FIELD);
  const files = entries.filter((entry): entry is File => entry instanceof File);
  await keepImages(files, scope);
  return Response.redirect(new URL(`./?${SHARED}`, scope).href, 303);
}
