/** What the browser measures; scripts/bench/in-browser.mjs reaches it as `window.bench`. */
import { takeTurns } from '../rounds.mjs';
import { createBrowserFloor, createComparisons, openFullModel } from './comparison.mjs';
import { paintPictures } from './pictures.mjs';
import { createStages } from './stages.mjs';

/** @typedef {(pictures: import('./pictures.mjs').Pictures) => Promise<import('../rounds.mjs').Contestant>} CreatePeer */

/** @type {Readonly<Record<string, () => Promise<{ create: CreatePeer }>>>} */
const PEERS = {
  canvas: () => import('../peers/canvas.mjs'),
  mediapipe: () => import('../peers/mediapipe.mjs'),
  tensorflow: () => import('../peers/tensorflow.mjs'),
  transformers: () => import('../peers/transformers.mjs'),
};

/**
 * @typedef {object} Held
 * @property {import('../../../dist/package/index.js').Likeness} likeness
 * @property {import('./pictures.mjs').Pictures['medium']} medium
 */

/** How long a peer may take to start and answer once, in ms: ample on a busy machine. */
const PATIENCE = 120_000;

const bench = {
  /**
   * @param {{ rounds: number, modelUrl: string, skipped: readonly string[] }} options
   * @returns {Promise<{ figures: Record<string, number[]>, ran: string[], failures: Record<string, string> }>}
   */
  async measure({ rounds, modelUrl, skipped }) {
    const pictures = await paintPictures();
    console.info('the pictures are painted');
    const contestants = [
      await createStages(pictures, modelUrl),
      await createComparisons(pictures, modelUrl),
      createBrowserFloor(pictures),
    ];
    const ran = [];
    /** @type {Record<string, string>} */
    const failures = {};
    for (const [name, load] of Object.entries(PEERS)) {
      if (skipped.includes(name)) continue;
      try {
        contestants.push(await within(PATIENCE, start(load, pictures)));
        ran.push(name);
        console.info(`${name} is ready`);
      } catch (error) {
        failures[name] = String(error);
      }
    }
    return { figures: await takeTurns(contestants, rounds, console.info), ran, failures };
  },

  /**
   * One comparison of two 12-megapixel JPEGs, for somebody else to weigh; the model stays loaded.
   * @param {string} modelUrl
   */
  async holdComparison(modelUrl) {
    const { medium, large } = await paintPictures();
    const likeness = await openFullModel(modelUrl);
    await likeness.compare(...large);
    Object.assign(window, { held: { likeness, medium } });
  },

  /**
   * Many more by the model that is held, of two 1-megapixel JPEGs each.
   * @param {number} count
   */
  async compareMore(count) {
    const { likeness, medium } = /** @type {Held} */ (Reflect.get(window, 'held'));
    for (let done = 0; done < count; done += 1) await likeness.compare(...medium);
  },
};

/**
 * @param {() => Promise<{ create: CreatePeer }>} load
 * @param {import('./pictures.mjs').Pictures} pictures
 */
async function start(load, pictures) {
  const peer = await (await load()).create(pictures);
  await peer.turn();
  return peer;
}

/**
 * A peer that never answers would keep everybody waiting.
 * @template T
 * @param {number} ms
 * @param {Promise<T>} work
 * @returns {Promise<T>}
 */
function within(ms, work) {
  return Promise.race([
    work,
    new Promise((_, reject) => {
      setTimeout(() => reject(new Error(`no answer within ${ms / 1000} s`)), ms);
    }),
  ]);
}

Object.assign(window, { bench });
