/**
 * Records one after the other in a file that only grows:
 *
 *     key, 32 bytes | length of the value, uint32 | CRC-32 of the value | CRC-32 of these 40 bytes | value
 *
 * (little-endian). A writer may be killed at any byte: what it was writing then is no record.
 */
import { readSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/** Bytes of a key. */
export const KEY_BYTES = 32;

const HEADER_BYTES = KEY_BYTES + 12;

/** Where a record's value is in its file, and what it has to be. */
export interface Place {
  readonly start: number;
  readonly length: number;
  readonly checksum: number;
}

/** The bytes of a record. */
export function recordOf(key: Uint8Array, value: Uint8Array): Buffer {
  const record = Buffer.alloc(HEADER_BYTES + value.length);
  record.set(key);
  record.writeUInt32LE(value.length, KEY_BYTES);
  record.writeUInt32LE(crc32(value), KEY_BYTES + 4);
  record.writeUInt32LE(crc32(record.subarray(0, KEY_BYTES + 8)), KEY_BYTES + 8);
  record.set(value, HEADER_BYTES);
  return record;
}

/** Where the value of a record is, once the record has been written at `start`. */
export function placeOf(record: Buffer, start: number): Place {
  return {
    start: start + HEADER_BYTES,
    length: record.readUInt32LE(KEY_BYTES),
    checksum: record.readUInt32LE(KEY_BYTES + 4),
  };
}

/**
 * The records of an open file, from its start to the first byte that isn't part of a whole one.
 * @returns keys, hexadecimal, with the places of their values; and where the last whole record ends
 */
export function scanRecords(
  file: number,
  size: number,
): { readonly records: [key: string, place: Place][]; readonly end: number } {
  const records: [string, Place][] = [];
  const header = Buffer.alloc(HEADER_BYTES);
  let end = 0;
  while (end + HEADER_BYTES <= size) {
    if (readSync(file, header, 0, HEADER_BYTES, end) < HEADER_BYTES) break;
    if (crc32(header.subarray(0, KEY_BYTES + 8)) !== header.readUInt32LE(KEY_BYTES + 8)) break;
    const place = placeOf(header, end);
    if (place.start + place.length > size) break;
    records.push([header.toString('hex', 0, KEY_BYTES), place]);
    end = place.start + place.length;
  }
  return { records, end };
}

/** The value at a place, or undefined where it is damaged. */
export function readValue(file: number, { start, length, checksum }: Place): Buffer | undefined {
  const value = Buffer.alloc(length);
  const read = readSync(file, value, 0, length, start);
  return read === length && crc32(value) === checksum ? value : undefined;
}

/** The first byte of the value at a place, unchecked; undefined for an empty one. */
export function readStart(file: number, { start, length }: Place): number | undefined {
  const byte = Buffer.alloc(Math.min(1, length));
  readSync(file, byte, 0, byte.length, start);
  return byte[0];
}
