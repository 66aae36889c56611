/**
 * Whether a path matches a glob: `**` (any folders), `*`, `?`, `{a,b}`. Written by hand because Node 20 has none, and so that no
 * pattern can make it slow.
 * @param file with forward slashes
 */
export function matchesGlob(file: string, glob: string): boolean {
  return expandBraces(glob.replace(/^\.\//, '')).some((pattern) =>
    matchesSegments(file.split('/'), pattern.split('/')),
  );
}

export function matchesAny(file: string, globs: readonly string[]): boolean {
  return globs.some((glob) => matchesGlob(file, glob));
}

function matchesSegments(file: readonly string[], pattern: readonly string[]): boolean {
  // A `**` at the end stands for what is below a folder, never for the folder itself.
  const parts = pattern.at(-1) === '**' ? [...pattern, '*'] : pattern;
  // reached[i]: the first i segments of the file match the pattern so far.
  let reached = file.map(() => false).concat(false);
  reached[0] = true;
  for (const part of parts) {
    const next = reached.map(() => false);
    for (const [index, isReached] of reached.entries()) {
      if (part === '**') {
        if (isReached || next[index - 1] === true) next[index] = true;
      } else if (isReached && index < file.length && matchesWords(file[index] ?? '', part))
        next[index + 1] = true;
    }
    reached = next;
  }
  return reached.at(-1) === true;
}

/** `*` and `?` in one segment, with a single point to go back to: linear but for the length of the pattern. */
function matchesWords(text: string, pattern: string): boolean {
  let at = 0;
  let from = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    const wanted = pattern[from];
    if (wanted === '*') {
      star = from++;
      resume = at;
    } else if (wanted !== undefined && (wanted === '?' || wanted === text[at])) {
      from++;
      at++;
    } else if (star >= 0) {
      from = star + 1;
      at = ++resume;
    } else return false;
  }
  while (pattern[from] === '*') from++;
  return from === pattern.length;
}

/** `a.{ts,tsx}` → `a.ts`, `a.tsx`; at most 256 patterns, more are a mistake. */
function expandBraces(glob: string): string[] {
  let patterns = [glob];
  for (let round = 0; round < 8; round++) {
    const next = patterns.flatMap((pattern) => {
      const found = /^([^{]*)\{([^{}]*)\}(.*)$/s.exec(pattern);
      if (!found) return [pattern];
      const [, before = '', inside = '', after = ''] = found;
      return inside.split(',').map((choice) => before + choice + after);
    });
    if (next.length > 256 || next.length === patterns.length) return next.slice(0, 256);
    patterns = next;
  }
  return patterns;
}
