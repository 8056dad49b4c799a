import './page.css';
import { receiveImages } from './arrivals.ts';
import { fetchBeside, IN_ONE_FILE } from './beside.ts';
import { element } from './dom.ts';
import { firstAnswer } from './first-answer.ts';
import { mayHaveModel, Models, threadCount } from './models.ts';
import { receiveHandedFiles, reloadWith } from './offline/handed-files.ts';
import { goOffline } from './offline/index.ts';
import { Isolation } from './offline/isolation.ts';
import { FullModel } from './pair/full-model.ts';
import { definePairView, PairView } from './pair/pair-view.ts';
import { PairSession } from './pair/session.ts';
import { PrivacyView } from './privacy-view.ts';
import { get, onSettings, set } from './settings.ts';
import { SettingsView } from './settings-view.ts';
import { Views } from './views.ts';

const models = new Models((progress) => {
  if (progress === undefined) session.showProgress(undefined);
  else if (progress.phase === 'model') session.showProgress(progress.loaded / progress.total);
});
const session = new PairSession({
  arrived: () => models.arrived,
  current: () => models.current(),
  orientations: () => get('orientations') === 'on',
  firstAnswer,
});
const fullModel = new FullModel({
  change: async (id, options) => {
    const previous = await models.change(id, options);
    await session.load();
    await session.compare();
    await previous?.dispose();
  },
  choice: () => get('model'),
  choose: (model) => set('model', model),
  savesData,
  mayHave: async (id) => !IN_ONE_FILE && (await mayHaveModel(id)),
});
const reload = (): Promise<void> => reloadWith(session.files.flatMap((file) => file ?? []));
const isolation = new Isolation(reload);
const settings = new SettingsView(isolation);
const views = new Views(async () => (await import('./folder/page-folder.ts')).PageFolder);
definePairView();
const pairView = new PairView(session, fullModel);
element('.first-sight', HTMLElement).replaceWith(pairView);
new PrivacyView();
let applied = readApplied();
let loaded: PairSession['loaded'];

session.subscribe(() => {
  if (session.loaded !== undefined && session.loaded !== loaded) {
    loaded = session.loaded;
    settings.showDemoted(loaded.info.demoted);
    fullModel.showModel(loaded.model);
  }
  if (session.answer !== undefined) fullModel.afterAnswer();
});

/** Whether the visitor asked that no data be spent unasked. */
function savesData(): boolean {
  const { connection } = navigator as { connection?: { readonly saveData?: boolean } };
  return connection?.saveData === true || matchMedia('(prefers-reduced-data: reduce)').matches;
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
  fullModel.consider();
  const before = applied;
  applied = readApplied();
  const restart =
    applied.backend !== before.backend ||
    applied.threads !== before.threads ||
    (applied.small && applied.small !== before.small);
  if (restart) {
    session.abort();
    fullModel.cancel();
    await models.reset();
    try {
      await session.load();
    } catch (error) {
      session.fail(error);
      return;
    }
  }
  if (restart || applied.orientations !== before.orientations) await session.compare();
}

/** Images that arrive are for the pair where that is shown; one goes where it was dropped. */
function receive(files: readonly File[], target: Node | undefined): void {
  if (views.showsPair) void session.receive(files, pairView.placeOf(target));
}

/** Images that the system hands over are looked at, whatever is shown. */
function receiveHanded(files: readonly File[]): void {
  if (files.length > 0 && !views.showsPair) set('view', 'pair');
  receive(files, undefined);
}

async function showSample(a: string, b: string): Promise<void> {
  session.awaitPair();
  try {
    await session.receive(await Promise.all([fetchSample(a), fetchSample(b)]));
  } catch (error) {
    session.fail(error);
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
receiveHandedFiles(receiveHanded, (error) => session.fail(error));
onSettings(applySettings);
for (const button of document.querySelectorAll<HTMLButtonElement>('.samples button')) {
  const { a, b } = button.dataset;
  if (a !== undefined && b !== undefined) button.addEventListener('click', () => showSample(a, b));
}

// The model starts to load once the page is on screen, so that the first answer comes soon.
requestAnimationFrame(() =>
  setTimeout(async () => {
    const loading = session.start();
    void goOffline(loading, isolation, reload);
    try {
      await loading;
    } catch (error) {
      session.fail(error);
    }
  }),
);
