/** What the page and its service worker call things when they speak of them to each other. */

/** The service worker's file, beside the page. */
export const SERVICE_WORKER = 'service-worker.js';

/** Where shared images are sent to, relative to the page; see the manifest's share_target. */
export const SHARE_ADDRESS = 'share';

/** The form field that shared images are in. */
export const SHARE_FIELD = 'images';

/** The page's address has this in its query when images wait for it. */
export const SHARED = 'shared';

/** The cache where images wait for the page. */
export const SHARED_CACHE = 'likeness-shared';

/** A cache that is there, and empty, while the visitor wants threads. */
export const ISOLATION_CACHE = 'likeness-isolation';

/** Tells a service worker that waits to take over. */
export const TAKE_OVER = 'take-over';
