import type { Comparison, Likeness } from 'image-likeness';
import { receiveImages } from './arrivals.ts';
import { DetailsView } from './details-view.ts';
import { element } from './dom.ts';
import { FullModelView } from './full-model-view.ts';
import { MatchMapView } from './match-map-view.ts';
import { Models } from './models.ts';
import { goOffline } from './offline/index.ts';
import { PrivacyView } from './privacy-view.ts';
import { ResultView } from './result-view.ts';
import { Slot } from './slot.ts';
import { StageView } from './stage-view.ts';

const FALSIFIED =
  'This browser falsifies what pages read from a canvas, so images are decoded by our own code here: JPEG, PNG, BMP and GIF only.';

const view = new ResultView();
const stage = new StageView();
const details = new DetailsView();
const actions = element('.actions', HTMLElement);
new PrivacyView();
const slots = [new Slot('a', compare), new Slot('b', compare)] as const;
const matchMap = new MatchMapView(slots);
const models = new Models((progress) => view.showProgress(progress));
const fullModel = new FullModelView(async (id) => {
  const previous = await models.change(id);
  await load();
  if (slots.every(({ file }) => file !== undefined)) await compare();
  await previous?.dispose();
});
let underWay = new AbortController();

/** The model that answers, shown as such. */
async function load(): Promise<Likeness> {
  const likeness = await models.current();
  if (likeness.info.canvasReadback === 'falsified') view.showNotice(FALSIFIED);
  fullModel.show(likeness.model);
  return likeness;
}

/** Compares what is in the two places; whatever an earlier call still finds out is dropped. */
async function compare(): Promise<void> {
  underWay.abort();
  underWay = new AbortController();
  const { signal } = underWay;
  const [a, b] = slots.map(({ file }) => file);
  matchMap.update(undefined);
  stage.update([a, b]);
  details.hide();
  actions.hidden = a === undefined && b === undefined;
  if (a === undefined || b === undefined) {
    view.showWork(a === b ? 'Ready.' : 'Now the other image.');
    return;
  }
  view.showWork('Comparing…');
  try {
    const likeness = await load();
    const comparison: Comparison = await likeness.compare(a, b, { signal, explain: true });
    if (signal.aborted) return;
    view.showComparison(comparison);
    matchMap.update(comparison.matchMap);
    details.show(comparison, likeness);
  } catch (error) {
    if (!signal.aborted) view.showError(error);
  }
}

/** One image goes where it was dropped, or into the first empty place; two go into both. */
function receive(files: readonly File[], target: Node | undefined): void {
  const [first, second] = files;
  if (first === undefined) return;
  const aimed = target && slots.find((slot) => slot.contains(target));
  const empty = slots.find(({ file }) => file === undefined);
  (second === undefined ? (aimed ?? empty ?? slots[0]) : slots[0]).show(first);
  if (second !== undefined) slots[1].show(second);
}

function swap(): void {
  const [a, b] = slots.map(({ file }) => file);
  slots[0].put(b);
  slots[1].put(a);
  compare();
}

function clear(): void {
  for (const slot of slots) slot.put(undefined);
  compare();
  // The button that had the focus is gone.
  slots[0].focus();
}

async function showSample(a: string, b: string): Promise<void> {
  view.showWork('Fetching the pair…');
  try {
    const files = await Promise.all([fetchSample(a), fetchSample(b)]);
    receive(files, undefined);
  } catch (error) {
    view.showError(error);
  }
}

async function fetchSample(name: string): Promise<File> {
  const response = await fetch(new URL(`samples/${name}`, document.baseURI));
  if (!response.ok) throw new Error(`the sample ${name} is missing (status ${response.status})`);
  return new File([await response.blob()], name, { type: 'image/jpeg' });
}

receiveImages(receive);
element('[data-testid="swap"]', HTMLButtonElement).addEventListener('click', swap);
element('[data-testid="clear"]', HTMLButtonElement).addEventListener('click', clear);
for (const button of document.querySelectorAll<HTMLButtonElement>('.samples button')) {
  const { a, b } = button.dataset;
  if (a !== undefined && b !== undefined) button.addEventListener('click', () => showSample(a, b));
}

// The model starts to load once the page is on screen, so that the first answer comes soon.
requestAnimationFrame(() =>
  setTimeout(async () => {
    view.showStatus('Loading the model…');
    const loading = load();
    void goOffline(loading);
    try {
      await loading;
      if (slots.every(({ file }) => file === undefined)) view.showStatus('Ready.');
    } catch (error) {
      view.showError(error);
    }
  }),
);
