/** The built page's settings, languages and views, and the full model that comes by itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { violations } from '../support/axe.js';
import { openPage, screenshot } from '../support/browser.js';
import { withoutFullModel } from '../support/page-model.js';
import { chooseView, modelReady } from '../support/pair-page.js';

const SMALL_ONLY = 'model=mobilenetv2-lite';

const byId = (page: Page, id: string) => page.getByTestId(id);
const hashOf = (page: Page) => page.evaluate<string>('location.hash');

async function answer(page: Page, sample = 'sample-similar'): Promise<string> {
  await byId(page, sample).click();
  await byId(page, 'details').waitFor();
  return (await byId(page, 'score').textContent()) ?? '';
}

async function openSettings(page: Page): Promise<void> {
  await byId(page, 'settings').locator('summary').press('Enter');
  await page.locator('[name="backend"]').waitFor();
}

for (const isolated of [true, false]) {
  const where = `${isolated ? '' : 'not '}isolated, under a sub-path`;
  const place = { basePath: '/repo/', isolated };

  test(`settings go into the address, and a link restores them, ${where}`, async () => {
    await using opened = await openPage({ ...place, path: `#${SMALL_ONLY}` });
    const { page } = opened;
    await answer(page);
    await openSettings(page);
    await page.locator('[name="orientations"]').press('Space');
    await page.locator('[value="difference"]').focus();
    await page.keyboard.press('Space');
    assert.equal(await hashOf(page), `#${SMALL_ONLY}&orientations=on&pictures=difference`);
    assert.deepEqual(await violations(page), []);

    const link = await page.evaluate<string>('location.href');
    await page.goto('about:blank');
    await page.goto(link);
    assert.equal(await page.locator('[name="orientations"]').isChecked(), true);
    assert.equal(await page.locator('[name="model"]').inputValue(), 'mobilenetv2-lite');
    assert.equal(await page.locator('.slot.filled').count(), 0, 'a link never holds images');
    await answer(page);
    await page.locator('.stage[data-view="difference"]').waitFor();
    assert.equal(await page.locator('[value="difference"]').isChecked(), true);
    assert.deepEqual(opened.problems, []);
  });

  test(`the full model comes by itself and refines the answer, ${where}`, {
    skip: withoutFullModel,
  }, async () => {
    await using opened = await openPage(place);
    const { page } = opened;
    const asked = () => opened.requests.some((url) => url.includes('/models/mobilenetv2.onnx'));
    await modelReady(page);
    assert.equal(asked(), false, 'not before there is an answer');
    await answer(page);
    await byId(page, 'refined')
      .filter({ hasText: /^Refined by the full model; the small one said \d+\.\d %\.$/ })
      .waitFor();
    await page.locator('.answer:not([aria-busy])').waitFor();
    const before = /([\d.]+) %/.exec((await byId(page, 'refined').textContent()) ?? '');
    assert.notEqual(await byId(page, 'score').textContent(), before?.[1]);
    assert.equal(asked(), true);
    assert.match((await byId(page, 'model').textContent()) ?? '', /MobileNetV2 1\.0/);
    assert.equal(await byId(page, 'full-model-progress').isVisible(), false);
    assert.deepEqual(await violations(page), []);
    await screenshot(page, `refined-${isolated ? '' : 'not-'}isolated`);
    assert.deepEqual(opened.problems, []);
  });
}

test('back from the full model to the small one, and the choice is remembered', {
  skip: withoutFullModel,
}, async () => {
  await using opened = await openPage();
  const { page } = opened;
  const score = await answer(page);
  await byId(page, 'refined').filter({ hasText: /./ }).waitFor();
  await openSettings(page);
  await page.locator('[name="model"]').selectOption('mobilenetv2-lite');
  await byId(page, 'model-text').filter({ hasText: 'lite' }).waitFor();
  await byId(page, 'score').filter({ hasText: score }).waitFor();
  assert.equal(await byId(page, 'refined').isVisible(), false);

  // The visit after, without a hash.
  await page.goto('about:blank');
  const asked = opened.requests.length;
  await page.goto(opened.url);
  assert.equal(await page.locator('[name="model"]').inputValue(), 'mobilenetv2-lite');
  await answer(page);
  const later = opened.requests.slice(asked);
  assert.ok(later.every((url) => !url.includes('/models/mobilenetv2')));
});

test('a no while the full model is on its way is taken, and remembered', async () => {
  await using opened = await openPage();
  const { page } = opened;
  let arrived = (): void => undefined;
  const asked = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  await page.route('**/models/index.json', (route) => route.fulfill({ json: ['mobilenetv2'] }));
  // It never arrives.
  await page.route('**/mobilenetv2.onnx*', () => arrived());
  const score = await answer(page);
  await asked;
  await byId(page, 'full-model-progress').waitFor();
  await byId(page, 'full-model-note').filter({ hasText: 'on its way' }).waitFor();
  assert.deepEqual(await violations(page), []);
  assert.equal(
    await byId(page, 'full-model-progress').evaluate((bar) => bar.matches('[value="0"]')),
    true,
  );
  await screenshot(page, 'full-model-loading');
  await byId(page, 'refuse-full-model').press('Enter');
  await byId(page, 'full-model').and(page.locator(':focus')).waitFor();
  assert.equal(await byId(page, 'full-model-progress').isVisible(), false);
  assert.equal(await byId(page, 'score').textContent(), score);
  assert.equal(await page.evaluate(`localStorage.getItem('likeness-model')`), 'mobilenetv2-lite');
});

test('where data is to be saved, the full model is offered and not loaded', async () => {
  await using opened = await openPage();
  const { page } = opened;
  await page.addInitScript(
    `Object.defineProperty(navigator, 'connection', { value: { saveData: true } })`,
  );
  await page.route('**/models/index.json', (route) => route.fulfill({ json: ['mobilenetv2'] }));
  await page.reload();
  await answer(page);
  await byId(page, 'full-model-note')
    .filter({ hasText: /Data is being saved/ })
    .waitFor();
  assert.equal(await byId(page, 'full-model').isVisible(), true);
  assert.ok(opened.requests.every((url) => !url.includes('/models/mobilenetv2')));
});

test('a site without the full model says how to get it, asks for nothing in vain, and alarms nobody', async () => {
  await using opened = await openPage();
  const { page } = opened;
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.route('**/models/index.json', (route) => route.fulfill({ json: [] }));
  const score = await answer(page);
  await byId(page, 'full-model-note')
    .filter({ hasText: /npm run models -- fetch mobilenetv2$/ })
    .waitFor();
  assert.ok(opened.requests.every((url) => !url.includes('/models/mobilenetv2')));
  assert.deepEqual(complaints, []);
  assert.equal(await byId(page, 'full-model').isVisible(), false, 'nobody can be asked');
  assert.equal(await byId(page, 'full-model-error').isVisible(), false);
  assert.equal(await byId(page, 'score').textContent(), score);
  assert.deepEqual(await violations(page), []);
  await screenshot(page, 'full-model-missing');
});

test('where there is no list of models, or it is wrong, the model itself is asked for', async () => {
  for (const status of [200, 404]) {
    await using opened = await openPage();
    const { page } = opened;
    await page.route('**/models/index.json', (route) =>
      route.fulfill({ status, json: ['mobilenetv2'] }),
    );
    await page.route('**/mobilenetv2.onnx*', (route) => route.fulfill({ status: 404 }));
    await answer(page);
    await byId(page, 'full-model-note')
      .filter({ hasText: /npm run models -- fetch mobilenetv2$/ })
      .waitFor();
    assert.ok(opened.requests.some((url) => url.includes('/models/mobilenetv2')));
  }
});

test('a copy has one score by both models, and the page says so', {
  skip: withoutFullModel,
}, async () => {
  await using opened = await openPage();
  const { page } = opened;
  const score = await answer(page, 'sample-same');
  await byId(page, 'refined').filter({ hasText: 'The full model says the same.' }).waitFor();
  assert.equal(await byId(page, 'score').textContent(), score);
});

test('with reduced motion a refined score stands still', { skip: withoutFullModel }, async () => {
  await using opened = await openPage();
  const { page } = opened;
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.evaluate(`
    window.busy = 0;
    new MutationObserver(() => window.busy++)
      .observe(document.querySelector('.answer'), { attributeFilter: ['aria-busy'] })`);
  await answer(page);
  await byId(page, 'refined').filter({ hasText: /./ }).waitFor();
  assert.equal(await page.evaluate('window.busy'), 0);
});

test('a backend that this browser lacks is given up in sight, and the answer stays', async () => {
  await using opened = await openPage({ path: `#${SMALL_ONLY}` });
  const { page } = opened;
  const score = await answer(page);
  await openSettings(page);
  await page.locator('[name="backend"]').selectOption('webnn');
  await byId(page, 'demoted')
    .filter({ hasText: /^webnn can’t be used here: ./ })
    .waitFor();
  await byId(page, 'score').filter({ hasText: score }).waitFor();
  assert.equal(await hashOf(page), `#${SMALL_ONLY}&backend=webnn`);
  await page.locator('[name="backend"]').selectOption('auto');
  await byId(page, 'demoted').waitFor({ state: 'hidden' });
  assert.equal(await hashOf(page), `#${SMALL_ONLY}`);
});

test('nonsense in the address is left aside', async () => {
  await using opened = await openPage({ path: '#backend=abacus&pictures=&lang=xx&orientations=2' });
  const { page } = opened;
  assert.equal(await page.locator('[name="backend"]').inputValue(), 'auto');
  assert.equal(await page.evaluate('document.documentElement.lang'), 'en');
  await answer(page);
  await byId(page, 'stage').waitFor();
  assert.equal(await page.locator('[value="side"]').isChecked(), true);
  assert.deepEqual(opened.problems, []);
});

test('the language changes in place, with the answer, and is remembered', async () => {
  await using opened = await openPage({ path: `#${SMALL_ONLY}` });
  const { page } = opened;
  await answer(page);
  await chooseView(page, 'map');
  await page.locator('.map').first().waitFor();
  await byId(page, 'language').selectOption('de');
  assert.equal(await page.evaluate('document.documentElement.lang'), 'de');
  assert.equal(await page.evaluate('document.documentElement.dir'), 'ltr');
  assert.equal(await page.title(), 'Likeness: Wie ähnlich sind sich zwei Bilder?');
  assert.equal(
    await byId(page, 'verdict').textContent(),
    'Zwei verschiedene Bilder, wohl von der gleichen Art von Motiv.',
  );
  assert.match((await byId(page, 'score').textContent()) ?? '', /^\d+,\d$/);
  await byId(page, 'cell')
    .filter({ hasText: /^Erstes Bild, .*: das meiste hier macht sie ähnlich; am besten passt es/ })
    .waitFor();
  await byId(page, 'details').locator('summary').click();
  await page.locator('dt', { hasText: 'Selbsttest' }).waitFor();
  assert.equal(
    await page.locator('[data-slot="a"] input').getAttribute('aria-label'),
    'Erstes Bild',
  );
  assert.match(await hashOf(page), /lang=de/);
  assert.deepEqual(await violations(page), []);
  await screenshot(page, 'german');

  await byId(page, 'file-b').setInputFiles({
    name: 'text.png',
    mimeType: 'image/png',
    buffer: Buffer.from('no image'),
  });
  await byId(page, 'error')
    .filter({ hasText: /^Zweites Bild: .*kein Bild.*\(unsupported-format\)/ })
    .waitFor();
  // The package speaks English; that is shown on demand.
  const english = byId(page, 'error').locator('[lang="en"]');
  assert.equal(await english.isVisible(), false);
  await screenshot(page, 'error-german');
  await byId(page, 'error').locator('summary').press('Enter');
  assert.match((await english.innerText()) ?? '', /^Second image: /);
  assert.deepEqual(await violations(page), []);
  await screenshot(page, 'error-german-technical');
  await page.goto('about:blank');
  await page.goto(opened.url);
  assert.equal(await page.evaluate('document.documentElement.lang'), 'de');
  await byId(page, 'language').selectOption('en');
  await byId(page, 'swap').waitFor({ state: 'hidden' });
  assert.match(await page.title(), /how alike/);
});

test('index.html says in English what the English strings say', async () => {
  await using opened = await openPage();
  const { page } = opened;
  // The file itself, in which no script has run, against the page after a detour over German.
  const differences = await page.evaluate(`(async () => {
    const text = await (await fetch(location.href)).text();
    const raw = new DOMParser().parseFromString(text, 'text/html');
    const choose = (tag) => {
      const list = document.querySelector('[data-testid="language"]');
      list.value = tag;
      list.dispatchEvent(new Event('change', { bubbles: true }));
    };
    // The scripts have put the view in its place.
    const firstSight = document.importNode(raw.querySelector('.first-sight'), true);
    document.querySelector('main[data-mode="pair"]').prepend(firstSight);
    choose('de');
    choose('en');
    const plain = (node, name) =>
      (name === undefined ? node.textContent : node.getAttribute(name)).trim().replace(/\\s+/g, ' ');
    const marked = (root) =>
      [...root.querySelectorAll('[data-text], [data-aria-label]')].map((node) =>
        [node.dataset.text, plain(node, node.dataset.text === undefined ? 'aria-label' : undefined)].join());
    const said = marked(document);
    return { count: said.length, wrong: marked(raw).filter((text, at) => text !== said[at]) };
  })()`);
  const { count, wrong } = differences as { count: number; wrong: string[] };
  assert.ok(count > 20);
  assert.deepEqual(wrong, []);
});

test('a browser in German gets German, and storage that is forbidden takes nothing but the memory', async () => {
  await using opened = await openPage();
  const { page } = opened;
  await page.addInitScript(`
    Object.defineProperty(navigator, 'languages', { value: ['fr-FR', 'de-AT', 'en'] });
    Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('forbidden'); } })`);
  await page.reload();
  assert.equal(await page.evaluate('document.documentElement.lang'), 'de');
  await byId(page, 'language').selectOption('en');
  assert.equal(await page.evaluate('document.documentElement.lang'), 'en');
  await answer(page);
  assert.deepEqual(opened.problems, []);
});

test('two images or a folder: the address knows which, and the switch is worked by keyboard', async () => {
  await using opened = await openPage({ basePath: '/repo/', isolated: false });
  const { page } = opened;
  const folder = page.locator('likeness-folder');
  assert.equal(await folder.count(), 0, 'loaded when it is asked for, not before');
  await answer(page);
  await page.locator('[value="pair"]').focus();
  await page.keyboard.press('ArrowRight');
  await folder.waitFor();
  assert.equal(await hashOf(page), '#view=folder');
  assert.equal(await byId(page, 'file-a').isVisible(), false);
  for (const width of [320, 800, 1600]) {
    await page.setViewportSize({ width, height: 900 });
    await screenshot(page, `folder-${width}`);
    assert.deepEqual(await violations(page), []);
  }
  await byId(page, 'language').selectOption('de');
  await folder.getByText('Ordner wählen').waitFor();
  await page.reload();
  await folder.waitFor();
  await page.evaluate(`location.hash = 'lang=en'`);
  await byId(page, 'file-a').waitFor({ state: 'attached' });
  assert.equal(await folder.isVisible(), false);
  assert.deepEqual(opened.problems, []);
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [320, 800, 1600]) {
    test(`every state at ${width} px, ${colorScheme}: axe finds nothing, nothing sticks out`, async () => {
      await using opened = await openPage({
        path: `#${SMALL_ONLY}`,
        viewport: { width, height: 900 },
        colorScheme,
      });
      const { page } = opened;
      const look = async (state: string): Promise<void> => {
        await screenshot(page, `${state}-${width}-${colorScheme}`);
        assert.deepEqual(await violations(page), [], state);
        const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        assert.ok(Number(overflow) <= 0, `${state} scrolls sideways`);
      };
      await modelReady(page);
      await look('empty');
      await answer(page);
      await look('answer');
      await byId(page, 'language').selectOption('de');
      await openSettings(page);
      await byId(page, 'details').locator('summary').click();
      await page.locator('dt', { hasText: 'Selbsttest' }).waitFor();
      await look('settings-german');
      await byId(page, 'language').selectOption('en');
      await byId(page, 'file-b').setInputFiles({
        name: 'text.png',
        mimeType: 'image/png',
        buffer: Buffer.from('no image'),
      });
      await byId(page, 'error').filter({ hasText: /./ }).waitFor();
      await look('error');
    });
  }
}

test('forced colours: the chosen view is marked without a background of ours', async () => {
  await using opened = await openPage({ path: `#${SMALL_ONLY}` });
  const { page } = opened;
  await page.emulateMedia({ forcedColors: 'active' });
  await answer(page);
  const colours = (value: string) =>
    page
      .locator(`[value="${value}"]`)
      .evaluate(
        ({ parentElement }) => parentElement && getComputedStyle(parentElement).backgroundColor,
      );
  await byId(page, 'stage').waitFor();
  assert.notEqual(await colours('side'), await colours('slider'));
  await screenshot(page, 'forced-colours');
});
