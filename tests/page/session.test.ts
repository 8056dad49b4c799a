/** The session behind the page's two pictures, without a document: the package's real answers in Node. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createLikeness, type Likeness, LikenessError } from 'image-likeness';
import { PairSession, type SessionWorld } from '../../web/src/pair/session.ts';
import { cropPixels } from '../support/edit.js';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';

let likeness: Likeness;

before(async () => {
  likeness = await createLikeness();
});

after(() => likeness.dispose());

const pixels = testPixels(320, 240);
const png = (name: string, bytes: Uint8Array): File =>
  new File([new Uint8Array(bytes)], name, { type: 'image/png' });
const a = png('a.png', writePng(pixels));
const b = png('b.png', writePng(testPixels(300, 300, 9)));
const crop = png(
  'crop.png',
  writePng(cropPixels(pixels, { x: 20, y: 20, width: 280, height: 200 })),
);
const broken = png('broken.png', new TextEncoder().encode('no picture'));

/** A session, and all that it was in. */
function open(world: Partial<SessionWorld> = {}) {
  const session = new PairSession({
    arrived: () => true,
    current: async () => likeness,
    orientations: () => false,
    firstAnswer: async () => undefined,
    ...world,
  });
  const phases: string[] = [];
  session.subscribe(() => {
    const { phase } = session;
    const now = phase.kind === 'waiting' ? phase.for : phase.kind;
    if (phases.at(-1) !== now) phases.push(now);
  });
  return { session, phases };
}

const verdictOf = ({ answer }: PairSession) => answer?.comparison.verdict;

test('a page that opens loads its model; pictures one by one; an answer', async () => {
  const { session, phases } = open();
  await session.start();
  await session.receive([a]);
  assert.equal(session.pair, undefined);
  await session.receive([a]);
  assert.deepEqual(session.files, [a, a]);
  assert.equal(verdictOf(session), 'identical');
  assert.deepEqual(phases, ['loading', 'ready', 'otherImage', 'comparing', 'answered']);
  assert.equal(session.loaded?.model.id, 'mobilenetv2-lite');
});

test('what fails before the model has begun to load stays in sight when it has come', async () => {
  const { session } = open();
  session.fail(new Error('a file that was handed over is gone'));
  await session.start();
  assert.equal(session.phase.kind, 'failed');
  await session.receive([a, a]);
  assert.equal(verdictOf(session), 'identical');
});

test('two pictures at once go into both places, wherever they were dropped; of more, the first two', async () => {
  const { session } = open();
  await session.receive([a, crop, b], 1);
  assert.deepEqual(session.files, [a, crop]);
  assert.ok(session.notices.has('onlyTwo'));
  assert.equal(verdictOf(session), 'near-duplicate');
  await session.receive([b], 1);
  assert.deepEqual(session.files, [a, b]);
  assert.ok(!session.notices.has('onlyTwo'));
  await session.receive([], 0);
  assert.deepEqual(session.files, [a, b]);
});

test('a picture without an aim goes into the empty place, else into the first', async () => {
  const { session } = open();
  await session.receive([a], 0);
  await session.receive([b]);
  assert.deepEqual(session.files, [a, b]);
  await session.receive([crop]);
  assert.deepEqual(session.files, [crop, b]);
});

test('swapping asks again, with the same score; starting over leaves nothing', async () => {
  const { session, phases } = open();
  await session.receive([a, b]);
  const score = session.answer?.comparison.score;
  await session.swap();
  assert.deepEqual(session.files, [b, a]);
  assert.equal(session.answer?.comparison.score, score);
  session.clear();
  assert.deepEqual(session.files, [undefined, undefined]);
  assert.equal(phases.at(-1), 'ready');
});

test('what is found out about pictures that have gone is dropped', async () => {
  const { session, phases } = open();
  const first = session.receive([a, b]);
  const second = session.receive([a, a]);
  await Promise.all([first, second]);
  assert.equal(verdictOf(session), 'identical');
  assert.equal(phases.filter((phase) => phase === 'answered').length, 1);
  const third = session.receive([a, b]);
  session.clear();
  await third;
  assert.equal(session.answer, undefined);
});

test('a picture that can’t be read is named by its place, and the next one works', async () => {
  const { session } = open();
  await session.receive([a, broken]);
  assert.equal(session.phase.kind, 'failed');
  assert.equal(session.unreadable, 1);
  await session.swap();
  assert.equal(session.unreadable, 0);
  await session.receive([a], 0);
  assert.equal(session.unreadable, undefined);
  assert.equal(verdictOf(session), 'identical');
});

test('a model that does not come is nobody’s picture’s fault, and is asked for again', async () => {
  let there = false;
  const { session } = open({
    current: async () => {
      if (there) return likeness;
      throw new LikenessError('model-load-failed', 'no model');
    },
  });
  await assert.rejects(session.start(), /no model/);
  await session.receive([a, a]);
  assert.equal(session.phase.kind, 'failed');
  assert.equal(session.unreadable, undefined);
  assert.deepEqual(session.files, [a, a], 'nothing is lost');
  there = true;
  await session.compare();
  assert.equal(verdictOf(session), 'identical');
});

test('pixels answer first while the model loads, and are no longer asked when it has', async () => {
  let release = (_: Likeness): void => undefined;
  const model = new Promise<Likeness>((resolve) => {
    release = resolve;
  });
  const signals: AbortSignal[] = [];
  const { session } = open({
    arrived: () => false,
    current: () => model,
    firstAnswer: async (_, second, signal) => {
      signals.push(signal);
      return second === a ? 'identical' : undefined;
    },
  });
  const answered = session.receive([a, a]);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(session.phase, { kind: 'comparing', first: 'identical' });
  release(likeness);
  await answered;
  assert.equal(verdictOf(session), 'identical');
  assert.deepEqual(
    signals.map(({ aborted }) => aborted),
    [true],
  );
});

test('the full model refines the answer of its small copy, and no other', async () => {
  const full: Likeness = Object.create(likeness, {
    model: { value: { ...likeness.model, id: 'mobilenetv2', fullModel: undefined } },
  });
  let current = likeness;
  const { session, phases } = open({ current: async () => current });
  await session.receive([a, b]);
  const before = session.answer?.comparison.score;
  current = full;
  await session.compare();
  assert.equal(session.answer?.before, before);
  assert.equal(phases.at(-1), 'answered', 'the answer stays until the new one comes');
  assert.equal(phases.filter((phase) => phase === 'comparing').length, 1);
  await session.receive([a, crop]);
  assert.equal(session.answer?.before, undefined);
});

test('sizes belong to pictures, wherever these are', async () => {
  const { session } = open();
  await session.receive([a, b]);
  session.measure(a, { width: 320, height: 240 });
  assert.deepEqual(session.sizes, [{ width: 320, height: 240 }, undefined]);
  await session.swap();
  assert.deepEqual(session.sizes, [undefined, { width: 320, height: 240 }]);
});
