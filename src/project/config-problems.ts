import type * as z from 'zod';
import { nearest } from '../platform/suggest.ts';
import type { ConfigProblem } from './config-problem.ts';
import type { JsonDocument, JsonPath } from './json-positions.ts';
import { type AnySchema, keysAt } from './schema-walk.ts';

/** Names that an earlier version of these tools wrote into configurations. */
const oldNames: Readonly<Record<string, string>> = { 'llmOps.registry.path': 'source' };

/** What the schema says against the document, each with its line, ordered as they stand in the file. */
export function schemaProblems(
  issues: readonly z.core.$ZodIssue[],
  document: JsonDocument,
  schema: AnySchema,
): ConfigProblem[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => unknownKey(key, issue.path, document, schema));
    if (issue.code === 'invalid_key') {
      const key = String(issue.path.at(-1));
      const line = document.lineOfKey(issue.path.slice(0, -1), key);
      const why = issue.issues[0]?.message ?? 'is no valid name';
      return [problem(issue.path, line, why, 'rename this key')];
    }
    return [
      problem(
        issue.path,
        document.lineOf(issue.path),
        ...describe(issue, valueAt(document.value, issue.path)),
      ),
    ];
  });
}

/** A problem from its parts; `message` continues the path: "is empty", "must be a number". */
export function problem(path: JsonPath, line: number, message: string, fix: string): ConfigProblem {
  const name = formatPath(path);
  return { path: name, line, message: `${name} ${message}`, fix };
}

/** `a.b[0].c`; a key with other characters than letters, digits, `-` and `_` in quotes; long keys cut. */
function formatPath(path: JsonPath): string {
  const text = path
    .map((step) => {
      if (typeof step === 'number') return `[${step}]`;
      const key = String(step);
      return /^[\w$-]{1,60}$/.test(key) ? `.${key}` : `[${short(key)}]`;
    })
    .join('');
  return text === '' ? '(document)' : text.replace(/^\./, '');
}

function unknownKey(key: string, path: JsonPath, document: JsonDocument, schema: AnySchema): ConfigProblem {
  const full = [...path, key];
  const suggestion = oldNames[formatPath(full)] ?? nearest(key, keysAt(schema, path));
  const line = document.lineOfKey(path, key);
  return suggestion === undefined
    ? problem(full, line, 'is no known key', 'take it out; docs/config.md lists the keys')
    : problem(full, line, `is no known key; did you mean ${suggestion}?`, `rename it to ${suggestion}`);
}

function describe(issue: z.core.$ZodIssue, value: unknown): [message: string, fix: string] {
  switch (issue.code) {
    case 'invalid_type':
      if (value === undefined) return ['is missing', `add it, with ${article(issue.expected)}`];
      return [
        `must be ${article(issue.expected)}, is ${kindOf(value)}`,
        `give it ${article(issue.expected)}`,
      ];
    case 'invalid_value': {
      const allowed = issue.values.map((item) => JSON.stringify(item)).join(', ');
      if (value === undefined)
        return [`is missing; it is one of ${allowed}`, `add it, with one of ${allowed}`];
      const meant = typeof value === 'string' ? nearest(value, issue.values.map(String)) : undefined;
      return [
        `must be one of ${allowed}, is ${short(value)}`,
        meant === undefined ? `set it to one of ${allowed}` : `set it to "${meant}"`,
      ];
    }
    case 'too_small': {
      const least = `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`;
      if (issue.origin === 'array')
        return [`must have ${least} item${issue.minimum === 1 ? '' : 's'}`, 'add to it'];
      return [`must be ${least}, is ${short(value)}`, `set it to ${least}`];
    }
    case 'too_big':
      return [`must be at most ${issue.maximum}, is ${short(value)}`, `set it to at most ${issue.maximum}`];
    default:
      return [issue.message, 'correct it'];
  }
}

function valueAt(root: unknown, path: JsonPath): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = Object.getOwnPropertyDescriptor(value, step)?.value;
  }
  return value;
}

const articles: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list [ … ]',
  object: 'an object { … }',
  record: 'an object { … }',
};

function article(expected: string): string {
  return articles[expected] ?? expected;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return short(value);
}

/** The value as JSON, cut: a hostile file must not fill the screen. */
function short(value: unknown): string {
  if (typeof value === 'object' && value !== null) return kindOf(value);
  const text = typeof value === 'string' && value.length > 60 ? `${value.slice(0, 60)}…` : value;
  return JSON.stringify(text) ?? 'undefined';
}
