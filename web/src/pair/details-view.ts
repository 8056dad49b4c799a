import type { Evidence, Likeness, ScoreRanges } from 'image-likeness';
import { placesOf } from 'image-likeness/display';
import { html, nothing, type TemplateResult } from 'lit';
import type { Size } from '../compare/geometry.ts';
import { formatNumber, formatShare, inLanguage, words } from '../language.ts';
import { german } from '../strings/details-de.ts';
import { type DetailsStrings, english } from '../strings/details-en.ts';
import { View } from '../view.ts';
import './details-view.css';
import { drawResultCard } from './result-card.ts';
import { describeAnswer } from './sentence.ts';
import type { Answer, ForEach } from './session.ts';

/** What the details are about. */
interface Shown {
  readonly answer: Answer;
  readonly files: ForEach<File>;
  /** Pixels of the first picture. */
  readonly size: Size | undefined;
}

const say = (): DetailsStrings => inLanguage({ en: english, de: german });

/** Name of the picture that is saved. */
const CARD_NAME = 'likeness.png';

/** Everything behind a score, and ways to take it along. */
export class DetailsView extends View {
  #shown: Shown | undefined;
  #said = '';

  /** Shows what an answer rests on and who gave it. */
  show(answer: Answer, files: ForEach<File>, size: Size | undefined): void {
    // A refined answer leaves as it is what was said of the one before.
    if (files.some((file, at) => file !== this.#shown?.files[at])) this.#said = '';
    this.#shown = { answer, files, size };
    this.requestUpdate();
  }

  protected override render(): TemplateResult | typeof nothing {
    const shown = this.#shown;
    if (shown === undefined) return nothing;
    const names = say();
    const button = (id: string, text: string, act: () => void): TemplateResult =>
      html`<button type="button" data-testid=${id} @click=${act}>${text}</button>`;
    return html`<dl>${describeRows(shown.answer).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
      <p class="row">
        ${button('copy-text', names.copyText, () => this.#copy(asText(shown)))}
        ${button('copy-json', names.copyJson, () => this.#copy(asJson(shown)))}
        ${button('copy-card', names.copyCard, () => this.#use(copyCard))}
        ${button('save-card', names.saveCard, () => this.#use(saveCard))}
      </p>
      <p data-testid="copied" role="status">${this.#said}</p>`;
  }

  #say(said: string): void {
    this.#said = said;
    this.requestUpdate();
  }

  async #copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.#say(say().copied);
    } catch {
      this.#say(say().copyRefused);
    }
  }

  /** Draws the answer as a picture and does something with it. */
  async #use(act: (card: Promise<Blob>) => Promise<string>): Promise<void> {
    if (this.#shown === undefined) return;
    const { answer, files } = this.#shown;
    const { comparison, model } = answer;
    const sentence = sentenceOf(this.#shown);
    const card = drawResultCard({ files, comparison, model, sentence, date: new Date() });
    this.#say(await act(card).catch(() => say().cardFailed));
  }
}

/** Where a browser copies no pictures, the picture is saved. */
async function copyCard(card: Promise<Blob>): Promise<string> {
  try {
    // The promise itself: Safari wants the item made while the click counts.
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': card })]);
    return say().copied;
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
  return say().saved(CARD_NAME);
}

function sentenceOf({ answer, size }: Shown): string {
  return describeAnswer(answer.comparison, answer.model, size, words().sentence);
}

function asText(shown: Shown): string {
  return [
    `${formatNumber(shown.answer.comparison.score, 1)} %`,
    sentenceOf(shown),
    ...describeRows(shown.answer).map(([name, value]) => `${name}: ${value}`),
  ].join('\n');
}

function asJson({ answer: { comparison, model } }: Shown): string {
  return JSON.stringify({ ...comparison, modelSha256: model.sha256 }, undefined, 2);
}

type Row = readonly [name: string, value: string];

function describeRows({ comparison, model, info }: Answer): Row[] {
  const { time } = words();
  const names = say();
  const { cosine, evidence, probability, verdict, model: answeredBy, timings } = comparison;
  const { decode, preprocess, inference, total } = timings;
  const proven = verdict !== 'similar' && verdict !== 'different';
  return [
    [names.cosine, formatNumber(cosine, 4)],
    ...(proven ? [] : [[names.probability, describeProbability(probability)] as const]),
    ...(model.scoreRanges === undefined
      ? []
      : [[names.ranges, describeRanges(model.scoreRanges)] as const]),
    ...evidenceRows(evidence),
    [names.model, answeredBy],
    [names.modelHash, model.sha256],
    [names.backend, info.backend],
    [names.threads, names.threadsIn(info.threads, info.workers)],
    [names.selfTest, describeSelfTest(info)],
    [names.decoding, time(decode)],
    [names.preparing, time(preprocess)],
    [names.modelRun, time(inference)],
    [names.total, time(total)],
  ];
}

/** In whole percent, but never certain. */
function describeProbability(probability: number): string {
  const names = say();
  if (probability < 0.01) return names.under(formatShare(0.01));
  if (probability > 0.99) return names.over(formatShare(0.99));
  return formatShare(probability);
}

function describeRanges({ different, similar, edited }: ScoreRanges): string {
  const [strangers = '', alike = '', copies = ''] = [different, similar, edited].map(
    ([from, to]) => `${Math.round(from)}–${Math.round(to)}`,
  );
  return say().rangesOf(strangers, alike, copies);
}

/** Nothing where all pixels are the same, which the page says elsewhere. */
function evidenceRows({ samePixels, registration, changes }: Evidence): Row[] {
  const names = say();
  if (samePixels) return [];
  if (registration === undefined) return [[names.overlap, names.noOverlap]];
  const { covered, agreement } = registration;
  const places = placesOf(changes).map(({ a: { x, y, width, height } }) => {
    const [w = '', h = '', left = '', top = ''] = [width, height, x, y].map((value) =>
      formatNumber(value, 0),
    );
    return names.place(w, h, left, top);
  });
  return [
    [names.overlap, names.overlapShares(formatShare(covered.a), formatShare(covered.b))],
    [names.agreement, formatShare(Math.min(agreement.a, agreement.b))],
    ...(changes.length === 0
      ? []
      : [[names.changes, names.changeNames(changes).join(', ')] as const]),
    ...(places.length === 0 ? [] : [[names.places, places.join(', ')] as const]),
  ];
}

/** WebAssembly is its own reference: a cosine would say nothing there. */
function describeSelfTest({ backend, selfTest }: Likeness['info']): string {
  const { selfTestPassed, selfTestCosine } = say();
  return backend === 'wasm' || backend === 'core'
    ? selfTestPassed
    : selfTestCosine(formatNumber(selfTest.cosine, 6));
}
