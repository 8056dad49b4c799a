import { german } from './strings/de.ts';
import { english, type Strings } from './strings/en.ts';

const LANGUAGES = { en: english, de: german } as const;

/** Tags of the languages that the page speaks. */
export type Language = keyof typeof LANGUAGES;

export const languages = Object.keys(LANGUAGES) as readonly Language[];

/** The attributes of index.html that hold text, each with the `data-` attribute that names its key. */
const TRANSLATED_ATTRIBUTES = ['aria-label', 'content'] as const;

let current: Language = 'en';
const listeners: (() => void)[] = [];

/** What the page says, in the visitor's language. */
export function words(): Strings {
  return LANGUAGES[current];
}

/** The same in the visitor's language, of what only a part of the page says. */
export function inLanguage<Words>(each: Readonly<Record<Language, Words>>): Words {
  return each[current];
}

/** A number as the language writes it. */
export function formatNumber(value: number, digits: number): string {
  return new Intl.NumberFormat(current, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}

/** A share from 0 to 1, in whole percent. */
export function formatShare(share: number): string {
  return new Intl.NumberFormat(current, { style: 'percent', maximumFractionDigits: 0 }).format(
    share,
  );
}

/** What a language calls itself. */
export function nameOf(language: Language): string {
  return LANGUAGES[language].name;
}

/** Calls `render` whenever the language has changed. */
export function onLanguage(render: () => void): void {
  listeners.push(render);
}

/** The first language of the browser's that the page speaks. */
export function preferredLanguage(): Language {
  for (const tag of navigator.languages) {
    const [base] = tag.toLowerCase().split('-');
    const known = languages.find((language) => language === base);
    if (known !== undefined) return known;
  }
  return 'en';
}

/** Says everything in that language from now on: the page's own text, and what views have said. */
export function setLanguage(language: Language): void {
  if (language === current && document.documentElement.lang === language) return;
  current = language;
  document.documentElement.lang = language;
  document.documentElement.dir = words().direction;
  translatePage();
  for (const render of listeners) render();
}

function translatePage(): void {
  for (const node of document.querySelectorAll<HTMLElement>('[data-text]')) {
    node.textContent = pageText(node.dataset['text']);
  }
  for (const attribute of TRANSLATED_ATTRIBUTES) {
    for (const node of document.querySelectorAll(`[data-${attribute}]`)) {
      node.setAttribute(attribute, pageText(node.getAttribute(`data-${attribute}`)));
    }
  }
}

function pageText(key: string | null | undefined): string {
  const text = new Map(Object.entries(words().page)).get(key ?? '');
  if (text === undefined) throw new Error(`The page has no text "${key}".`);
  return text;
}
