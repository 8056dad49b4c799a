/** Addresses of files for as long as these are shown. */
export class Addresses {
  readonly #known = new Map<File, string>();

  /** The address of a file. */
  of(file: File): string {
    const known = this.#known.get(file);
    if (known !== undefined) return known;
    const address = URL.createObjectURL(file);
    this.#known.set(file, address);
    return address;
  }

  /** Lets go of all files but these. */
  keep(files: readonly (File | undefined)[]): void {
    for (const [file, address] of this.#known) {
      if (files.includes(file)) continue;
      URL.revokeObjectURL(address);
      this.#known.delete(file);
    }
  }
}
