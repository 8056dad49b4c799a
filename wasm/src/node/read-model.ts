/** Models in Node: found on this machine, or where the caller says. */
import { fileURLToPath } from 'node:url';
import { fetchAsset } from '#assets/fetch';
import type { AssetSupply } from '../api/host.js';
import type { ByteSource, ModelFile, ModelSupply } from '../engine/environment.js';
import { asLikenessError, throwIfAborted } from '../errors.js';
import { okResponse, readPackedBody } from '../files/bytes.js';
import { verifyModel } from '../models/verify.js';
import type { LoadProgress } from '../types.js';
import { modelDirectories, requireModel } from './locate.js';

/** See HostEnvironment.readModel. */
export async function readModel(
  { model }: AssetSupply,
  onProgress: (progress: LoadProgress) => void,
  signal: AbortSignal | undefined,
): Promise<ModelFile> {
  throwIfAborted(signal);
  const report = (loaded: number, total: number): void =>
    onProgress({ phase: 'model', loaded, total });
  const found =
    model.file === undefined
      ? await requireModel(
          model.entry,
          modelDirectories(model.baseUrl && fileURLToPath(model.baseUrl)),
        )
      : await readOwn(model, model.file, report, signal);
  throwIfAborted(signal);
  report(found.bytes.byteLength, found.bytes.byteLength);
  return found;
}

/** A model whose file the caller gives. */
async function readOwn(
  { entry }: ModelSupply,
  file: ByteSource,
  report: (loaded: number, total: number) => void,
  signal: AbortSignal | undefined,
): Promise<ModelFile> {
  const noRecord = async (): Promise<undefined> => undefined;
  if ('bytes' in file) return verifyModel(entry, file.bytes, 'The file given', noRecord);
  const size = Math.max(...entry.accepted.map(({ bytes }) => bytes));
  const onLoaded = (loaded: number): void => report(loaded, size);
  onLoaded(0);
  try {
    const fetched = await okResponse(fetchAsset(file.url, signal));
    const bytes = await readPackedBody(fetched, size, onLoaded);
    if (bytes === undefined) throw new Error(`it has more than ${size} bytes`);
    return await verifyModel(entry, bytes, file.url, noRecord);
  } catch (error) {
    throwIfAborted(signal);
    throw asLikenessError(error, 'model-load-failed', `There is no usable model at ${file.url}`);
  }
}
