import { LikenessError } from '../errors.js';
import type { ModelInfo, View } from '../types.js';

/** What embeddings bear, `<model id>@<weights version>/<view>`: only equal ones compare. */
export function identityOf({
  id,
  weightsVersion,
  view,
}: Pick<ModelInfo, 'id' | 'weightsVersion' | 'view'>): string {
  return `${id}@${weightsVersion}/${view}`;
}

/** The model and the view that embeddings bear. @throws LikenessError `invalid-argument` */
export function modelOf(identity: string): { readonly id: string; readonly view: View } {
  const [, id, view] = /^(.+)@[^@]+\/(whole|centre)$/.exec(identity) ?? [];
  if (id === undefined || (view !== 'whole' && view !== 'centre')) {
    throw new LikenessError('invalid-argument', `"${identity}" names no model and view.`);
  }
  return { id, view };
}
