import { isDeepStrictEqual } from 'node:util';
import { checkKey, type FieldValue, inline, normal, type Splice, spliced } from './edit-front-matter-text.ts';
import { frontMatterBlock } from './front-matter-block.ts';
import { readSimpleFields } from './front-matter-fast.ts';

/**
 * Sets keys of simple front matter without a YAML library; gives exactly what `editFrontMatter` gives, which a test compares. For
 * everything that it does not understand fully it answers `undefined`.
 * @throws BacklogError `ticket-edit-key` (exit 2), and what reading the file throws
 */
export function editSimpleFrontMatter(
  text: string,
  edits: Readonly<Record<string, FieldValue>>,
  file = 'ticket',
): string | undefined {
  for (const key of Object.keys(edits)) checkKey(key);
  const block = frontMatterBlock(text, file);
  const before = readSimpleFields(block.yaml);
  if (before === undefined) return undefined;
  const splices: Splice[] = [];
  let added = '';
  for (const [key, value] of Object.entries(edits)) {
    if (!Object.hasOwn(before, key)) {
      added += `${key}: ${inline(value)}${block.eol}`;
      continue;
    }
    if (isDeepStrictEqual(before[key], value)) continue;
    const splice = replacement(block.yaml, key, { old: before[key], value });
    if (splice === undefined) return undefined;
    splices.push(splice);
  }
  if (added !== '') splices.push({ start: block.yaml.length, end: block.yaml.length, text: added });
  if (splices.length === 0) return text;
  const after = text.slice(0, block.start) + spliced(block.yaml, splices) + text.slice(block.fence);
  const now = readSimpleFields(frontMatterBlock(after, file).yaml);
  const wanted = { ...before, ...edits };
  const same =
    now !== undefined &&
    isDeepStrictEqual(normal(now), normal(wanted)) &&
    isDeepStrictEqual(Object.keys(now), Object.keys(wanted));
  return same ? after : undefined;
}

/** Of a value on the line of its key, or of none at all; a list below its key is left to the library. */
function replacement(
  yaml: string,
  key: string,
  { old, value }: { readonly old: unknown; readonly value: FieldValue },
): Splice | undefined {
  // Simple front matter has its keys at the beginnings of lines, and nothing else there.
  const found = yaml.indexOf(`\n${key}:`);
  if (found < 0) return undefined;
  const colon = found + key.length + 2;
  const [line = ''] = yaml.slice(colon).split('\n', 1);
  const content = line.trim();
  if (content === '')
    return old === null ? { start: colon, end: colon, text: ` ${inline(value)}` } : undefined;
  const start = colon + line.indexOf(content);
  const style = typeof value === 'string' ? styles.get(content.charAt(0)) : undefined;
  return { start, end: start + content.length, text: inline(value, style) };
}

/** The library's names of how a scalar is written. */
const styles: ReadonlyMap<string, string> = new Map([
  ["'", 'QUOTE_SINGLE'],
  ['"', 'QUOTE_DOUBLE'],
]);
