/**
 * Modules of the package that are not public. Tests that need one name it here by its path under
 * dist/package, and give its type with `typeof import('…')`.
 */
export function internalModule<T>(path: string): Promise<T> {
  return import(new URL(path, import.meta.resolve('image-likeness')).href) as Promise<T>;
}
