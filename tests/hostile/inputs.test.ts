/** Hostile and odd files through WebAssembly in Node, and through the command line. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { createLikeness, type Likeness, LikenessError } from 'image-likeness';
import { runCli } from '../support/cli.js';
import { hostileFiles, smallFiles } from '../support/hostile.js';
import { tellOutcome } from '../support/outcomes.js';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';
import { TemporaryDirectory } from '../support/temporary.js';

const good = writePng(testPixels(64, 48));

/** WebAssembly memory that a refused file may have taken, beside its own bytes. */
const MOST_MEMORY = 64 * 1024 * 1024;

/** `picture`, or the code and the message that a file is refused with. */
async function outcomeOf(likeness: Likeness, file: Uint8Array): Promise<[string, string]> {
  try {
    const { data } = await likeness.preprocess(file);
    assert.ok(data.every(Number.isFinite), 'a tensor holds numbers only');
    return ['picture', ''];
  } catch (error) {
    assert.ok(error instanceof LikenessError, `${error}`);
    assert.ok(error.message.length > 10);
    return [error.code, error.message];
  }
}

test('hostile files end in a picture or a code, and the next call works', async (t) => {
  await using likeness = await createLikeness();
  const expected = await likeness.preprocess(good);
  for (const { name, bytes, core } of hostileFiles()) {
    assert.ok(bytes.length < 500_000, `${name} has ${bytes.length} bytes`);
    const [code, message] = await outcomeOf(likeness, bytes);
    assert.equal(code, core, `${name}: ${message}`);
    if (code === 'image-too-large') assert.match(message, /\d.* limit is \d+/, name);
    const { core: held } = await likeness.memory();
    if (code !== 'picture') assert.ok(held < MOST_MEMORY, `${name} took ${held} bytes`);
    assert.deepEqual(await likeness.preprocess(good), expected, `the call after ${name}`);
    tellOutcome(t, name, message === '' ? 'a picture' : `${code}: ${message}`);
  }
});

test('files cut off at any length end in a picture or a code', async (t) => {
  await using likeness = await createLikeness();
  const expected = await likeness.preprocess(good);
  for (const { name, bytes } of smallFiles()) {
    const counts = new Map<string, number>();
    for (let length = 0; length < bytes.length; length += 1) {
      const [code] = await outcomeOf(likeness, bytes.subarray(0, length));
      assert.ok(
        ['picture', 'corrupt-image', 'unsupported-format', 'image-too-large'].includes(code),
        `${name} of ${length} bytes: ${code}`,
      );
      counts.set(code, (counts.get(code) ?? 0) + 1);
    }
    assert.equal((await outcomeOf(likeness, bytes))[0], 'picture', name);
    assert.deepEqual(await likeness.preprocess(good), expected, `the call after ${name}`);
    const listed = [...counts].map(([code, count]) => `${count} × ${code}`).join(', ');
    tellOutcome(t, `${name} cut off at each of ${bytes.length} lengths`, listed);
  }
});

test('the command line names the file and goes on', async (t) => {
  using folder = new TemporaryDirectory();
  const place = (name: string, bytes: Uint8Array): string => {
    const path = folder.file(name);
    writeFileSync(path, bytes);
    return path;
  };
  const misnamed = place('really-a-png.jpg', good);
  const text = place('really-text.png', Buffer.from('not a picture at all'));
  const fine = await runCli(['compare', misnamed, misnamed, '--json']);
  assert.equal(fine.code, 0, fine.stderr);
  tellOutcome(
    t,
    'PNG file with the extension .jpg',
    'compared: the first bytes count, not the name',
  );
  const refused = await runCli(['compare', text, misnamed]);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /^[^\n]*unsupported-format[^\n]*\n$/);
  tellOutcome(
    t,
    'text file with the extension .png',
    `exit code 2: ${refused.stderr.trim().replaceAll(folder.path, '…')}`,
  );
});
