/** Embeddings as files in Chromium, under the page's security policy. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMBEDDING_FORMATS, writeEmbeddings } from 'image-likeness/formats';
import { openPage } from '../support/browser.js';
import { randomEmbeddings } from '../support/embeddings.js';

test('the browser writes the bytes that Node writes, and reads them', async () => {
  await using opened = await openPage({ directory: 'build/harness' });
  const found = await opened.page.evaluate(async () => {
    const { formats, randomEmbeddings: random } = window.harness;
    const written = random('m@1', 20, 64, 3).map((one, row) => ({ id: `${row}.jpg`, ...one }));
    const results: { bytes: number[]; same: boolean }[] = [];
    for (const format of formats.EMBEDDING_FORMATS) {
      const file = await formats.writeEmbeddings(written, format);
      const read = await formats.readEmbeddings(file, format, formats.sidecarOf(written));
      const plain = (list: typeof read) =>
        JSON.stringify(list.map(({ vector, id, model }) => [id, model, [...vector]]));
      results.push({ bytes: [...file], same: plain(read) === plain(written) });
    }
    return results;
  });
  const written = randomEmbeddings('m@1', 20, 64, 3).map((one, row) => ({
    id: `${row}.jpg`,
    ...one,
  }));
  for (const [place, format] of EMBEDDING_FORMATS.entries()) {
    assert.deepEqual(
      Uint8Array.from(found[place]?.bytes ?? []),
      Uint8Array.from(await writeEmbeddings(written, format)),
      format,
    );
    assert.equal(found[place]?.same, true, format);
  }
  assert.deepEqual(opened.problems, []);
});
