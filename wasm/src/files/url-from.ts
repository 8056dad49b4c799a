/** The absolute URL of an address, or undefined where it is none. */
export function urlFrom(address: string | URL, base?: string): string | undefined {
  try {
    return new URL(address, base).href;
  } catch {
    return undefined;
  }
}
