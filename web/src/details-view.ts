import type { Comparison, Evidence, Likeness } from 'image-likeness';
import { placesOf } from 'image-likeness/display';
import { element } from './dom.ts';
import { drawResultCard } from './result-card.ts';
import { formatNumber, formatShare, onLanguage, words } from './language.ts';

/** Who computed a comparison. */
type Computed = Pick<Likeness, 'info' | 'model'>;

/** What the details are about. */
interface Shown {
  readonly comparison: Comparison;
  readonly computed: Computed;
  readonly files: readonly [a: File, b: File];
}

/** Name of the picture that is saved. */
const CARD_NAME = 'likeness.png';

/** Everything behind a score, on demand, and ways to take it along. */
export class DetailsView {
  private readonly details = element('.details', HTMLDetailsElement);
  private readonly list = element('dl', HTMLElement, this.details);
  private readonly said = element('[data-testid="copied"]', HTMLElement);
  private shown: Shown | undefined;
  private text = '';
  private json = '';

  constructor() {
    const copy = (id: string, read: () => string): void => {
      element(`[data-testid="${id}"]`, HTMLButtonElement).addEventListener('click', () =>
        this.copy(read()),
      );
    };
    copy('copy-text', () => this.text);
    copy('copy-json', () => this.json);
    const card = (id: string, use: (card: Promise<Blob>) => Promise<string>): void => {
      element(`[data-testid="${id}"]`, HTMLButtonElement).addEventListener('click', async () => {
        if (this.shown === undefined) return;
        const { comparison, computed, files } = this.shown;
        const drawn = drawResultCard({
          files,
          comparison,
          model: computed.model,
          date: new Date(),
        });
        this.said.textContent = await use(drawn).catch(() => words().details.cardFailed);
      });
    };
    card('copy-card', copyCard);
    card('save-card', saveCard);
    onLanguage(() => this.render());
  }

  /** Shows what a comparison rests on and who computed it. */
  show(
    comparison: Comparison,
    { info, model }: Computed,
    files: readonly [a: File, b: File],
  ): void {
    this.shown = { comparison, computed: { info, model }, files };
    this.render();
    this.details.hidden = false;
  }

  private render(): void {
    this.said.textContent = '';
    if (this.shown === undefined) return;
    const { comparison, computed } = this.shown;
    const rows = describeRows(comparison, computed);
    this.list.replaceChildren(
      ...rows.flatMap(([name, value]) => [withText('dt', name), withText('dd', value)]),
    );
    this.text = [
      `${formatNumber(comparison.score, 1)} %`,
      words().verdict(comparison),
      ...rows.map(([name, value]) => `${name}: ${value}`),
    ].join('\n');
    // The map is a picture of many numbers, of no use among the others.
    const { matchMap: _, ...numbers } = comparison;
    const { sha256 } = computed.model;
    this.json = JSON.stringify({ ...numbers, modelSha256: sha256 }, undefined, 2);
  }

  /** There is nothing to show. */
  hide(): void {
    this.shown = undefined;
    this.details.hidden = true;
  }

  private async copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.said.textContent = words().details.copied;
    } catch {
      this.said.textContent = words().details.copyRefused;
    }
  }
}

/** Where a browser copies no pictures, the picture is saved. */
async function copyCard(card: Promise<Blob>): Promise<string> {
  try {
    // The promise itself: Safari wants the item made while the click counts.
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': card })]);
    return words().details.copied;
  } catch {
    return saveCard(card);
  }
}

async function saveCard(card: Promise<Blob>): Promise<string> {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await card);
  link.download = CARD_NAME;
  link.click();
  // The browser has to have begun reading it.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return words().details.saved(CARD_NAME);
}

type Row = readonly [name: string, value: string];

function describeRows(
  { cosine, evidence, model: answeredBy, timings }: Comparison,
  { info, model }: Computed,
): Row[] {
  const { time, details: say } = words();
  const { decode, preprocess, inference, total } = timings;
  return [
    [say.cosine, formatNumber(cosine, 4)],
    ...(evidence === undefined ? [] : evidenceRows(evidence)),
    [say.model, answeredBy],
    [say.modelHash, model.sha256],
    [say.backend, info.backend],
    [say.threads, say.threadsIn(info.threads, info.workers)],
    [say.selfTest, describeSelfTest(info)],
    [say.decoding, time(decode)],
    [say.preparing, time(preprocess)],
    [say.modelRun, time(inference)],
    [say.total, time(total)],
  ];
}

/** Nothing where all pixels are the same, which the page says elsewhere. */
function evidenceRows({ samePixels, registration, changes }: Evidence): Row[] {
  const { details: say } = words();
  if (samePixels) return [];
  if (registration === undefined) return [[say.overlap, say.noOverlap]];
  const { covered, agreement } = registration;
  const places = placesOf(changes).map(({ a: { x, y, width, height } }) => {
    const [w = '', h = '', left = '', top = ''] = [width, height, x, y].map((value) =>
      formatNumber(value, 0),
    );
    return say.place(w, h, left, top);
  });
  return [
    [say.overlap, say.overlapShares(formatShare(covered.a), formatShare(covered.b))],
    [say.agreement, formatShare(Math.min(agreement.a, agreement.b))],
    ...(changes.length === 0 ? [] : [[say.changes, say.changeNames(changes).join(', ')] as const]),
    ...(places.length === 0 ? [] : [[say.places, places.join(', ')] as const]),
  ];
}

/** WebAssembly is its own reference: a cosine would say nothing there. */
function describeSelfTest({ backend, selfTest }: Likeness['info']): string {
  const { selfTestPassed, selfTestCosine } = words().details;
  return backend === 'wasm' || backend === 'core'
    ? selfTestPassed
    : selfTestCosine(formatNumber(selfTest.cosine, 6));
}

function withText(tag: 'dt' | 'dd', text: string): HTMLElement {
  const node = document.createElement(tag);
  node.textContent = text;
  return node;
}
