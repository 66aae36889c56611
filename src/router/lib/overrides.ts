import { usageError } from '../../platform/errors.ts';
import { nearest } from '../../platform/suggest.ts';
import type { RequestOverrides } from './policy.ts';

export interface CallOptions extends RequestOverrides {
  /** JSON Schema that the answer must match; an answer that does not is a contract violation, and is not asked for again. */
  readonly schema?: unknown;
  /** Ends the call: the request, or the program with its process group. */
  readonly signal?: AbortSignal | undefined;
  /** Without it a UUID. */
  readonly requestId?: string | undefined;
  /** A folder; traces go below its `.backlog-ops/`. */
  readonly workspace?: string | undefined;
  /** The caller's own name for what this call belongs to; it stands in events and traces. */
  readonly workPackageId?: string | undefined;
  /** `ticket:FEAT-001` and its like; they are sent to LiteLLM and to this machine only. */
  readonly tags?: readonly string[] | undefined;
}

type Check = (value: unknown) => boolean;
const text: Check = (value) => typeof value === 'string';
const number =
  (least: number, most = Number.POSITIVE_INFINITY): Check =>
  (value) =>
    typeof value === 'number' && value >= least && value <= most;

/** Each key with what it may be. */
const checks: Readonly<Record<string, readonly [check: Check, what: string]>> = {
  model: [text, 'a text'],
  temperature: [number(0, 2), 'a number from 0 to 2'],
  jsonMode: [(value) => typeof value === 'boolean', 'true or false'],
  maxTokens: [
    (value) => value === null || (Number.isInteger(value) && number(1)(value)),
    'a whole number from 1, or null',
  ],
  timeout: [number(Number.MIN_VALUE), 'a number of seconds above 0'],
  schema: [() => true, 'a JSON Schema'],
  signal: [(value) => value instanceof AbortSignal, 'an AbortSignal'],
  requestId: [(value) => text(value) && /^[\w.-]{1,128}$/.test(String(value)), 'letters, digits and . _ -'],
  workspace: [text, 'a folder'],
  workPackageId: [text, 'a text'],
  tags: [(value) => Array.isArray(value) && value.every(text), 'a list of texts'],
};

/**
 * The options of a call in this library's spelling; the configuration's (`json_mode`) is read too.
 * @throws BacklogError `llm-override-invalid` (exit 2)
 */
export function checkedOverrides(given: object): CallOptions {
  const values = Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]): [string, unknown] => [camel(key), value]);
  for (const [key, value] of values) {
    const known = Object.hasOwn(checks, key) ? checks[key] : undefined;
    if (known === undefined) throw unknownOverride(key);
    const [check, what] = known;
    if (!check(value))
      throw usageError(`the override ${key} is not ${what}`, `pass ${what}`, 'llm-override-invalid');
  }
  return Object.fromEntries(values);
}

function camel(key: string): string {
  return key.replaceAll(/_([a-z])/g, (_whole, letter: string) => letter.toUpperCase());
}

function unknownOverride(key: string): Error {
  const meant = nearest(key, Object.keys(checks));
  return usageError(
    `"${key}" is no override`,
    meant === undefined ? `use one of ${Object.keys(checks).join(', ')}` : `write ${meant}`,
    'llm-override-invalid',
  );
}
