import { isDeepStrictEqual } from 'node:util';
import { isAlias, isCollection, isMap, isNode, isScalar, type ParsedNode, visit, type YAMLMap } from 'yaml';
import type { BacklogError } from '../platform/errors.ts';
import { checkKey, type FieldValue, inline, normal, type Splice, spliced } from './edit-front-matter-text.ts';
import { parseYaml, readFields, valuesOf } from './front-matter.ts';
import { countLines, type FrontMatterBlock, frontMatterBlock } from './front-matter-block.ts';
import { ticketProblem } from './problem.ts';

type MapNode = YAMLMap.Parsed<ParsedNode, ParsedNode | null>;

/**
 * Sets keys of the front matter and leaves every other byte of the text as it is: comments, order, quoting, line ends, byte
 * order mark. The value is spliced at its place; the result is parsed again and must differ in exactly these keys. A new key
 * goes to the end. Setting a key to the value that it has changes nothing.
 * @param file for messages
 * @throws BacklogError `ticket-edit-key` (exit 2), `ticket-edit-unsafe` (exit 3), and what reading the file throws
 */
export function editFrontMatter(
  text: string,
  edits: Readonly<Record<string, FieldValue>>,
  file = 'ticket',
): string {
  for (const key of Object.keys(edits)) checkKey(key);
  const block = frontMatterBlock(text, file);
  const document = parseYaml(block.yaml, file);
  const before = readFields(text, block, file);
  const contents: unknown = document.contents;
  const map = isMap(contents) ? document.contents : null;
  if (map !== null && (!isMap(map) || map.flow)) throw unsafe(file, 2, 'it is written in braces');
  const splices: Splice[] = [];
  const added: string[] = [];
  for (const [key, value] of Object.entries(edits)) {
    if (Object.hasOwn(before, key) && isDeepStrictEqual(before[key], value)) continue;
    const pair = map?.items.find((one) => isScalar(one.key) && one.key.value === key);
    if (!pair) added.push(`${key}: ${inline(value)}`);
    else splices.push(replacement(pair, value, { block, file, key }));
  }
  if (added.length > 0) {
    const indent = map === null ? '' : indentOf(block, map);
    const lines = added.map((line) => `${indent}${line}${block.eol}`).join('');
    splices.push({ start: block.yaml.length, end: block.yaml.length, text: lines });
  }
  if (splices.length === 0) return text;
  const yaml = spliced(block.yaml, splices);
  const after = `${text.slice(0, block.start)}${yaml}${text.slice(block.fence)}`;
  verify({ before, after, edits, file });
  return after;
}

interface Place {
  readonly block: FrontMatterBlock;
  readonly file: string;
  readonly key: string;
}

function replacement(
  pair: { readonly key: ParsedNode; readonly value: ParsedNode | null },
  value: FieldValue,
  place: Place,
): Splice {
  const { block, file, key } = place;
  const { yaml } = block;
  const keyEnd = pair.key.range[1];
  const line = countLines(yaml.slice(0, keyEnd)) + 1;
  if (shares(pair.key) || (pair.value !== null && shares(pair.value)))
    throw unsafe(file, line, `\`${key}\` has an anchor or an alias`);
  const colon = yaml.indexOf(':', keyEnd) + 1;
  const old = pair.value;
  const empty = old === null || old.range[0] === old.range[1];
  if (empty) return { start: colon, end: colon, text: ` ${inline(value)}` };
  const end = contentEnd(old, yaml);
  if (Array.isArray(value) && value.length > 0 && isCollection(old) && !old.flow) {
    const start = old.range[0];
    const lineStart = yaml.lastIndexOf('\n', start - 1) + 1;
    const indent = yaml.slice(lineStart, start);
    return {
      start,
      end,
      text: value.map((one) => `- ${inline(one)}`).join(`${block.eol}${/^ *$/.test(indent) ? indent : '  '}`),
    };
  }
  const oneLine = !yaml.slice(colon, end).includes('\n');
  if (!oneLine) return { start: colon, end, text: ` ${inline(value)}` };
  const style = isScalar(old) && typeof value === 'string' ? old.type : undefined;
  return { start: old.range[0], end, text: inline(value, style) };
}

/** Where the value's own text ends; what the library counts to a block (line ends, comments below it) stays. */
function contentEnd(node: ParsedNode, yaml: string): number {
  let end = node.range[1];
  if (isCollection(node) && !node.flow) {
    const last: unknown = node.items.at(-1);
    const inner = isNode(last) ? last : lastOfPair(last);
    const inside = isNode(inner) && inner.range ? contentEnd(parsed(inner, node), yaml) : end;
    end = Math.max(inside, node.range[0]);
  }
  while (end > node.range[0] && /[ \t\r\n]/.test(yaml.charAt(end - 1))) end -= 1;
  return end;
}

function lastOfPair(pair: unknown): unknown {
  if (typeof pair !== 'object' || pair === null) return undefined;
  const value = 'value' in pair ? pair.value : undefined;
  return value ?? ('key' in pair ? pair.key : undefined);
}

function parsed(node: unknown, fallback: ParsedNode): ParsedNode {
  return isParsed(node) ? node : fallback;
}

function isParsed(node: unknown): node is ParsedNode {
  return isNode(node) && Array.isArray(node.range);
}

function shares(node: ParsedNode): boolean {
  let found = false;
  visit(node, {
    Node: (_key, one) => {
      if (!isAlias(one) && one.anchor === undefined) return undefined;
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

function indentOf(block: FrontMatterBlock, map: MapNode): string {
  const start = map.items[0]?.key.range[0] ?? 0;
  const indent = block.yaml.slice(block.yaml.lastIndexOf('\n', start - 1) + 1, start);
  return /^ *$/.test(indent) ? indent : '';
}

function verify(edit: {
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: string;
  readonly edits: Readonly<Record<string, FieldValue>>;
  readonly file: string;
}): void {
  const block = frontMatterBlock(edit.after, edit.file);
  valuesOf(parseYaml(block.yaml, edit.file), edit.file);
  const now = readFields(edit.after, block, edit.file);
  const wanted = { ...edit.before, ...edit.edits };
  const same =
    isDeepStrictEqual(normal(now), normal(wanted)) &&
    isDeepStrictEqual(Object.keys(now), Object.keys(wanted));
  if (!same) throw unsafe(edit.file, 2, 'the edit would change other keys, or not give this value');
}

function unsafe(file: string, line: number, why: string): BacklogError {
  return ticketProblem(file, {
    code: 'ticket-edit-unsafe',
    line,
    message: `the front matter cannot be edited safely: ${why}; nothing was changed`,
    fix: `edit ${file}:${line} by hand`,
  });
}
