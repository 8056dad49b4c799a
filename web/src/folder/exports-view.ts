import type { EmbeddingFormat } from 'image-likeness/formats';
import { html, nothing, type TemplateResult } from 'lit';
import { asCsv, asJson, asScript, rowsOf } from './exports.ts';
import { FolderPart } from './part.ts';
import { save } from './save.ts';

/** Lists, the script and the embeddings, for other programs. */
export class ExportsView extends FolderPart {
  protected override render(): TemplateResult | typeof nothing {
    const { words, session } = this;
    const { items } = session;
    if (items.length === 0) return nothing;
    const button = (name: string, text: string, make: () => BlobPart | Promise<BlobPart>) =>
      html`<button data-export=${name} @click=${async () => save(`likeness.${name}`, await make())}>${text}</button>`;
    return html`<section class="card"><h2>${words.save}</h2><div class="row">
      ${button('csv', 'CSV', () => asCsv(this.#rows()))}
      ${button('json', 'JSON', async () => asJson(this.#rows(), await session.acceptedPairs(), items))}
      ${button('sh', words.script, () => asScript(session.planned))}
      ${button('npy', '.npy', () => this.#embeddings('npy'))}
      ${button('parquet', 'Parquet', () => this.#embeddings('parquet'))}</div></section>`;
  }

  /** Groups as they have been decided, and as it is suggested where they have not. */
  #rows() {
    const { items, result, review } = this.session;
    return rowsOf(items, result.groups, (number, { kind, members, kept }) => {
      const decision = review.decisionOf(number);
      if (decision !== undefined) return decision === 'keep';
      if (kept === undefined) return undefined;
      return number === review.keeperOf({ key: kind, kind: 'identical', members, suggested: kept });
    });
  }

  async #embeddings(format: EmbeddingFormat): Promise<BlobPart> {
    const { writeEmbeddings } = await import('image-likeness/formats');
    await this.session.collection?.readWhole();
    const stored = this.session.items.map(({ path, embedding }) => ({
      id: path,
      model: embedding.model,
      dimension: embedding.dimension,
      vector: embedding.vector,
    }));
    return (await writeEmbeddings(stored, format)) as Uint8Array<ArrayBuffer>;
  }
}

customElements.define('likeness-folder-exports', ExportsView);
