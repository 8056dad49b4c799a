/** Whom Likeness is measured against, and what it means when one of them did not run. */
import { StepError } from '../lib/process.mjs';

/** @typedef {'mediapipe' | 'transformers' | 'tensorflow' | 'canvas' | 'native' | 'pillow'} Peer */

/** @type {readonly Peer[]} */
export const PEERS = ['mediapipe', 'transformers', 'tensorflow', 'canvas', 'native', 'pillow'];

/**
 * @param {readonly string[]} args of the command line: `--skip-peer NAME`, any number of times
 * @returns {ReadonlySet<Peer>}
 */
export function readSkippedPeers(args) {
  const skipped = new Set();
  for (let at = 0; at < args.length; at += 2) {
    const [option, name] = args.slice(at, at + 2);
    if (option !== '--skip-peer') {
      throw new StepError(
        `There is no measurement "${option}".`,
        'npm run bench [-- --skip-peer NAME], or npm run bench -- --folder, --lighthouse, --models, --nearest, --network or --weights',
      );
    }
    const peer = PEERS.find((known) => known === name);
    if (peer === undefined) {
      throw new StepError(`There is no peer "${name}".`, `choose from: ${PEERS.join(', ')}.`);
    }
    skipped.add(peer);
  }
  return skipped;
}

/**
 * @param {ReadonlySet<Peer>} skipped
 * @param {Readonly<Partial<Record<Peer, string>>>} failures why a peer did not run
 * @param {ReadonlySet<Peer>} ran
 * @returns {string[]} what to complain of; none when each peer ran or was to be skipped
 */
export function complaints(skipped, failures, ran) {
  return PEERS.filter((peer) => !skipped.has(peer) && !ran.has(peer)).map(
    (peer) => `${peer} did not run: ${failures[peer] ?? 'no figure of it came back'}`,
  );
}
