/** What a person decides about a folder, without a document. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Change, ChangeKind } from 'image-likeness';
import type { Item, Pair } from '../../web/src/folder/collection.ts';
import { Evidence } from '../../web/src/folder/evidence.ts';
import { Review, type ReviewGroup } from '../../web/src/folder/review.ts';
import { folderEmbedding } from '../support/folder.js';

const GROUPS: readonly ReviewGroup[] = [
  { key: 'small', kind: 'identical', members: [0, 1], suggested: 1 },
  { key: 'large', kind: 'near-duplicate', members: [2, 3, 4], suggested: 2 },
  { key: 'variants', kind: 'variants', members: [4, 5] },
];
const BYTES = [100, 100, 5000, 3000, 4000, 9000];

function open(groups = GROUPS): Review {
  const review = new Review();
  review.update(groups, (picture) => BYTES[picture] ?? 0);
  return review;
}

const decisions = (review: Review) => BYTES.map((_, picture) => review.decisionOf(picture));

test('groups that win most come first, with the suggested picture before the others', () => {
  const review = open();
  assert.deepEqual(
    review.groups.map(({ key, wins, members }) => ({ key, wins, members })),
    [
      { key: 'large', wins: 7000, members: [2, 4, 3] },
      { key: 'small', wins: 100, members: [1, 0] },
      { key: 'variants', wins: 0, members: [4, 5] },
    ],
  );
  assert.deepEqual(review.totals, {
    groups: 3,
    decided: 0,
    pictures: 6,
    couldGo: 3,
    couldWin: 7100,
    spare: 0,
    bytes: 0,
  });
});

test('the best of every group is kept in one step, and variants stay as they are', () => {
  const review = open();
  review.keepBest();
  assert.deepEqual(decisions(review), ['spare', 'keep', 'keep', 'spare', 'spare', undefined]);
  assert.deepEqual(review.plan(), {
    moves: [
      { spare: 0, keeper: 1 },
      { spare: 3, keeper: 2 },
      { spare: 4, keeper: 2 },
    ],
    held: [],
  });
  assert.equal(review.totals.bytes, 7100);
  assert.equal(review.totals.decided, 2);
  review.undo();
  assert.deepEqual(decisions(review), Array(6).fill(undefined));
  assert.equal(review.canUndo, false);
  review.redo();
  assert.equal(review.totals.spare, 3);
});

test('of every group one picture stays, whatever is decided', () => {
  const review = open();
  assert.equal(review.decide(0, 'spare'), true);
  assert.equal(review.decide(1, 'spare'), false, 'the other one has gone');
  assert.equal(review.decisionOf(1), undefined);
  assert.equal(review.decide(4, 'spare'), true);
  assert.equal(review.decide(5, 'spare'), false, 'its variant has gone');
  assert.deepEqual(review.plan().moves, [
    { spare: 0, keeper: 1 },
    { spare: 4, keeper: 2 },
  ]);
  // Groups that came to be later: none of this one stays.
  review.update([{ key: 'new', kind: 'alike', members: [0, 4] }], () => 1);
  assert.deepEqual(review.plan(), { moves: [], held: [0, 4] });
});

test('a picture that was chosen stands in for the others, also when the best of the rest are kept', () => {
  const review = open();
  const [large] = review.groups;
  assert.ok(large);
  review.keepOnly(large, 3);
  review.keepBest();
  assert.equal(review.decisionOf(1), 'keep');
  review.undo();
  assert.equal(review.keeperOf(large), 3);
  assert.deepEqual(review.plan().moves, [
    { spare: 2, keeper: 3 },
    { spare: 4, keeper: 3 },
  ]);
  review.decide(3, undefined);
  assert.equal(review.keeperOf(large), 3, 'the only one that stays');
});

test('next, previous and undo go to a group; what is left out is passed over', () => {
  const review = open();
  assert.equal(review.current?.key, 'large');
  review.go(-1);
  assert.equal(review.current?.key, 'large');
  review.keepBest([review.groups[0] as ReviewGroup]);
  review.goToUndecided();
  assert.equal(review.current?.key, 'small');
  review.go(1);
  review.go(1);
  assert.equal(review.current?.key, 'variants');
  review.show('variants', false);
  assert.equal(review.current?.key, 'small');
  review.undo();
  assert.equal(review.current?.key, 'large');
  assert.deepEqual(
    (['identical', 'near-duplicate', 'variants', 'alike'] as const).map((kind) =>
      review.count(kind),
    ),
    [1, 1, 1, 0],
  );
});

test('a group that goes while it is looked at makes room for its neighbour; decisions stay', () => {
  const review = open();
  review.decide(3, 'spare');
  let told = 0;
  review.subscribe(() => {
    told += 1;
  });
  review.update(GROUPS.slice(0, 1), (picture) => BYTES[picture] ?? 0);
  assert.equal(review.current?.key, 'small');
  assert.equal(review.decisionOf(3), 'spare');
  assert.deepEqual(review.plan().moves, [], 'what is in no group is not moved');
  assert.equal(told, 1);
});

test('when all groups are there, the review begins at the first one, unless it has begun', () => {
  const late: ReviewGroup = { key: 'largest', kind: 'identical', members: [6, 7], suggested: 6 };
  const bytesOf = (picture: number): number => (picture > 5 ? 1e6 : (BYTES[picture] ?? 0));
  const review = open();
  review.update([...GROUPS, late], bytesOf);
  assert.equal(review.current?.key, 'large', 'nothing slips under the pointer');
  review.settle();
  assert.equal(review.current?.key, 'largest');
  const beginnings: readonly ((review: Review) => void)[] = [
    (review) => review.goTo('large'),
    (review) => review.decide(3, 'spare'),
  ];
  for (const begin of beginnings) {
    const begun = open();
    begin(begun);
    begun.update([...GROUPS, late], bytesOf);
    begun.settle();
    assert.equal(begun.current?.key, 'large');
  }
});

const BOX = { x: 0, y: 0, width: 1, height: 1 };
const change = (kind: ChangeKind, amount = 0): Change => ({ kind, amount, a: BOX, b: BOX });

function itemsOf(count: number): Item[] {
  return Array.from({ length: count }, (_, at) => {
    const file = new File([new Uint8Array(100 + at)], `${at}.png`, { lastModified: 1000 - at });
    return { path: `${at}.png`, file, sha256: '', embedding: folderEmbedding(at, 1) };
  });
}

const pairOf = (a: number, b: number, ...changes: Change[]): Pair => ({
  a,
  b,
  similarity: {
    score: 97,
    verdict: 'near-duplicate',
    cosine: 1,
    centredCosine: 1,
    probability: 1,
    evidence: { samePixels: false, changes },
  },
});

test('changes are told from the kept picture to the other one, whichever came first', () => {
  const evidence = new Evidence(itemsOf(3), [
    pairOf(0, 1, change('resized', 0.5), change('mirrored'), change('cropped', 0.8)),
  ]);
  assert.deepEqual(
    evidence.between(0, 1).changes.map(({ kind }) => kind),
    ['resized', 'mirrored', 'cropped'],
  );
  assert.deepEqual(
    evidence.between(1, 0).changes.map(({ kind, amount }) => [kind, amount]),
    [
      ['resized', 2],
      ['mirrored', 0],
      ['uncropped', 0.8],
    ],
  );
  assert.deepEqual(evidence.between(1, 2), { identical: false, changes: [] });
});

test('the way back from a turned picture turns it back, but where it is mirrored, too', () => {
  const items = itemsOf(2);
  const back = (...changes: Change[]) =>
    new Evidence(items, [pairOf(0, 1, ...changes)])
      .between(1, 0)
      .changes.map(({ kind, amount }) => [kind, amount]);
  assert.deepEqual(back(change('turned', 90)), [['turned', -90]]);
  assert.deepEqual(back(change('mirrored'), change('turned', 90)), [
    ['mirrored', 0],
    ['turned', 90],
  ]);
});

test('the reason says what the best one has over the others', () => {
  const items = itemsOf(5);
  const [first] = items;
  assert.ok(first);
  // The last one has the pixels of the first.
  items[4] = { ...first, file: new File([new Uint8Array(50)], 'twin.png', { lastModified: 1 }) };
  const evidence = new Evidence(items, [
    pairOf(0, 1, change('greyscale'), change('resized', 0.5)),
    pairOf(0, 2, change('cropped', 0.7)),
    pairOf(0, 3, change('re-encoded')),
  ]);
  assert.deepEqual(evidence.reasons(0, [0, 1, 2]), ['shows-most', 'in-colour']);
  assert.deepEqual(evidence.reasons(0, [0, 4]), ['largest-file']);
  assert.deepEqual(evidence.reasons(4, [4, 3]), ['first'], 'a smaller file of the same look');
  assert.equal(evidence.areIdentical([0, 4]), true);
  assert.equal(evidence.areIdentical([0, 1]), false);
  assert.equal(evidence.between(4, 0).identical, true);
  assert.deepEqual(
    evidence.between(4, 1).changes.map(({ kind }) => kind),
    ['greyscale', 'resized'],
  );
});
