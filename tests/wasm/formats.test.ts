/** Embeddings as files: nothing lost on the way out and back, and nothing taken from damaged files. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { parquetMetadata } from 'hyparquet';
import { LikenessError } from 'image-likeness';
import {
  EMBEDDING_FORMATS,
  type EmbeddingFormat,
  formatOf,
  readEmbeddings,
  type StoredEmbedding,
  sidecarOf,
  writeEmbeddings,
} from 'image-likeness/formats';
import { PYTHON } from '../../scripts/lib/prerequisites.mjs';
import { succeeds } from '../../scripts/lib/process.mjs';
import { codeOf } from '../support/errors.js';
import { randomBytes } from '../support/random.js';
import { TemporaryDirectory } from '../support/temporary.js';

const MODEL = 'mobilenetv2@1';

const withoutNumpy = succeeds(PYTHON, ['-c', 'import numpy'])
  ? false
  : "there is no NumPy (Debian's python3-numpy)";

/** Names that one format or the other could trip over. */
const IDS = [
  'a.jpg',
  '',
  ' two words ',
  'comma, "quote"',
  'line\nbreak\r\n',
  'ä€𝄞.png',
  '\\.',
  "it's",
  '__proto__',
  '=1+1',
  '{"id": 1}',
  'NULL',
];

/** Any float32 there is, by its bits, but for infinities and NaN. */
function anyFloats(count: number, seed: number): Float32Array {
  const floats = new Float32Array(randomBytes(count * 4, seed).buffer);
  return floats.map((value) => (Number.isFinite(value) ? value : 1));
}

function embeddings(dimension = 60): StoredEmbedding[] {
  const special = [
    0,
    -0,
    1.4e-45,
    -1.4e-45,
    3.4028234663852886e38,
    0.1,
    1 / 3,
    16777217,
    1e21,
    1e-7,
  ];
  return IDS.map((id, row) => {
    const vector = anyFloats(dimension, row + 1);
    if (row === 0) vector.set(special);
    return { id, model: MODEL, dimension, vector };
  });
}

function bits({ vector }: StoredEmbedding): number[] {
  return [...new Uint32Array(vector.slice().buffer)];
}

function read(file: Uint8Array, format: EmbeddingFormat): Promise<StoredEmbedding[]> {
  return readEmbeddings(file, format, { model: MODEL, ids: IDS });
}

test('every format gives back what it was given, to the last bit', async (t) => {
  const written = embeddings();
  for (const format of EMBEDDING_FORMATS) {
    await t.test(format, async () => {
      const file = await writeEmbeddings(written, format);
      const found = await readEmbeddings(
        file,
        format,
        format === 'npy' ? JSON.parse(JSON.stringify(sidecarOf(written))) : undefined,
      );
      assert.deepEqual(found.map(bits), written.map(bits));
      assert.deepEqual(
        found.map(({ id, model, dimension }) => ({ id, model, dimension })),
        written.map(({ id, model, dimension }) => ({ id, model, dimension })),
      );
      assert.deepEqual(await writeEmbeddings(written, format), file);
      // A view into a larger buffer is as good.
      const shifted = new Uint8Array(file.length + 3);
      shifted.set(file, 3);
      assert.deepEqual(await read(shifted.subarray(3), format), found);
    });
  }
});

test('every format is read from a Buffer that shares its memory with others', async (t) => {
  const given = embeddings();
  for (const format of EMBEDDING_FORMATS) {
    await t.test(format, async () => {
      const file = await writeEmbeddings(given, format);
      const around = Buffer.alloc(file.length + 24, 0xff);
      around.set(file, 8);
      const found = await read(around.subarray(8, 8 + file.length), format);
      assert.deepEqual(found.map(bits), given.map(bits));
    });
  }
});

test('decimals are as short as they can be', async () => {
  const vector = Float32Array.of(0.1, 0.25, 3, 1e-7, 16777216);
  const file = await writeEmbeddings([{ id: 'a', model: MODEL, dimension: 5, vector }], 'jsonl');
  assert.equal(
    new TextDecoder().decode(file),
    '{"id":"a","model":"mobilenetv2@1","embedding":[0.1,0.25,3,1e-7,16777216]}\n',
  );
});

test('NumPy and the standard library of Python read every bit', {
  skip: withoutNumpy,
}, async () => {
  using directory = new TemporaryDirectory();
  const written = embeddings();
  const formats = ['npy', 'npz', 'jsonl', 'csv'] as const;
  const paths: string[] = [];
  for (const format of formats) {
    const path = directory.file(`x.${format}`);
    writeFileSync(path, await writeEmbeddings(written, format));
    paths.push(path);
  }
  const seen = python('read', ...paths);
  assert.ok(Array.isArray(seen));
  for (const [place, found] of seen.entries()) {
    const { shape, bits: foundBits, ids, model } = found;
    assert.deepEqual(shape, [IDS.length, 60]);
    assert.deepEqual(foundBits, written.map(bits), formats[place]);
    if (formats[place] === 'npy') continue;
    assert.deepEqual(ids, IDS, formats[place]);
    assert.equal(model, MODEL);
  }
});

test('what NumPy writes is read, or refused for a reason', { skip: withoutNumpy }, async (t) => {
  using directory = new TemporaryDirectory();
  const { bits: expected, ids, model } = python('write', directory.path);
  const load = (name: string) => {
    const format = formatOf(name);
    assert.ok(format !== undefined);
    return readEmbeddings(readFileSync(directory.file(name)), format, { model });
  };
  for (const name of ['plain.npy', 'version2.npy', 'plain.npz', 'compressed.npz']) {
    await t.test(name, async () => {
      const found = await load(name);
      assert.deepEqual(found.map(bits), expected);
      assert.deepEqual(
        found.map(({ id }) => id),
        name.endsWith('.npz') ? ids : ['0', '1', '2'],
      );
      assert.equal(found[0]?.model, model);
    });
  }
  const refused: [string, RegExp][] = [
    ['fortran.npy', /Fortran order: save numpy\.ascontiguousarray/],
    ['double.npy', /<f8 \(3, 4\); it should be float32/],
    ['big-endian.npy', />f4/],
    ['flat.npy', /<f4 \(12\); it should be float32 \[n, dimension\]/],
    ['pickled.npy', /\|O/],
  ];
  for (const [name, message] of refused) {
    await t.test(name, () => assert.rejects(load(name), { code: 'invalid-argument', message }));
  }
});

test('files that are cut off are refused', async (t) => {
  for (const format of ['npy', 'npz', 'parquet'] as const) {
    await t.test(format, async () => {
      const file = await writeEmbeddings(embeddings(20), format);
      for (let length = 0; length < file.length; length += format === 'parquet' ? 7 : 3) {
        assert.equal(
          await codeOf(read(file.slice(0, length), format)),
          'invalid-argument',
          `${length}`,
        );
      }
    });
  }
  for (const format of ['jsonl', 'csv'] as const) {
    await t.test(`${format}, unless whole rows are left`, async () => {
      const file = await writeEmbeddings(embeddings(20), format);
      for (let length = 0; length < file.length; length += 11) {
        const rows = await read(file.slice(0, length), format).catch((error: unknown) => {
          assert.ok(error instanceof LikenessError && error.code === 'invalid-argument');
          return [];
        });
        for (const { vector } of rows) assert.equal(vector.length, 20);
      }
    });
  }
});

test('damaged files are refused or read, and nothing hangs', async (t) => {
  for (const format of EMBEDDING_FORMATS) {
    await t.test(format, async () => {
      const file = await writeEmbeddings(embeddings(12), format);
      let refused = 0;
      for (let seed = 1; seed <= 300; seed += 1) {
        const damaged = file.slice();
        const [a = 0, b = 0, c = 0, value = 0] = randomBytes(4, seed * 7919);
        // Mostly near the ends, where headers and directories are.
        const near = ((a << 8) | b) % 400;
        damaged[c % 2 === 0 ? near % file.length : Math.max(0, file.length - 1 - near)] = value;
        try {
          await read(damaged, format);
        } catch (error) {
          assert.ok(error instanceof LikenessError, String(error));
          assert.equal(error.code, 'invalid-argument');
          refused += 1;
        }
      }
      assert.ok(refused > 20, `${refused} refused`);
    });
  }
});

test('claims that no file could keep are refused before memory is asked for', async () => {
  const npy = await writeEmbeddings(embeddings(), 'npy');
  const huge = replaced(npy, '(12, 60)', '(99999999999, 60)'.slice(0, 17));
  await assert.rejects(read(huge, 'npy'), /bytes of data; its header says/);
  const npz = await writeEmbeddings(embeddings(), 'npz');
  // The central directory's uncompressed size of its first member.
  const directory = indexOf(npz, 'PK\x01\x02');
  const bomb = npz.slice();
  new DataView(bomb.buffer).setUint32(directory + 24, 0xfffffff0, true);
  await assert.rejects(read(bomb, 'npz'), /claims 4294967280 bytes/);
});

test('made-up Parquet files cost no more than their bytes', async (t) => {
  // So many values that the numbers in the page's header have three bytes.
  const file = await writeEmbeddings(embeddings(800), 'parquet');
  const { row_groups: groups } = parquetMetadata(file.slice().buffer);
  const column = groups[0]?.columns[2]?.meta_data;
  assert.ok(column !== undefined);
  const header = Number(column.data_page_offset);
  /** With another number in the embeddings' page header: its sizes, or how many values it has. */
  const withNumber = (which: 'uncompressed' | 'compressed' | 'values', value: number) => {
    const made = file.slice();
    // Type, both sizes and the number of values come first; each is a field's head and a varint.
    let at = header;
    for (const name of ['type', 'uncompressed', 'compressed', 'values'] as const) {
      if (name === 'values') at += 1;
      const start = at + 1;
      at = start;
      while ((made[at] ?? 0) >= 128) at += 1;
      at += 1;
      if (name === which) made.set(paddedVarint(value, at - start), start);
    }
    return made;
  };
  const footer = (...bytes: number[]): Uint8Array =>
    Uint8Array.of(
      80,
      65,
      82,
      49,
      ...bytes,
      bytes.length & 255,
      bytes.length >> 8,
      0,
      0,
      80,
      65,
      82,
      49,
    );
  const nested = Array.from({ length: 30 }, () => [0xf9, 0x80, 0xc2, 0xd7, 0x0e]).flat();
  const cases: [string, Uint8Array, RegExp][] = [
    ['a page that ends before it begins', withNumber('compressed', -20), /negative/],
    ['a page that grows beyond what it can', withNumber('uncompressed', 2 ** 20 - 1), /claims/],
    ['more values than bytes', withNumber('values', 2 ** 20 - 1), /too many|claims/],
    ['lists of thirty million lists', footer(0x29, ...nested), /list of 30\d+ items/],
    ['lists without an end', footer(0x29, ...new Array(300).fill(0x19)), /too deep/],
    ['a number without an end', footer(0x16, ...new Array(300).fill(0x80)), /64 bits/],
  ];
  for (const [name, made, message] of cases) {
    await t.test(name, () =>
      assert.rejects(read(made, 'parquet'), { code: 'invalid-argument', message }),
    );
  }
});

/** A zigzag varint of so many bytes. */
function paddedVarint(value: number, length: number): Uint8Array {
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  const bytes = Uint8Array.from({ length }, (_, place) => {
    const byte = rest % 128;
    rest = Math.floor(rest / 128);
    return place < length - 1 ? byte | 128 : byte;
  });
  assert.equal(rest, 0, 'the number takes more bytes');
  return bytes;
}

test('files of another kind are named for what they lack', async () => {
  const text = (content: string) => new TextEncoder().encode(content);
  const cases: [EmbeddingFormat, Uint8Array, RegExp][] = [
    ['npy', text('PK\x03\x04 not at all'), /no \.npy file/],
    ['npz', text('hello'), /no \.npz file/],
    ['npz', text(''), /no \.npz file/],
    ['parquet', text('hello, hello'), /no Parquet file/],
    ['jsonl', text('{"id": "a"'), /Line 1 is no JSON/],
    ['jsonl', text('null'), /Line 1 is no JSON object/],
    ['jsonl', text('\n{"id": "a", "model": "m"}'), /row 2 is no list of numbers/],
    ['jsonl', text('{"id": "a", "model": "m", "embedding": [1, "2"]}'), /no list of numbers/],
    ['jsonl', text('{"id": "a", "model": "m", "embedding": [1e39]}'), /finite/],
    ['jsonl', text('{"id": "a", "model": "m", "embedding": []}'), /no values/],
    ['jsonl', text('{"id": 1, "model": "m", "embedding": [1]}'), /needs an id/],
    ['jsonl', text('{"id": "a", "embedding": [1]}'), /names no model/],
    ['jsonl', Uint8Array.of(0xff, 0xfe, 0x41), /no UTF-8/],
    ['csv', text('a,b\n1,2\n'), /columns id, model, embedding/],
    ['csv', text('id,model,embedding\na,m,1 2 3\n'), /no list of numbers/],
    ['csv', text('id,model,embedding\n"a'), /no CSV/],
  ];
  for (const [format, file, message] of cases) {
    await assert.rejects(readEmbeddings(file, format, { model: MODEL }), {
      code: 'invalid-argument',
      message,
    });
  }
  const npy = await writeEmbeddings(embeddings(), 'npy');
  await assert.rejects(readEmbeddings(npy, 'npy'), /does not say which model/);
  await assert.rejects(readEmbeddings(npy, 'npy', { model: MODEL, ids: ['a'] }), /1 ids/);
  await assert.rejects(readEmbeddings(npy, 'hdf5' as EmbeddingFormat), /There is no format "hdf5"/);
});

test('what no file could hold is not written', async () => {
  const [a, ...rest] = embeddings();
  assert.ok(a !== undefined);
  const bad: [StoredEmbedding[], string][] = [
    [[], 'invalid-argument'],
    [[a, { ...a, model: 'resnet50@1' }], 'model-mismatch'],
    [[a, { ...a, vector: a.vector.subarray(1) }], 'invalid-argument'],
    [[{ ...a, vector: new Float32Array() }], 'invalid-argument'],
    [[...rest, { ...a, vector: a.vector.map(() => Number.NaN) }], 'invalid-argument'],
    [[{ ...a, id: 'nul\0' }], 'invalid-argument'],
    [[{ ...a, id: '\ud800' }], 'invalid-argument'],
  ];
  for (const [list, code] of bad) {
    for (const format of EMBEDDING_FORMATS) {
      assert.equal(await codeOf(writeEmbeddings(list, format)), code);
    }
  }
});

test('the main entry and its worker load none of this', () => {
  const seen = new Set<string>();
  const bare = new Set<string>();
  const visit = (url: string): void => {
    if (seen.has(url)) return;
    seen.add(url);
    const source = readFileSync(new URL(url), 'utf8');
    for (const [, specifier = ''] of source.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)) {
      if (specifier.startsWith('.')) visit(new URL(specifier, url).href);
      else bare.add(specifier);
    }
  };
  const entry = import.meta.resolve('image-likeness');
  for (const file of [
    './index.js',
    './worker.js',
    './node/host-environment.js',
    './browser/host-environment.js',
  ]) {
    visit(new URL(file, entry).href);
  }
  assert.ok(seen.size > 20);
  assert.ok([...seen].every((url) => !url.includes('/formats/')));
  assert.ok(
    [...bare].every((name) => !/fflate|hyparquet|csv/.test(name)),
    [...bare].join(),
  );
});

function python(...args: string[]) {
  return JSON.parse(
    execFileSync(PYTHON, ['tests/support/numpy_side.py', ...args], { encoding: 'utf8' }),
  );
}

function indexOf(file: Uint8Array, text: string): number {
  const index = Buffer.from(file).indexOf(text, 0, 'latin1');
  assert.ok(index >= 0);
  return index;
}

/** The text in a header, replaced; the spaces that pad the header make up for its length. */
function replaced(file: Uint8Array, text: string, by: string): Uint8Array {
  const header = Buffer.from(file.subarray(0, 128)).toString('latin1');
  const end = header.indexOf('\n');
  const fields = header.slice(0, end).trimEnd().replace(text, by);
  const copy = file.slice();
  copy.set(Buffer.from(fields.padEnd(end), 'latin1'));
  return copy;
}
