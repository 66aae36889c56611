import { BacklogError, ExitCode } from '../platform/errors.ts';
import { amount, list, record, string } from './fields.ts';

/**
 * A part of JSON Schema 2020-12 that is checked in full; every other keyword is refused, never passed over: a schema that
 * is only half checked promises what nobody keeps. (zod's `fromJSONSchema` skips keywords beside `enum`, `$ref` and where
 * `type` is missing, so it is not used here.)
 */
const checked = new Set([
  ...['type', 'enum', 'const', 'allOf', 'anyOf', 'oneOf', 'not', '$ref'],
  ...['properties', 'required', 'additionalProperties', 'minProperties', 'maxProperties'],
  ...['items', 'minItems', 'maxItems', 'uniqueItems'],
  ...['minLength', 'maxLength', 'pattern'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
]);
/** Say something to people, forbid nothing. */
const annotations = new Set([
  ...['$schema', '$id', '$comment', '$defs', 'definitions', 'title', 'description'],
  ...['default', 'examples', 'deprecated', 'readOnly', 'writeOnly'],
]);
const types = ['null', 'boolean', 'object', 'array', 'number', 'string', 'integer'];
/** Of instance and references together; a schema that refers to itself without end stops here. */
const MAX_DEPTH = 200;

interface Mismatch {
  /** JSON pointer into the answer, `` for the whole of it. */
  readonly path: string;
  readonly message: string;
}

export interface JsonSchema {
  /** As written, to be shown to a model. */
  readonly source: unknown;
  /** What does not fit, at most the first 20; empty when all fits. */
  check(value: unknown): Mismatch[];
}

type Node = boolean | Readonly<Record<string, unknown>>;

/**
 * @param file for messages only
 * @throws BacklogError `llm-schema-unsupported` (exit 2) with the place of each keyword that cannot be checked
 */
export function compileSchema(source: unknown, file: string): JsonSchema {
  const root = nodeOf(source);
  const problems = root === undefined ? ['(the whole file): no schema object'] : problemsOf(root, '#', root);
  if (root === undefined || problems.length > 0)
    throw new BacklogError({
      code: 'llm-schema-unsupported',
      message: `${file} holds what cannot be checked: ${problems.slice(0, 10).join('; ')}`,
      fix: `use only ${[...checked].join(', ')} and references into $defs or definitions`,
      exitCode: ExitCode.Usage,
      file,
      details: { problems },
    });
  return {
    source,
    check: (value) => {
      const found: Mismatch[] = [];
      checkNode({ root, found }, root, value, '', 0);
      return found.slice(0, 20);
    },
  };
}

function nodeOf(value: unknown): Node | undefined {
  return typeof value === 'boolean' ? value : record(value);
}

/** Every subschema with the place where it stands. */
function* subschemas(node: Readonly<Record<string, unknown>>, at: string): Generator<[string, unknown]> {
  for (const key of ['properties', '$defs', 'definitions']) {
    for (const [name, child] of Object.entries(record(node[key]) ?? {}))
      yield [`${at}/${key}/${name}`, child];
  }
  for (const key of ['items', 'additionalProperties', 'not']) {
    if (node[key] !== undefined) yield [`${at}/${key}`, node[key]];
  }
  for (const key of ['allOf', 'anyOf', 'oneOf']) {
    for (const [index, child] of (list(node[key]) ?? []).entries()) yield [`${at}/${key}/${index}`, child];
  }
}

function problemsOf(node: Node, at: string, root: Node): string[] {
  if (typeof node === 'boolean') return [];
  const own = Object.entries(node).flatMap(([key, value]) => {
    if (annotations.has(key)) return [];
    if (!checked.has(key)) return [`${at}: "${key}" is not supported`];
    const wrong = wrongValue(key, value, root);
    return wrong === undefined ? [] : [`${at}: "${key}" ${wrong}`];
  });
  const below = [...subschemas(node, at)].flatMap(([place, child]) => {
    const next = nodeOf(child);
    return next === undefined ? [`${place}: not a schema`] : problemsOf(next, place, root);
  });
  return [...own, ...below];
}

/** What is wrong with a keyword's own value, or `undefined`. */
function wrongValue(key: string, value: unknown, root: Node): string | undefined {
  switch (key) {
    case 'type':
      return [value].flat().every((name) => types.some((type) => type === name))
        ? undefined
        : `is none of ${types.join(', ')}`;
    case 'pattern':
      return compiled(value) === undefined ? 'is no regular expression' : undefined;
    case '$ref':
      return typeof value === 'string' && resolve(value, root) !== undefined
        ? undefined
        : 'must point to # or into $defs or definitions of this file';
    case 'enum':
    case 'allOf':
    case 'anyOf':
    case 'oneOf':
      return (list(value)?.length ?? 0) > 0 ? undefined : 'must be a list that is not empty';
    case 'required':
      return list(value)?.every((name) => typeof name === 'string') ? undefined : 'must be a list of names';
    case 'properties':
      return record(value) ? undefined : 'must be an object';
    case 'uniqueItems':
      return typeof value === 'boolean' ? undefined : 'must be true or false';
    case 'multipleOf':
      return typeof value === 'number' && value > 0 ? undefined : 'must be a number above 0';
    case 'const':
    case 'items':
    case 'additionalProperties':
    case 'not':
      return undefined;
    default:
      return typeof value === 'number' ? undefined : 'must be a number';
  }
}

function resolve(reference: string, root: Node): Node | undefined {
  const match = /^#(?:\/(\$defs|definitions)\/([^/]+))?$/.exec(reference);
  if (match === null || typeof root === 'boolean') return undefined;
  const [, group, name] = match;
  if (group === undefined || name === undefined) return root;
  const key = decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~');
  return nodeOf(record(root[group])?.[key]);
}

/** With the `u` flag, as the specification recommends; `undefined` when it is no regular expression. */
function compiled(pattern: unknown): RegExp | undefined {
  try {
    return typeof pattern === 'string' ? new RegExp(pattern, 'u') : undefined;
  } catch {
    return undefined;
  }
}

interface Run {
  readonly root: Node;
  readonly found: Mismatch[];
}

function checkNode(run: Run, node: Node, value: unknown, path: string, depth: number): void {
  const say = (message: string) => run.found.push({ path, message });
  if (node === true) return;
  if (node === false) {
    say('is not allowed here');
    return;
  }
  if (depth > MAX_DEPTH) {
    say(`is nested deeper than ${MAX_DEPTH} levels, or the schema refers to itself without end`);
    return;
  }
  const fits = (schema: unknown) => {
    const found: Mismatch[] = [];
    checkNode({ root: run.root, found }, nodeOf(schema) ?? true, value, path, depth + 1);
    return found.length === 0;
  };
  if (node.type !== undefined && ![node.type].flat().some((type) => isOfType(value, type))) {
    say(`is ${kindOf(value)}, not ${[node.type].flat().join(' or ')}`);
    return;
  }
  const options = list(node.enum);
  if (options && !options.some((option) => same(option, value)))
    say(`is none of ${JSON.stringify(options).slice(0, 200)}`);
  if ('const' in node && !same(node.const, value)) say(`is not ${JSON.stringify(node.const).slice(0, 200)}`);
  const reference = string(node.$ref);
  if (reference !== undefined) checkNode(run, resolve(reference, run.root) ?? true, value, path, depth + 1);
  for (const schema of list(node.allOf) ?? []) checkNode(run, nodeOf(schema) ?? true, value, path, depth + 1);
  const any = list(node.anyOf);
  if (any && !any.some(fits)) say('fits none of the alternatives (anyOf)');
  const one = list(node.oneOf);
  if (one) {
    const count = one.filter(fits).length;
    if (count !== 1) say(`fits ${count} of the alternatives (oneOf), not exactly one`);
  }
  if (node.not !== undefined && fits(node.not)) say('fits what it must not (not)');
  if (typeof value === 'string') checkString(node, value, say);
  if (typeof value === 'number') checkNumber(node, value, say);
  const items = list(value);
  if (items) checkItems(run, node, items, path, depth);
  const object = record(value);
  if (object) checkObject(run, node, object, path, depth);
}

type Say = (message: string) => void;
type Keywords = Readonly<Record<string, unknown>>;

/** Lengths count code points, as the specification says, not UTF-16 units. */
function checkString(node: Keywords, value: string, say: Say): void {
  const length = [...value].length;
  bounds(node, 'Length', length, 'characters', say);
  if (typeof node.pattern === 'string' && !compiled(node.pattern)?.test(value))
    say(`does not match ${node.pattern}`);
}

function checkNumber(node: Keywords, value: number, say: Say): void {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = node;
  if (typeof minimum === 'number' && value < minimum) say(`is less than ${minimum}`);
  if (typeof maximum === 'number' && value > maximum) say(`is more than ${maximum}`);
  if (typeof exclusiveMinimum === 'number' && value <= exclusiveMinimum)
    say(`is not above ${exclusiveMinimum}`);
  if (typeof exclusiveMaximum === 'number' && value >= exclusiveMaximum)
    say(`is not below ${exclusiveMaximum}`);
  if (typeof multipleOf === 'number' && !isMultiple(value, multipleOf))
    say(`is no multiple of ${multipleOf}`);
}

/** 0.3 is a multiple of 0.1, whatever binary fractions say. */
function isMultiple(value: number, of: number): boolean {
  const times = value / of;
  return Number.isFinite(times) && Math.abs(times - Math.round(times)) <= 1e-9 * Math.max(1, Math.abs(times));
}

function checkItems(run: Run, node: Keywords, items: readonly unknown[], path: string, depth: number): void {
  const say: Say = (message) => run.found.push({ path, message });
  bounds(node, 'Items', items.length, 'items', say);
  if (node.uniqueItems === true && new Set(items.map(canonical)).size < items.length) say('has equal items');
  const schema = nodeOf(node.items);
  if (schema === undefined) return;
  for (const [index, item] of items.entries()) checkNode(run, schema, item, `${path}/${index}`, depth + 1);
}

function checkObject(run: Run, node: Keywords, object: Keywords, path: string, depth: number): void {
  const say: Say = (message) => run.found.push({ path, message });
  const names = Object.keys(object);
  bounds(node, 'Properties', names.length, 'properties', say);
  for (const name of list(node.required) ?? []) {
    if (typeof name === 'string' && !Object.hasOwn(object, name)) say(`lacks "${name}"`);
  }
  const known = record(node.properties) ?? {};
  const others = nodeOf(node.additionalProperties) ?? true;
  for (const name of names) {
    const schema = Object.hasOwn(known, name) ? (nodeOf(known[name]) ?? true) : others;
    checkNode(run, schema, object[name], `${path}/${escaped(name)}`, depth + 1);
  }
}

function bounds(node: Keywords, suffix: string, count: number, what: string, say: Say): void {
  const least = amount(node[`min${suffix}`]);
  const most = amount(node[`max${suffix}`]);
  if (least !== undefined && count < least) say(`has ${count} ${what}, fewer than ${least}`);
  if (most !== undefined && count > most) say(`has ${count} ${what}, more than ${most}`);
}

function isOfType(value: unknown, type: unknown): boolean {
  if (type === 'integer') return typeof value === 'number' && Number.isInteger(value);
  return kindOf(value) === type;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function same(left: unknown, right: unknown): boolean {
  return canonical(left) === canonical(right);
}

/** One text for equal JSON values: keys sorted. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    const object = record(part);
    return object === undefined
      ? part
      : Object.fromEntries(Object.entries(object).sort(([left], [right]) => (left < right ? -1 : 1)));
  });
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
