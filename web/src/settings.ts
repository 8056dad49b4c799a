/**
 * The page's settings live in the hash of its address, so that a link restores them; images never do.
 * What differs from the default is written, the rest is left out.
 */
const CHOICES = {
  /** Which model answers: the embedded one and then the full one where there is one, or one by name. */
  model: ['auto', 'mobilenetv2-lite', 'mobilenetv2'],
  /** What computes the forward pass. */
  backend: ['auto', 'core', 'wasm', 'webgpu', 'webnn'],
  /** Whether the second picture is tried in all eight orientations. */
  orientations: ['off', 'on'],
  /** Whether several processor cores work on one picture, which needs a page cut off from other sites. */
  threads: ['off', 'on'],
  /** How the two pictures are shown. */
  pictures: ['side', 'slider', 'blink', 'difference', 'map'],
  /** What is compared. */
  view: ['pair', 'folder'],
  /** The page's language; `auto` is the browser's. */
  lang: ['auto', 'en', 'de'],
} as const;

type Choices = typeof CHOICES;

/** The name of a setting. */
export type Setting = keyof Choices;

/** The values that a setting can have, its default first. */
export type SettingValue<Name extends Setting> = Choices[Name][number];

/** What visitors choose once and for all, and not with each link. */
const REMEMBERED: ReadonlySet<Setting> = new Set(['model', 'threads', 'lang']);

const listeners: (() => void)[] = [];

/** Calls `listener` whenever a setting may have changed, by `set` or by the visitor editing the address. */
export function onSettings(listener: () => void): void {
  listeners.push(listener);
}

addEventListener('hashchange', tell);

/** What the address says, or else what this browser remembers, or else the default. */
export function get<Name extends Setting>(name: Name): SettingValue<Name> {
  const values: readonly SettingValue<Name>[] = CHOICES[name];
  const asked = readHash().get(name) ?? recall(name);
  return values.find((value) => value === asked) ?? defaultOf(name);
}

/** Takes a value that comes from a control of the page; one that the setting can't have is ignored. */
export function set(name: Setting, value: string): void {
  if (!CHOICES[name].some((known) => known === value)) return;
  remember(name, value);
  const hash = readHash();
  // What is remembered differently must be overridden in the address.
  if (value === defaultOf(name) && (recall(name) ?? value) === value) hash.delete(name);
  else hash.set(name, value);
  const { pathname, search } = location;
  const written = hash.size > 0 ? `#${hash}` : '';
  history.replaceState(history.state, '', `${pathname}${search}${written}`);
  tell();
}

function defaultOf<Name extends Setting>(name: Name): SettingValue<Name> {
  return CHOICES[name][0];
}

function readHash(): URLSearchParams {
  return new URLSearchParams(location.hash.slice(1));
}

function tell(): void {
  for (const listener of listeners) listener();
}

/** Storage may be forbidden or full; then the choice lasts as long as the address. */
function remember(name: Setting, value: string): void {
  if (!REMEMBERED.has(name)) return;
  try {
    localStorage.setItem(`likeness-${name}`, value);
  } catch {
    // Nothing is lost but the memory.
  }
}

function recall(name: Setting): string | null {
  if (!REMEMBERED.has(name)) return null;
  try {
    return localStorage.getItem(`likeness-${name}`);
  } catch {
    return null;
  }
}
