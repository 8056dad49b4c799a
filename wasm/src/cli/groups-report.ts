/** What `dedupe` finds, as text and as a table. */
import { changesFrom, type GroupPair, type Report, reasonFor, spareOf } from './groups.js';
import { similarityColumns, tableOf, pairInWords } from './report.js';
import { counted, printable, sizeInWords } from './text.js';

/** The report as text. */
export function describe({ groups, variants, pictures, skipped, hardLinks }: Report): string {
  const lines: string[] = [];
  for (const [place, group] of groups.entries()) {
    lines.push(`group ${place + 1}: ${group.kind}, ${counted(group.pictures.length, 'image')}`);
    for (const [position, { path, width, height, bytes }] of group.pictures.entries()) {
      const kept = path === group.keep;
      const shared = group.keep === null ? position === 0 : kept;
      lines.push(
        `  ${kept ? 'keep' : '    '}  ${printable(path)}  ${width} × ${height}, ${sizeInWords(bytes)}`,
      );
      const reason = shared ? undefined : reasonFor(path, group);
      if (reason !== undefined) lines.push(`          ${reasonInWords(reason, path)}`);
    }
    lines.push('');
  }
  if (variants.length > 0) {
    lines.push(
      `variants, which show the same but for some places: ${variants.length} ${variants.length === 1 ? 'pair' : 'pairs'}`,
    );
    for (const pair of variants) {
      lines.push(`        ${printable(pair.b)}`, `          ${reasonInWords(pair, pair.b)}`);
    }
    lines.push('');
  }
  if (hardLinks.length > 0) {
    lines.push('hard links, several names of one file, which take its bytes once:');
    for (const [first = '', ...others] of hardLinks) {
      lines.push(`        ${printable(first)}`);
      lines.push(...others.map((path) => `          the same file as ${printable(path)}`));
    }
    lines.push('');
  }
  const spare = spareOf(groups);
  const bytes = spare.reduce((sum, { frees }) => sum + frees, 0);
  const left = skipped.length === 0 ? '' : `, ${skipped.length} skipped`;
  lines.push(
    groups.length === 0
      ? `no duplicates among ${counted(pictures, 'image')}${left}`
      : `${counted(groups.length, 'group')} among ${counted(pictures, 'image')}${left}; beside those to keep ${counted(spare.length, 'file')}, ${sizeInWords(bytes)}. Nothing was deleted.`,
    '',
  );
  return lines.join('\n');
}

function reasonInWords(pair: GroupPair, path: string): string {
  const partner = pair.a === path ? pair.b : pair.a;
  const same = pair.sameBytes || pair.verdict === 'identical';
  const words = pairInWords(pair, pair.sameBytes, changesFrom(partner, pair));
  return `${words}${same ? ' as' : '; with'} ${printable(partner)}`;
}

/**
 * The report as CSV: one row a picture of a group, with the pair that says why; then one row a variant, with its partner; then one row
 * a further name of a file, with the first one.
 */
export function toCsv({ groups, variants, hardLinks }: Report): string {
  const rows = groups.flatMap((group, place) =>
    group.pictures.map((picture) => {
      const reason = reasonFor(picture.path, group);
      const keep = picture.path === group.keep ? 'yes' : 'no';
      return {
        group: String(place + 1),
        kind: String(group.kind),
        keep: group.keep === null ? '' : keep,
        ...picture,
        partner: reason?.a === picture.path ? reason.b : (reason?.a ?? ''),
        ...similarityColumns(reason),
      };
    }),
  );
  const apart = variants.map((pair) => ({
    kind: 'variant',
    path: pair.b,
    partner: pair.a,
    ...similarityColumns(pair),
  }));
  const links = hardLinks.flatMap(([partner, ...others]) =>
    others.map((path) => ({ kind: 'hard-link', path, partner })),
  );
  const columns = [
    ...['group', 'kind', 'keep', 'path', 'width', 'height', 'bytes', 'sha256', 'partner'],
    ...Object.keys(similarityColumns(undefined)),
    'frees',
  ];
  return tableOf([...rows, ...apart, ...links], columns);
}
