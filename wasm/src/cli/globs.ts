/**
 * Says of a path, with slashes, whether it matches one of some patterns. In these `*` stands for any text
 * without a slash, `?` for one character but a slash, `**` for any text; everything else stands for itself. A
 * pattern without a slash is held against the last name of a path, one with a slash against the whole path.
 */
export function matcherOf(patterns: readonly string[]): (path: string) => boolean {
  const expressions = patterns.map((pattern) => {
    // A slash at the end is how folders are written; one at the start binds a name to the top.
    const trimmed = pattern.replace(/\/$/, '');
    return new RegExp(`${trimmed.includes('/') ? '^' : '(?:^|/)'}${sourceOf(trimmed)}$`, 'su');
  });
  return (path) => expressions.some((expression) => expression.test(path));
}

function sourceOf(pattern: string): string {
  return pattern.replace(/^\//, '').replaceAll(/\*\*\/|\*\*|\*|\?|[^*?]/gsu, (part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    return part === '?' ? '[^/]' : part.replace(/[\\^$.+()[\]{}|/]/u, '\\$&');
  });
}
