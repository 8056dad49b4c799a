import { invalid } from './stored.js';

/** Text from UTF-8, a byte order mark left out. @throws LikenessError `invalid-argument` */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw invalid('The file is no UTF-8 text.', error);
  }
}
