import { errorOfOne } from '../api/embed-all.js';
import { inOrder } from '../api/in-order.js';
import { type LikenessError, withContext } from '../errors.js';
import { sha256 as sha256Of } from '../files/bytes.js';
import type { CallOptions, DraftOptions, Embedding, Likeness } from '../types.js';

/** What is read of a file: a File, a Blob, or anything else with bytes. */
export interface SourceFile {
  /** Said before the message of an error; a File has one. */
  readonly name?: string;
  /** The file's contents; called once. */
  arrayBuffer(): Promise<ArrayBufferLike>;
}

/**
 * Where embeddings are kept from one time to the next, by the SHA-256 of a file's bytes (hexadecimal). Each
 * has its fingerprint and its sketch. Those of another model, view or version of the package are of no use:
 * see `Likeness.model` and `buildInfo`. A store that rejects ends the reading.
 */
export interface EmbeddingStore {
  /** What is kept; undefined where that is nothing. */
  get(sha256: string): Embedding | undefined | Promise<Embedding | undefined>;
  put(sha256: string, embedding: Embedding): void | Promise<void>;
}

/** What `embedFiles` takes. */
export interface EmbedFilesOptions extends CallOptions {
  /** Nothing is kept unless given. */
  readonly store?: EmbeddingStore | undefined;
  /** See DraftOptions. Such a store may hand out whole embeddings, too; any other one no drafts. Default: false. */
  readonly draft?: DraftOptions['draft'];
}

/** What became of a file. */
export type EmbeddedFile<F extends SourceFile> =
  | {
      readonly file: F;
      /** Size of the file. */
      readonly bytes: number;
      /** Of its bytes, hexadecimal. */
      readonly sha256: string;
      /** With fingerprint and sketch. */
      readonly embedding: Embedding;
      /** Whether the embedding comes from the store. */
      readonly known: boolean;
      readonly error?: undefined;
    }
  | {
      readonly file: F;
      readonly embedding?: undefined;
      /** Why it has none. Its `cause` is what `arrayBuffer` rejected with, unless that was a LikenessError. */
      readonly error: LikenessError;
    };

/**
 * The embeddings of many image files, in their order, for a collection: each file is read once, looked up in
 * the store, and embedded where it isn't there. Several are under way at once; one that can't be read is a
 * result like the others.
 * @throws LikenessError `aborted`, `disposed`; what the store rejects with, or the files as they are iterated
 */
export function embedFiles<F extends SourceFile>(
  likeness: Pick<Likeness, 'embed' | 'info'>,
  files: Iterable<F> | AsyncIterable<F>,
  { store, draft = false, signal }: EmbedFilesOptions = {},
): AsyncGenerator<EmbeddedFile<F>, void, undefined> {
  const ahead = 2 * likeness.info.workers + 2;
  return inOrder(
    files,
    (file, _, stop) => embedFile(likeness, file, store, { draft, signal: stop }),
    ahead,
    signal,
  );
}

async function embedFile<F extends SourceFile>(
  likeness: Pick<Likeness, 'embed'>,
  file: F,
  store: EmbeddingStore | undefined,
  options: Pick<DraftOptions, 'draft' | 'signal'>,
): Promise<EmbeddedFile<F>> {
  let contents: Uint8Array;
  try {
    contents = new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    return { file, error: errorOfOne(error, 'The file could not be read') };
  }
  const facts = { file, bytes: contents.byteLength, sha256: await sha256Of(contents) };
  const kept = await store?.get(facts.sha256);
  if (kept !== undefined) return { ...facts, embedding: kept, known: true };
  let embedding: Embedding;
  try {
    const embedded = likeness.embed(contents, { sketch: true, ...options });
    embedding = await (file.name === undefined ? embedded : withContext(file.name, embedded));
  } catch (error) {
    return { file, error: errorOfOne(error, 'The image could not be read') };
  }
  await store?.put(facts.sha256, embedding);
  return { ...facts, embedding, known: false };
}
