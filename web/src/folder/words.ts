import { german } from '../strings/folder-de.ts';
import { english, type FolderStrings } from '../strings/folder-en.ts';

export type { FolderStrings };

/** The folder view's words for a language tag; English where there are none. */
export function folderWords(language: string): FolderStrings {
  return language.toLowerCase().startsWith('de') ? german : english;
}
