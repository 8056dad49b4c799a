/** What `dedupe` finds, for its page. */
import { changesFrom, type Group, keptFirst, type Report } from './groups.js';
import { htmlOf } from './html.js';
import { type Picture, type PictureReader, pictureAt } from './pictures.js';
import { whyKept } from './preference.js';
import { thumbnailsOf } from './thumbnails.js';

/** The page of a report. @param reader of the pictures, which are read once more for their previews */
export async function pageOf(
  report: Report,
  pictures: readonly Picture[],
  reader: PictureReader,
): Promise<string> {
  const at = pictureAt(pictures);
  const members = report.groups.flatMap((group) => keptFirst(group).map(({ path }) => path));
  const paths = new Set([...members, ...report.variants.flatMap(({ a, b }) => [a, b])]);
  const shown = [...paths].map(at);
  const thumbnails = await thumbnailsOf(shown, reader);
  const content = shown.map(({ path, embedding, found: { real } }, number) => {
    const { width = 0, height = 0 } = embedding.fingerprint ?? {};
    return [path, { number, real, width, height, thumbnail: thumbnails[number] }] as const;
  });
  return htmlOf({
    report,
    pictures: new Map(content),
    whyKept: (group) => reasonsToKeep(group, at),
  });
}

/** Why the picture of a group is kept that is, against each of the others, in words. */
function reasonsToKeep({ keep, pairs }: Group, at: (path: string) => Picture): string {
  const kept = keep ?? '';
  const reasons = pairs.map((pair) => {
    const copy = pair.a === kept ? pair.b : pair.a;
    return whyKept(at(kept), at(copy), pair, changesFrom(kept, pair));
  });
  return [...new Set(reasons)].join('; ');
}
