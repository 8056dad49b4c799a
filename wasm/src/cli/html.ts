/** The page of `dedupe --html`: one file that asks for nothing and runs nothing. */
import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { placesOf } from '../display/words.js';
import type { Change, Rectangle } from '../types.js';
import {
  changesFrom,
  type Group,
  type GroupPair,
  type Member,
  type Report,
  reasonFor,
  spareOf,
} from './groups.js';
import { pairInWords } from './report.js';
import { asUnicode, counted, percentEncoded, printable, sizeInWords } from './text.js';

/** The most lines of a list of names. */
const LONGEST_LIST = 1000;

/** What the page shows of a picture beside the report. */
export interface ShownPicture {
  /** Its number, to name it in the page. */
  readonly number: number;
  /** Where it is: an absolute path. */
  readonly real: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** As a URL that holds all of it; missing where it could not be made. */
  readonly thumbnail?: string | undefined;
}

/** What a page is made of. */
export interface PageContent {
  readonly report: Report;
  /** By path. */
  readonly pictures: ReadonlyMap<string, ShownPicture>;
  /** Why the kept picture of a group is kept, in words. */
  readonly whyKept: (group: Group) => string;
}

/** The whole page. */
export function htmlOf(content: PageContent): string {
  const page = new Page(content);
  const policy = [
    "default-src 'none'",
    'img-src data:',
    `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Duplicates among ${counted(content.report.pictures, 'image')}</title>
<style>${STYLE}</style>
</head>
<body>
${page.content()}</body>
</html>
`;
}

/** The parts of a page, in the order in which it is read: a thumbnail is written where it is first shown. */
class Page {
  readonly #written = new Set<number>();

  constructor(private readonly given: PageContent) {}

  content(): string {
    const { groups, variants, hardLinks, skipped } = this.given.report;
    return [
      `<header>\n<h1>Duplicate images</h1>\n${this.#summary()}</header>\n<main>\n`,
      ...groups.map((group, place) => this.#group(group, place + 1)),
      section(
        'variants',
        `Variants: ${counted(variants.length, 'pair')}`,
        'These show the same but for the outlined places. Neither can replace the other.',
        variants.length === 0
          ? []
          : ['<div class="pairs">\n', ...variants.map((pair) => this.#variant(pair)), '</div>\n'],
      ),
      section(
        'hard-links',
        `Hard links: ${counted(hardLinks.length, 'file')}`,
        'Several names of one file, which takes its bytes once. They are no copies.',
        listOf(hardLinks.map((names) => names.map(nameInFull).join('<br>'))),
      ),
      section(
        'skipped',
        `Skipped: ${skipped.length}`,
        'These were not compared.',
        listOf(skipped.map(({ path, reason }) => `${nameInFull(path)}: ${escaped(reason)}`)),
      ),
      '</main>\n',
    ].join('');
  }

  #summary(): string {
    const { report, pictures } = this.given;
    const { groups, variants } = report;
    const spare = spareOf(groups);
    const bytes = spare.reduce((sum, { frees }) => sum + frees, 0);
    const copies = groups.filter(({ keep }) => keep !== null).length;
    const found = [
      [copies, 'group of copies', 'groups of copies'],
      [groups.length - copies, 'group of similar images', 'groups of similar images'],
      [variants.length, 'pair of variants', 'pairs of variants'],
    ] as const;
    const words = found
      .filter(([count]) => count > 0)
      .map(([count, one, many]) => `${count} ${count === 1 ? one : many}`);
    const without = [...pictures.values()].filter(({ thumbnail }) => thumbnail === undefined);
    return [
      `<p class="total">${counted(spare.length, 'file')} could go, ${sizeInWords(bytes)}.</p>`,
      `<p>Among ${counted(report.pictures, 'image')}: ${words.join(', ') || 'no duplicates'}. Nothing was moved or deleted.</p>`,
      spare.length === 0
        ? ''
        : '<p><code>image-likeness dedupe DIR --script review.mjs</code> writes a script that moves them to the trash, and back.</p>',
      ...(without.length === 0
        ? []
        : [`<p>${counted(without.length, 'image')} of these have no preview here.</p>`]),
      '',
    ].join('\n');
  }

  #group(group: Group, number: number): string {
    const { kind, keep, pictures } = group;
    const kept = pictures.find(({ path }) => path === keep);
    const centre = kept ?? pictures[0];
    const others = pictures.filter((member) => member !== centre);
    const frees = others.reduce((sum, member) => sum + member.frees, 0);
    const gain = kept === undefined ? '' : `, ${sizeInWords(frees)} could go`;
    const figures = others.map((member) => {
      const reason = reasonFor(member.path, group);
      const words = reason && wordsOf(reason, changesFrom(centre?.path ?? '', reason));
      return this.#figure(member, escaped(words ?? ''));
    });
    if (centre !== undefined) {
      const why = kept && `<strong>Keep</strong>: ${escaped(this.given.whyKept(group))}`;
      figures.unshift(this.#figure(centre, why ?? '', kept !== undefined));
    }
    return `<section class="group" aria-labelledby="group-${number}">
<h2 id="group-${number}">Group ${number}: ${kind}, ${counted(pictures.length, 'image')}${gain}</h2>
<div class="figures">
${figures.join('')}</div>
</section>
`;
  }

  /** @param words HTML */
  #figure(member: Member, words: string, kept = false): string {
    const { path, width, height, bytes, hardLinks } = member;
    const links = hardLinks.length === 0 ? '' : `, ${hardLinks.length + 1} hard links`;
    return `<figure${kept ? ' class="kept"' : ''}>
${this.#picture(path)}<figcaption>
${this.#name(path)}<p class="facts">${width} × ${height}, ${sizeInWords(bytes)}${links}</p>
<p>${words}</p>
</figcaption>
</figure>
`;
  }

  #variant(pair: GroupPair): string {
    const places = placesOf(pair.evidence?.changes ?? []);
    const side = (path: string, outlined: readonly Rectangle[]): string =>
      `<figure>\n${this.#picture(path, outlined)}<figcaption>\n${this.#name(path)}</figcaption>\n</figure>\n`;
    const [a, b] = [places.map((place) => place.a), places.map((place) => place.b)];
    return `<div class="pair">
<p>${escaped(wordsOf(pair))}</p>
<div class="figures">
${side(pair.a, a)}${side(pair.b, b)}</div>
</div>
`;
  }

  #picture(path: string, places: readonly Rectangle[] = []): string {
    const { number, width, height, thumbnail } = this.#shown(path);
    if (thumbnail === undefined) return '<p class="none">No preview</p>\n';
    const size = `width="${width}" height="${height}"`;
    const image = this.#written.has(number)
      ? `<use href="#image-${number}"/>`
      : `<image id="image-${number}" ${size} href="${thumbnail}"/>`;
    this.#written.add(number);
    const outlines = places.flatMap((place) =>
      ['under', 'over'].map(
        (line) =>
          `<rect class="${line}" x="${place.x}" y="${place.y}" width="${place.width}" height="${place.height}"/>`,
      ),
    );
    const label = `Preview of ${asUnicode(basename(path))}${places.length === 0 ? '' : `, with ${counted(places.length, 'outlined place')}`}`;
    return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(label)}">${image}${outlines.join('')}</svg>\n`;
  }

  /** The last name of a path as a link to the file, and the folder below it. */
  #name(path: string): string {
    const { real } = this.#shown(path);
    const url = real.startsWith('/') ? `file://${percentEncoded(real)}` : pathToFileURL(real).href;
    const folder = escaped(printable(dirname(path))).replaceAll('/', '/<wbr>');
    return `<p class="name"><a href="${escaped(url)}"><bdi>${escaped(printable(basename(path)))}</bdi></a></p>
<p class="facts"><bdi>${folder}</bdi></p>
`;
  }

  #shown(path: string): ShownPicture {
    const shown = this.given.pictures.get(path);
    if (shown !== undefined) return shown;
    throw new RangeError(`There is no image ${path}.`);
  }
}

/** @param parts HTML; the section is missing where there are none */
function section(id: string, title: string, about: string, parts: readonly string[]): string {
  if (parts.length === 0) return '';
  return `<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
<p>${about}</p>
${parts.join('')}</section>
`;
}

/** @param items HTML */
function listOf(items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const more = items.length - LONGEST_LIST;
  const shown = items.slice(0, LONGEST_LIST).map((item) => `<li>${item}</li>\n`);
  return ['<ul>\n', ...shown, ...(more > 0 ? [`<li>and ${more} more</li>\n`] : []), '</ul>\n'];
}

function nameInFull(path: string): string {
  return `<bdi>${escaped(printable(path))}</bdi>`;
}

/** What is known of a pair, as a sentence. */
function wordsOf(pair: GroupPair, changes?: readonly Change[]): string {
  const words = pairInWords(pair, pair.sameBytes, changes);
  return `${words[0]?.toUpperCase() ?? ''}${words.slice(1)}.`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#fff, #17191c);
  --card: light-dark(#f4f5f7, #22262b);
  --text: light-dark(#1b1d20, #e8eaed);
  --quiet: light-dark(#54595f, #a9b0b8);
  --line: light-dark(#d5d8dc, #3a4048);
  --kept: light-dark(#0a6b36, #5fd08f);
  --link: light-dark(#0b57b0, #8fbcff);
}
body { margin: 0 auto; max-width: 80rem; padding: 1rem; font: 1rem/1.45 system-ui, sans-serif; background: var(--ground); color: var(--text); }
h1 { margin: 0; font-size: 1.5rem; }
h2 { margin: 0 0 .5rem; font-size: 1.1rem; }
p { margin: .1rem 0; overflow-wrap: anywhere; }
a { color: var(--link); }
.total { font-size: 1.25rem; font-weight: 600; }
section { margin-top: 1.5rem; padding-top: 1rem; border-top: 1px solid var(--line); }
.group { content-visibility: auto; contain-intrinsic-size: auto 24rem; }
.pairs { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 28rem), 1fr)); gap: 1rem 2rem; margin-top: .75rem; }
.pair { display: flex; flex-direction: column; justify-content: space-between; gap: .25rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 13rem), 1fr)); gap: .75rem; }
.pair .figures { grid-template-columns: 1fr 1fr; }
figure { margin: 0; padding: .5rem; border-radius: .5rem; background: var(--card); border: 2px solid transparent; }
.kept { border-color: var(--kept); }
.kept strong { color: var(--kept); }
svg { display: block; width: 100%; height: 11rem; }
.pair svg { height: auto; max-height: 24rem; }
rect { fill: none; vector-effect: non-scaling-stroke; stroke-width: 2px; stroke: #ff2d95; }
.under { stroke-width: 5px; stroke: #fff; }
.none { display: grid; place-content: center; height: 11rem; color: var(--quiet); }
.name { margin-top: .5rem; }
.facts { color: var(--quiet); font-size: .875em; }
ul { padding-left: 1.25rem; overflow-wrap: anywhere; }
@media print {
  :root { color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 9pt; }
  .group { content-visibility: visible; }
  .figures { grid-template-columns: repeat(4, 1fr); }
  figure, h2, .pair { break-inside: avoid; }
  h2 { break-after: avoid; }
  a { color: inherit; text-decoration: none; }
  svg, .none { height: 3cm; }
}
`;
