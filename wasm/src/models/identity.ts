import type { ModelInfo } from '../types.js';

/** What embeddings bear, `<model id>@<weights version>/<view>`: only equal ones compare. */
export function identityOf({
  id,
  weightsVersion,
  view,
}: Pick<ModelInfo, 'id' | 'weightsVersion' | 'view'>): string {
  return `${id}@${weightsVersion}/${view}`;
}
