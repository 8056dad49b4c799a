/** Names of files as texts: every name has one, and every text is of one name. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { internalModule } from '../support/internal.js';
import { randomBytes } from '../support/random.js';

const { asUnicode, bytesOf, fsPath, percentDecoded, percentEncoded, printable, textOf } =
  await internalModule<typeof import('../../wasm/src/cli/text.js')>('cli/text.js');

test('any bytes become a text, and the text these bytes', () => {
  const texts = new Set<string>();
  const names = new Set<string>();
  for (let seed = 1; seed <= 3000; seed += 1) {
    // Some of bytes that begin or continue characters, some of all bytes.
    const bytes = Buffer.from(randomBytes(1 + (seed % 12), seed)).map((byte) =>
      seed % 2 === 0 ? byte : 0x80 | byte,
    );
    const name = Buffer.from(bytes);
    const text = textOf(name);
    assert.ok(bytesOf(text).equals(name), name.toString('hex'));
    assert.equal(percentDecoded(percentEncoded(text)), text);
    assert.match(percentEncoded(text), /^(?:[\w\-.~/]|%[\dA-F]{2})+$/);
    assert.ok(Buffer.from(asUnicode(text)).toString() === asUnicode(text));
    assert.ok(!/\p{Cc}/u.test(printable(text)));
    names.add(name.toString('hex'));
    texts.add(text);
  }
  assert.equal(texts.size, names.size);
});

test('what is UTF-8 stays as it is, what is not is shown by its bytes', () => {
  const utf8 = 'größe 写真 👩‍👩‍👧 \ufffd.png';
  assert.equal(textOf(Buffer.from(utf8)), utf8);
  assert.equal(fsPath(utf8), utf8);
  assert.equal(printable('a\n\u001b[2J\u007f\u009b'), 'a\\n\\u001b[2J\\u007f\\u009b');
  const cases: [string, string][] = [
    ['caf\xe9.png', 'caf\\xE9.png'],
    // A surrogate, more bytes than a character needs, one beyond Unicode, a character cut off.
    ['\xed\xb3\xa9', '\\xED\\xB3\\xA9'],
    ['\xc0\xaf', '\\xC0\\xAF'],
    ['\xf5\x80\x80\x80', '\\xF5\\x80\\x80\\x80'],
    ['\xe5\x86', '\\xE5\\x86'],
  ];
  for (const [name, expected] of cases) {
    const bytes = Buffer.from(name, 'latin1');
    assert.equal(printable(textOf(bytes)), expected);
    assert.deepEqual(fsPath(textOf(bytes)), bytes);
  }
});
