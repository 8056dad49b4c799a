/**
 * What to do with pairs once they are found: groups, the threshold that fits a user's marks, and which
 * picture of a group to keep. Plain functions; nothing is loaded.
 * @module grouping
 */
export { groupsOf, type Link } from './groups.js';
export { type Keepable, suggestKept } from './keep-best.js';
export { type FittedThreshold, fitThreshold, type Mark } from './threshold.js';
