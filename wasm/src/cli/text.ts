/**
 * Names of files as texts, and numbers in words.
 *
 * A name is bytes, which need be no UTF-8. As a text each byte that is none is a lone surrogate, U+DC80 to U+DCFF (as
 * Python's `surrogateescape` has it): so every name has one text, and every text is of one name.
 */

const RAW_BYTE = /[\udc80-\udcff]/u;

const RAW_BYTES = /([\udc80-\udcff])/u;

/** By what their first byte says, bytes that may be one character; and those that are none. */
const CHARACTER =
  /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[\x80-\xff]/g;

/** The text of a name. */
export function textOf(name: Buffer): string {
  return name.toString('latin1').replaceAll(CHARACTER, (part) => {
    const bytes = Buffer.from(part, 'latin1');
    const text = bytes.toString();
    if (Buffer.from(text).equals(bytes)) return text;
    return Array.from(bytes, (byte) => String.fromCharCode(0xdc00 + byte)).join('');
  });
}

/** The bytes of the name that a text is of. */
export function bytesOf(text: string): Buffer {
  const parts = text
    .split(RAW_BYTES)
    .map((part) =>
      RAW_BYTE.test(part) ? Buffer.of(part.charCodeAt(0) - 0xdc00) : Buffer.from(part),
    );
  return Buffer.concat(parts);
}

/** What `node:fs` takes for a path. */
export function fsPath(text: string): string | Buffer {
  return RAW_BYTE.test(text) ? bytesOf(text) : text;
}

/** A name without bytes that are no UTF-8: they are shown as `\xE9`. */
export function asUnicode(text: string): string {
  return text.replaceAll(
    new RegExp(RAW_BYTE, 'gu'),
    (byte) => `\\x${(byte.charCodeAt(0) - 0xdc00).toString(16).toUpperCase()}`,
  );
}

/** A name as it can be shown on a terminal: also control characters as escapes. */
export function printable(text: string): string {
  return asUnicode(text).replaceAll(/\p{Cc}/gu, (character) => {
    const escaped = JSON.stringify(character).slice(1, -1);
    // JSON has none for DEL and for those from U+0080, which terminals obey, too.
    return escaped === character ? `\\u00${character.charCodeAt(0).toString(16)}` : escaped;
  });
}

/** A path as URLs and `.trashinfo` files have it: bytes but for letters, digits and `-._~/` as `%E9`. */
export function percentEncoded(path: string): string {
  return bytesOf(path)
    .toString('latin1')
    .replaceAll(
      /[^\w\-.~/]/g,
      (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    );
}

/** The path that `percentEncoded` was given. */
export function percentDecoded(text: string): string {
  const bytes = text.replaceAll(/%([\dA-F]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return textOf(Buffer.from(bytes, 'latin1'));
}

/** "2 files". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A number of bytes in words. */
export function sizeInWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
