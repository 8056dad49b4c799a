import { LikenessError } from '../errors.js';
import type { ModelInfo, View } from '../types.js';

/**
 * What embeddings bear, `<model id>@<weights version>/<view>`, and `+energy` where their cells are weighed by
 * it: only equal ones compare.
 */
export function identityOf({
  id,
  weightsVersion,
  view,
  pooling,
}: Pick<ModelInfo, 'id' | 'weightsVersion' | 'view' | 'pooling'>): string {
  return `${id}@${weightsVersion}/${view}${pooling === 'energy' ? '+energy' : ''}`;
}

/** The model and the view that embeddings bear. @throws LikenessError `invalid-argument` */
export function modelOf(identity: string): { readonly id: string; readonly view: View } {
  const [, id, view] = /^(.+)@[^@]+\/(whole|centre)(?:\+energy)?$/.exec(identity) ?? [];
  if (id === undefined || (view !== 'whole' && view !== 'centre')) {
    throw new LikenessError('invalid-argument', `"${identity}" names no model and view.`);
  }
  return { id, view };
}
