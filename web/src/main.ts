import { type ErrorCode, type Likeness, LikenessError } from 'image-likeness';
import { receiveImages } from './arrivals.ts';
import { fetchBeside, IN_ONE_FILE } from './beside.ts';
import { CameraView } from './camera-view.ts';
import { DetailsView } from './details-view.ts';
import { element } from './dom.ts';
import { FirstAnswerView } from './first-answer.ts';
import { FullModelView } from './full-model-view.ts';
import { MatchMapView } from './match-map-view.ts';
import { type ChangeOptions, Models, threadCount } from './models.ts';
import { receiveHandedFiles, reloadWith } from './offline/handed-files.ts';
import { goOffline } from './offline/index.ts';
import { Isolation } from './offline/isolation.ts';
import { PrivacyView } from './privacy-view.ts';
import { ResultView } from './result-view.ts';
import { get, onSettings, set } from './settings.ts';
import { SettingsView } from './settings-view.ts';
import { Slot } from './slot.ts';
import { StageView } from './stage-view.ts';
import { Views } from './views.ts';

/** What is wrong with a picture itself. */
const UNREADABLE: ReadonlySet<ErrorCode> = new Set([
  'unsupported-format',
  'corrupt-image',
  'image-too-large',
]);

const view = new ResultView();
const stage = new StageView();
const details = new DetailsView();
const actions = element('.actions', HTMLElement);
new PrivacyView();
const slots = [new Slot('a', begin), new Slot('b', begin)] as const;
const firstAnswer = new FirstAnswerView();
new CameraView(
  () => (slots[0].file !== undefined && slots[1].file === undefined ? 1 : 0),
  (picture, place) => slots[place].show(picture),
);
const matchMap = new MatchMapView(slots);
const models = new Models((progress) => view.showProgress(progress));
const fullModel = new FullModelView(refine);
const reload = (): Promise<void> => reloadWith(slots.flatMap(({ file }) => file ?? []));
const isolation = new Isolation(reload);
const settings = new SettingsView(isolation);
const views = new Views(async () => (await import('./folder/page-folder.ts')).PageFolder);
let underWay = new AbortController();
let applied = readApplied();

/** The model that answers, shown as such. */
async function load(): Promise<Likeness> {
  const likeness = await models.current();
  view.setNotice('falsified', likeness.info.canvasReadback === 'falsified');
  settings.showDemoted(likeness.info.demoted);
  fullModel.showModel(likeness.model);
  return likeness;
}

/** Other images are here, or none: an earlier answer is not theirs. */
async function begin(): Promise<void> {
  const [a, b] = slots.map(({ file }) => file);
  matchMap.update(undefined);
  stage.update([a, b]);
  details.hide();
  firstAnswer.end();
  view.setNotice('onlyTwo', false);
  actions.hidden = a === undefined && b === undefined;
  if (a === undefined || b === undefined) {
    underWay.abort();
    view.showWork(a === b ? 'ready' : 'otherImage');
    return;
  }
  view.showWork('comparing');
  if (!models.arrived) firstAnswer.begin(a, b);
  await compare();
}

/**
 * Compares what is in the two places, if there is something; whatever an earlier call still finds out
 * is dropped, and what is shown stays until the new answer is there.
 */
async function compare(): Promise<void> {
  underWay.abort();
  const [a, b] = slots.map(({ file }) => file);
  if (a === undefined || b === undefined) return;
  underWay = new AbortController();
  const { signal } = underWay;
  try {
    const likeness = await load();
    const comparison = await likeness.compare(a, b, {
      signal,
      explain: true,
      orientations: get('orientations') === 'on',
    });
    if (signal.aborted) return;
    firstAnswer.end();
    view.showComparison(comparison, likeness.model);
    matchMap.update(comparison.matchMap);
    stage.register(comparison.evidence);
    details.show(comparison, likeness, [a, b]);
    fullModel.afterAnswer();
  } catch (error) {
    if (signal.aborted) return;
    firstAnswer.end();
    matchMap.update(undefined);
    details.hide();
    rejectUnreadable(error);
    view.showError(error);
  }
}

/** A picture that can't be read is not shown as if it could. */
function rejectUnreadable(error: unknown): void {
  if (!(error instanceof LikenessError) || !UNREADABLE.has(error.code)) return;
  if (error.image === undefined) return;
  slots[error.image].reject();
  stage.reject();
}

/** Another model answers from now on, also what is shown already. */
async function refine(id: string, options: ChangeOptions): Promise<void> {
  const previous = await models.change(id, options);
  await load();
  await compare();
  await previous?.dispose();
}

/** The settings that an answer depends on; the full model alone needs no new start. */
function readApplied(): {
  backend: string;
  threads: number;
  orientations: string;
  small: boolean;
} {
  return {
    backend: get('backend'),
    threads: threadCount(),
    orientations: get('orientations'),
    small: get('model') === 'mobilenetv2-lite',
  };
}

async function applySettings(): Promise<void> {
  const before = applied;
  applied = readApplied();
  const restart =
    applied.backend !== before.backend ||
    applied.threads !== before.threads ||
    (applied.small && applied.small !== before.small);
  if (restart) {
    underWay.abort();
    fullModel.cancel();
    await models.reset();
    try {
      await load();
    } catch (error) {
      view.showError(error);
      return;
    }
  }
  if (restart || applied.orientations !== before.orientations) await compare();
}

/** One image goes where it was dropped, or into the first empty place; two go into both. */
function receive(files: readonly File[], target: Node | undefined): void {
  const [first, second, ...more] = files;
  if (first === undefined || !views.showsPair) return;
  const aimed = target && slots.find((slot) => slot.contains(target));
  const empty = slots.find(({ file }) => file === undefined);
  (second === undefined ? (aimed ?? empty ?? slots[0]) : slots[0]).show(first);
  if (second !== undefined) slots[1].show(second);
  view.setNotice('onlyTwo', more.length > 0);
}

/** Images that the system hands over are looked at, whatever is shown. */
function receiveHanded(files: readonly File[]): void {
  if (files.length > 0 && !views.showsPair) set('view', 'pair');
  receive(files, undefined);
}

function swap(): void {
  const [a, b] = slots.map(({ file }) => file);
  slots[0].put(b);
  slots[1].put(a);
  begin();
}

function clear(): void {
  for (const slot of slots) slot.put(undefined);
  begin();
  // The button that had the focus is gone.
  slots[0].focus();
}

async function showSample(a: string, b: string): Promise<void> {
  view.showWork('fetchingPair');
  try {
    const files = await Promise.all([fetchSample(a), fetchSample(b)]);
    receive(files, undefined);
  } catch (error) {
    view.showError(error);
  }
}

async function fetchSample(name: string): Promise<File> {
  const response = await fetchBeside(`samples/${name}`);
  if (!response.ok) throw new Error(`the sample ${name} is missing (status ${response.status})`);
  return new File([await response.blob()], name, { type: 'image/jpeg' });
}

if (IN_ONE_FILE) {
  for (const part of document.querySelectorAll('.only-from-file, .one-file')) part.remove();
}
receiveImages(receive);
receiveHandedFiles(receiveHanded, (error) => view.showError(error));
onSettings(applySettings);
element('[data-testid="swap"]', HTMLButtonElement).addEventListener('click', swap);
element('[data-testid="clear"]', HTMLButtonElement).addEventListener('click', clear);
for (const button of document.querySelectorAll<HTMLButtonElement>('.samples button')) {
  const { a, b } = button.dataset;
  if (a !== undefined && b !== undefined) button.addEventListener('click', () => showSample(a, b));
}

// The model starts to load once the page is on screen, so that the first answer comes soon.
requestAnimationFrame(() =>
  setTimeout(async () => {
    view.showStatus('loading');
    const loading = load();
    void goOffline(loading, isolation, reload);
    try {
      await loading;
      if (slots.every(({ file }) => file === undefined)) view.showStatus('ready');
    } catch (error) {
      view.showError(error);
    }
  }),
);
