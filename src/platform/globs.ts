/**
 * Whether a path matches a glob: `**` (any folders), `*`, `?`, `{a,b}`. Written by hand because Node 20 has none, and so that no
 * pattern can make it slow.
 * @param file with forward slashes
 */
export function matchesGlob(file: string, glob: string): boolean {
  return matchesAny(file, [glob]);
}

export function matchesAny(file: string, globs: readonly string[]): boolean {
  const segments = file.split('/');
  return globs.some((glob) => patternsOf(glob).some((parts) => matchesSegments(segments, parts)));
}

/** Those that were met before: a configuration has few, each asked of every file. */
const known = new Map<string, readonly (readonly string[])[]>();
const MOST_KNOWN = 1000;

/** The patterns that a glob stands for, in segments. */
function patternsOf(glob: string): readonly (readonly string[])[] {
  const found = known.get(glob);
  if (found !== undefined) return found;
  const patterns = expandBraces(glob.replace(/^\.\//, '')).map((pattern) => {
    const parts = pattern.split('/');
    // A `**` at the end stands for what is below a folder, never for the folder itself.
    return parts.at(-1) === '**' ? [...parts, '*'] : parts;
  });
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(glob, patterns);
  return patterns;
}

function matchesSegments(file: readonly string[], parts: readonly string[]): boolean {
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
