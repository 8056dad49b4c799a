/** The benchmark of copies: the same seed makes the same files, and what pairs.csv says is true. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { PYTHON } from '../../scripts/lib/prerequisites.mjs';
import { TemporaryDirectory } from '../support/temporary.js';

// The script itself, not its copy under build/: it looks for the repository around it.
const { makeCopies } = (await import(
  pathToFileURL('scripts/lib/copies.mjs').href
)) as typeof import('../../scripts/lib/copies.mjs');

/** A line of pairs.csv with what tests/support/copies_side.py found about its files. */
interface Fact extends Readonly<Record<string, string | number | boolean>> {
  readonly label: string;
  readonly kind: string;
  readonly edit: string;
  readonly half: string;
  readonly changes: string;
}

const SMALL = { scale: '0.01', kinds: 'icons,cards,codes,plain' };

function python(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(PYTHON, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  assert.equal(status, 0, stderr);
  return stdout;
}

const factsOf = (...args: string[]) => JSON.parse(python('tests/support/copies_side.py', ...args));

/** Every picture and list in a folder by its hash; paths inside are taken as relative to it. */
function contents(root: string): Map<string, string> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && /\.(png|jpg|gif|csv)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    files
      .sort()
      .map((file) => [
        relative(root, file),
        createHash('sha256').update(readFileSync(file)).digest('hex'),
      ]),
  );
}

test('the same seed makes the same files, and they are as pairs.csv says', async () => {
  using first = new TemporaryDirectory();
  using second = new TemporaryDirectory();
  for (const { path } of [first, second]) await makeCopies({ work: path, ...SMALL });
  const made = contents(first.path);
  assert.ok(made.size > 200, `${made.size} files`);
  assert.deepEqual(contents(second.path), made);

  const facts: Fact[] = factsOf('pairs', first.path);
  for (const fact of facts) {
    const { label, edit, kind } = fact;
    const told = JSON.stringify(fact);
    assert.ok(fact['sizes'], `sizes: ${told}`);
    if (label === 'identical') assert.ok(fact['same'], `not the same: ${told}`);
    if (label === 'different' || label === 'variant') assert.ok(!fact['same'], `the same: ${told}`);
    if (label === 'variant') {
      assert.notEqual(fact.changes, '', `nowhere changed: ${told}`);
      assert.equal(fact['outside'], 0, `changed elsewhere: ${told}`);
    }
    if (kind === 'plain' && label === 'copy') assert.doesNotMatch(edit, /crop|corner|collage/);
  }
  const templates = new Map<string, Set<string>>();
  for (const fact of facts) {
    const of = `${fact.kind}/${fact['template_a']}`;
    templates.set(of, (templates.get(of) ?? new Set()).add(fact.half));
  }
  for (const [template, halves] of templates) assert.equal(halves.size, 1, template);
  for (const label of ['identical', 'copy', 'variant', 'different']) {
    for (const half of ['fit', 'held-out']) {
      assert.ok(facts.some((fact) => fact.label === label && fact.half === half));
    }
  }
});

test('what is made already is not made again', async () => {
  using work = new TemporaryDirectory();
  await makeCopies({ work: work.path, scale: '0.01', kinds: 'icons' });
  const [file = ''] = [...contents(work.path).keys()].filter((name) =>
    name.endsWith('jpeg-10.jpg'),
  );
  writeFileSync(work.file(file), 'kept');
  await makeCopies({ work: work.path, scale: '0.02', kinds: 'icons' });
  assert.equal(readFileSync(work.file(file), 'utf8'), 'kept');
});

test('every copy, brought back by its transform, agrees with its original', () => {
  const facts: Record<string, number> = factsOf('transforms');
  for (const [name, correlation] of Object.entries(facts)) {
    assert.ok(correlation > 0.8, `${name}: ${correlation}`);
  }
});

test('the table counts verdicts of any name, places, corners and contradictions', () => {
  using work = new TemporaryDirectory();
  const columns = 'a,b,label,kind,edit,half,width_a,height_a,transform,changes';
  writeFileSync(
    work.file('pairs.csv'),
    `${columns}
1,2,different,pages,,held-out,1000,1000,,
3,4,different,photos,,held-out,1000,1000,,
5,6,variant,pages,word,held-out,1000,1000,1 0 0 0 1 0,100 200 50 20
7,8,copy,pages,corner-50,held-out,1000,1000,1 0 -300 0 1 -300,
`,
  );
  const quoted = (value: unknown) => `"${JSON.stringify(value).replaceAll('"', '""')}"`;
  const registration = (x: number, moved: number) => {
    const places = [
      { a: { x, y: 195, width: 70, height: 30 } },
      { a: { x: 700, y: 700, width: 10, height: 10 } },
    ];
    return `${quoted({ matrix: [1, 0, moved, 0, 1, moved] })},${quoted(places)}`;
  };
  writeFileSync(
    work.file('scores.csv'),
    `a,b,score,verdict,registration,places
1,2,95,near-duplicate,,
3,4,30,odd,,
5,6,96,variant,${registration(90, 0)}
7,8,80,near-duplicate,${registration(0, -290)}
`,
  );
  const table = python(
    'models/copies/table.py',
    ...['--work', work.path, '--scores', work.file('scores.csv')],
  );
  assert.match(table, /near-dup +variant +odd/);
  assert.match(table, /copies: 50\.00 % of 2 .* worst kind \(pages\) 100\.0 %/);
  assert.match(table, /photographs called copies: 0 of 1/);
  assert.match(
    table,
    /100\.0 % of 1 called variant, the place named in 100\.0 % .*, 1\.0 false places/,
  );
  assert.match(table, /corners of 1 of 1 moved copies: median 1\.41 %/);
  assert.match(table, /contradict: 1 of 4/);
  assert.match(table, /corner-50: 100\.0 % of 1/);
});
