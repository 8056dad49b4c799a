import type { ByteSource, ModelSupply } from '../engine/environment.js';
import { LikenessError } from '../errors.js';
import { bytesFrom } from '../realms.js';
import type { CustomModel, View } from '../types.js';
import { findModel, knownModels, type ModelCalibration, parseEntry, withView } from './manifest.js';

/** A straight line from cosine −1 to 1. */
const UNFITTED: ModelCalibration = {
  fitted: false,
  cosine: [-1, 1],
  score: [0, 100],
  probability: [0, 1],
  similar: 80,
};

/**
 * What the options `model` and `view` mean.
 * @param baseUrl where models that are not part of the package are looked for
 * @throws LikenessError `invalid-argument`, naming the field that is wrong
 */
export function chooseModel(
  model: string | CustomModel,
  view: View | undefined,
  baseUrl: string | undefined,
  absolute: (url: string | URL) => string,
): ModelSupply {
  const supply =
    typeof model === 'string' ? { entry: findModel(model), baseUrl } : customModel(model, absolute);
  return { ...supply, entry: withView(supply.entry, view) };
}

function customModel(model: CustomModel, absolute: (url: string | URL) => string): ModelSupply {
  if (typeof model !== 'object' || model === null) {
    throw wrong('must be the id of a model, or an entry with a file of your own');
  }
  const { url, bytes, size, sha256, calibration = UNFITTED, ...fields } = model;
  const file = fileOf(model, absolute);
  const entry = parseEntry(
    {
      title: model.id,
      goodFor: model.title ?? model.id,
      licence: 'LicenseRef-unstated',
      view: 'whole',
      pooling: 'mean',
      ...fields,
      sources: [],
      accepted: [{ sha256, bytes: size ?? bytes?.byteLength, note: 'given by the app' }],
      dimension: model.output?.channels,
      calibration,
    },
    'model',
  );
  const known = knownModels().find(({ id }) => id === entry.id);
  if (known?.accepted.every((accepted) => accepted.sha256 !== sha256)) {
    throw wrong(`must not be called "${entry.id}": that is another model of this package`);
  }
  return { entry, baseUrl: undefined, file };
}

function fileOf(
  { url, bytes, size }: CustomModel,
  absolute: (url: string | URL) => string,
): ByteSource {
  if ((url === undefined) === (bytes === undefined)) throw wrong('needs either url or bytes');
  const given = bytesFrom(bytes);
  if (given !== undefined) return { bytes: given };
  if (url === undefined) throw wrong('must have its bytes in a Uint8Array or an ArrayBuffer');
  if (size === undefined) throw wrong('needs size, the length of the file at url in bytes');
  return { url: absolute(url) };
}

function wrong(rule: string): LikenessError {
  return new LikenessError('invalid-argument', `model ${rule}.`);
}
