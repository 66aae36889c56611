import { BacklogError, ExitCode } from '../platform/errors.ts';
import { simpleScalar } from './front-matter-fast.ts';

/** What a front matter value can be set to. */
export type FieldValue =
  | string
  | number
  | boolean
  | null
  | readonly FieldValue[]
  | { readonly [key: string]: FieldValue };

export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The value on one line: plain where it is safe, else quoted. */
export function inline(value: FieldValue, style?: string): string {
  if (typeof value === 'string') return scalar(value, style);
  if (value === null || typeof value !== 'object') return String(value);
  if (!Array.isArray(value)) return JSON.stringify(value);
  return `[${value.map((one: FieldValue) => flowItem(one)).join(', ')}]`;
}

function flowItem(value: FieldValue): string {
  if (typeof value !== 'string') return inline(value);
  return /[,[\]{}]/.test(value) ? forced(value) : scalar(value);
}

function scalar(value: string, style?: string): string {
  if (style === 'QUOTE_DOUBLE') return JSON.stringify(value);
  if (style !== 'QUOTE_SINGLE' && value === value.trim() && simpleScalar(value) === value && !ODD.test(value))
    return value;
  return forced(value);
}

function forced(value: string): string {
  return ODD.test(value) ? JSON.stringify(value) : `'${value.replaceAll("'", "''")}'`;
}

/** What a single-quoted scalar on one line cannot hold. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const ODD = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]/;

export function spliced(yaml: string, splices: readonly Splice[]): string {
  let text = yaml;
  for (const { start, end, text: put } of [...splices].sort((a, b) => b.start - a.start))
    text = text.slice(0, start) + put + text.slice(end);
  return text;
}

/** Without prototypes, which make equal values differ. */
export function normal(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

export function checkKey(key: string): void {
  if (/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/.test(key) && key !== '__proto__') return;
  throw new BacklogError({
    code: 'ticket-edit-key',
    message: `\`${key}\` cannot be a key of the front matter`,
    fix: 'use letters, digits, `_` and `-`, beginning with a letter',
    exitCode: ExitCode.Usage,
  });
}
