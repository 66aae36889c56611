/**
 * The text of an ignore file with these patterns added at its end, each once; what is there stays byte for byte, and new
 * lines end as the old ones do.
 * @returns the text unchanged when every pattern is there already
 */
export function withIgnored(text: string, patterns: readonly string[], comment: string): string {
  const there = new Set(text.split(/\r?\n/).map(plain));
  const missing = patterns.filter((pattern) => !there.has(plain(pattern)));
  if (missing.length === 0) return text;
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const gap = text === '' || text.endsWith('\n') ? '' : end;
  return `${text}${gap}${[`# ${comment}`, ...missing].join(end)}${end}`;
}

/** A path as a pattern that matches only it, from the ignore file's own folder (gitignore(5)). */
export function anchoredPattern(relative: string, kind: 'file' | 'folder'): string {
  const escaped = relative.replaceAll(/[\\*?[\]#! ]/g, (character) => `\\${character}`);
  return `/${escaped}${kind === 'folder' ? '/' : ''}`;
}

/** `.backlog-ops`, `/.backlog-ops`, `.backlog-ops/` say the same about a folder in the project's root. */
function plain(pattern: string): string {
  return pattern.trim().replace(/^\//, '').replace(/\/$/, '');
}
