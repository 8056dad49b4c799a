/** JSON in which typed arrays are lists. Numbers survive it to the bit, but for the sign of zero. */
export function plainJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    ArrayBuffer.isView(item) ? [...(item as Float64Array)] : item,
  );
}
