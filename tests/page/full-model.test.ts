/** When the page gets the full model, and when it offers it: only where it is there or can be had. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LikenessError, type ModelInfo } from 'image-likeness';
import { FullModel, type FullModelWorld } from '../../web/src/pair/full-model.ts';

const SMALL = { id: 'mobilenetv2-lite', fullModel: 'mobilenetv2' } as ModelInfo;
const FULL = { id: 'mobilenetv2' } as ModelInfo;

function open(world: Partial<FullModelWorld> = {}) {
  const asked: string[] = [];
  let choice: ReturnType<FullModelWorld['choice']> = 'auto';
  const full = new FullModel({
    change: async (id) => {
      asked.push(id);
      full.showModel(FULL);
    },
    choice: () => choice,
    choose: (model) => {
      choice = model;
      full.consider();
    },
    savesData: () => false,
    mayHave: async () => true,
    ...world,
  });
  return { full, asked };
}

/** Lets everything happen that waits for nothing else. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('it comes after the first answer, and not before', async () => {
  const { full, asked } = open();
  full.showModel(SMALL);
  await settle();
  assert.deepEqual(asked, []);
  assert.equal(full.offered, false, 'nothing is offered before there is an answer');
  full.afterAnswer();
  await settle();
  assert.deepEqual(asked, ['mobilenetv2']);
  assert.equal(full.model, FULL);
  assert.equal(full.offered, false);
});

test('where data is to be saved it is offered, and loaded when asked for', async () => {
  const { full, asked } = open({ savesData: () => true });
  full.showModel(SMALL);
  full.afterAnswer();
  await settle();
  assert.deepEqual(asked, []);
  assert.equal(full.offered, true);
  assert.equal(full.savesData, true);
  full.ask();
  await settle();
  assert.deepEqual(asked, ['mobilenetv2']);
});

test('where it is not there, nobody is offered it', async () => {
  for (const savesData of [true, false]) {
    const { full, asked } = open({ mayHave: async () => false, savesData: () => savesData });
    full.showModel(SMALL);
    full.afterAnswer();
    await settle();
    assert.deepEqual(asked, []);
    assert.equal(full.offered, false);
    assert.equal(full.state.kind, savesData ? 'idle' : 'missing');
  }
});

test('a no while it is on its way is taken, and it can be asked for later', async () => {
  const signals: AbortSignal[] = [];
  const { full } = open({
    change: async (_, { signal }) => {
      signals.push(signal);
      await new Promise(() => undefined);
    },
  });
  full.showModel(SMALL);
  full.afterAnswer();
  await settle();
  assert.equal(full.state.kind, 'loading');
  assert.equal(full.offered, false);
  full.refuse();
  await settle();
  assert.equal(signals[0]?.aborted, true);
  assert.equal(full.state.kind, 'idle');
  assert.equal(full.offered, true);
});

test('one that fails is an alarm only to those who asked for it', async () => {
  const { full } = open({
    change: async () => {
      throw new LikenessError('model-load-failed', 'gone');
    },
  });
  full.showModel(SMALL);
  full.afterAnswer();
  await settle();
  assert.equal(full.state.kind, 'missing');
  full.ask();
  await settle();
  assert.equal(full.state.kind, 'failed');
  assert.equal(full.offered, true, 'it can be tried again');
});
