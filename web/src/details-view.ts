import type { Comparison, Likeness } from 'image-likeness';
import { describeTime, describeVerdict } from 'image-likeness/display';
import { element } from './dom.ts';

/** Everything behind a score, on demand, and ways to take it along. */
export class DetailsView {
  private readonly details = element('.details', HTMLDetailsElement);
  private readonly list = element('dl', HTMLElement, this.details);
  private readonly said = element('[data-testid="copied"]', HTMLElement);
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
  }

  /** Shows what a comparison rests on and who computed it. */
  show(comparison: Comparison, { info, model }: Likeness): void {
    const rows = describeRows(comparison, { info, model });
    this.list.replaceChildren(
      ...rows.flatMap(([name, value]) => [withText('dt', name), withText('dd', value)]),
    );
    this.text = [
      `${comparison.score.toFixed(1)} %`,
      describeVerdict(comparison),
      ...rows.map(([name, value]) => `${name}: ${value}`),
    ].join('\n');
    // The map is a picture of many numbers, of no use among the others.
    const { matchMap: _, ...numbers } = comparison;
    this.json = JSON.stringify({ ...numbers, modelSha256: model.sha256 }, undefined, 2);
    this.said.textContent = '';
    this.details.hidden = false;
  }

  /** There is nothing to show. */
  hide(): void {
    this.details.hidden = true;
  }

  private async copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.said.textContent = 'Copied.';
    } catch {
      this.said.textContent = 'This browser does not let the page copy.';
    }
  }
}

type Row = readonly [name: string, value: string];

function describeRows(
  { cosine, evidence, model: answeredBy, timings }: Comparison,
  { info, model }: Pick<Likeness, 'info' | 'model'>,
): Row[] {
  const { decode, preprocess, inference, total } = timings;
  const hashes: Row[] = evidence
    ? [
        ['DCT hash', `${evidence.hashDistance.dct} of 64 bits differ`],
        ['Gradient hash', `${evidence.hashDistance.gradient} of 64 bits differ`],
        ['Relation', evidence.relations.join(', ') || 'none found'],
      ]
    : [];
  return [
    ['Cosine', cosine.toFixed(4)],
    ...hashes,
    ['Model', answeredBy],
    ['SHA-256 of the model', model.sha256],
    ['Backend', info.backend],
    ['Threads', String(info.threads)],
    ['Self-test', describeSelfTest(info)],
    ['Decoding', describeTime(decode)],
    ['Preparing', describeTime(preprocess)],
    ['Model run', describeTime(inference)],
    ['In all', describeTime(total)],
  ];
}

/** WebAssembly is its own reference: a cosine would say nothing there. */
function describeSelfTest({ backend, selfTest }: Likeness['info']): string {
  if (backend === 'wasm') return 'passed: the numbers are finite and not all zero';
  return `cosine ${selfTest.cosine.toFixed(6)} with WebAssembly`;
}

function withText(tag: 'dt' | 'dd', text: string): HTMLElement {
  const node = document.createElement(tag);
  node.textContent = text;
  return node;
}
