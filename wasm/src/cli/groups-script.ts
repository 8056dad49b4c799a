/** What `dedupe` finds, for its script. */
import { changesFrom, type Group, type Member, reasonFor } from './groups.js';
import { type Picture, pictureAt } from './pictures.js';
import { isTuckedAway } from './preference.js';
import { pairInWords } from './report.js';
import type { ReviewedFile } from './review/review.js';
import type { ScriptedGroup } from './script.js';

/**
 * The groups of copies. Of what is spare only those files without which the disk has more room, and not where what is
 * to be kept is in the trash and they are not: it may be emptied.
 */
export function scriptedGroups(
  groups: readonly Group[],
  pictures: readonly Picture[],
): ScriptedGroup[] {
  const at = pictureAt(pictures);
  const reviewed = ({ path, bytes, sha256 }: Member): ReviewedFile => {
    return { path: at(path).found.real, bytes, sha256 };
  };
  return groups.flatMap((group) => {
    const kept = group.pictures.find(({ path }) => path === group.keep);
    if (kept === undefined) return [];
    const atRisk = isTuckedAway(at(kept.path));
    const spare = group.pictures
      .filter((member) => member !== kept && member.frees > 0)
      .filter(({ path }) => !atRisk || isTuckedAway(at(path)))
      .map((member) => ({ ...reviewed(member), reason: reasonIn(group, member) }));
    return spare.length === 0 ? [] : [{ keep: reviewed(kept), spare }];
  });
}

/** Why a picture is spare, in words. */
function reasonIn(group: Group, { path }: Member): string {
  const pair = reasonFor(path, group);
  if (pair === undefined) return '';
  return pairInWords(pair, pair.sameBytes, changesFrom(group.keep ?? '', pair));
}
