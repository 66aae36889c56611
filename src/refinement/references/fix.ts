import type { ReferenceFinding } from './index.ts';

/**
 * A ticket's text with the new paths of what was moved: only the named lines change, and in them only the path, as a whole
 * name. Every other byte stays.
 */
export function withMoved(text: string, findings: readonly ReferenceFinding[]): string {
  const lines = text.split('\n');
  for (const { kind, from, to, line } of findings) {
    const now = lines[line - 1];
    if (kind !== 'moved' || to === undefined || now === undefined) continue;
    lines[line - 1] = replacedPath(now, from, to);
  }
  return lines.join('\n');
}

/** What was moved, by the ticket that names it. */
export function movedByFile(findings: readonly ReferenceFinding[]): Map<string, ReferenceFinding[]> {
  const found = new Map<string, ReferenceFinding[]>();
  for (const one of findings) {
    if (one.kind !== 'moved') continue;
    const list = found.get(one.file);
    if (list === undefined) found.set(one.file, [one]);
    else list.push(one);
  }
  return found;
}

function replacedPath(line: string, from: string, to: string): string {
  let result = '';
  let rest = 0;
  for (let at = line.indexOf(from); at >= 0; at = line.indexOf(from, at + from.length)) {
    const before = line.charAt(at - 1);
    const after = line.slice(at + from.length, at + from.length + 2);
    const isDotSlash = line.slice(Math.max(0, at - 2), at) === './' && !/[\w./-]/.test(line.charAt(at - 3));
    if ((/[\w./@+-]/.test(before) && !isDotSlash) || /^(?:[\w/@+-]|\.\w)/.test(after)) continue;
    result += line.slice(rest, at) + to;
    rest = at + from.length;
  }
  return result + line.slice(rest);
}
