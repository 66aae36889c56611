import { usageError } from '../platform/errors.ts';
import type { FieldValue } from '../tickets/edit-front-matter-text.ts';
import { simpleScalar } from '../tickets/front-matter-fast.ts';
import { ticketPriorities, ticketStatuses } from '../tickets/ticket.ts';
import { checkTitle } from '../tickets/title.ts';
import { noSuchWord } from './invocation.ts';

/** Fields that have a door of their own. */
const closed: ReadonlyMap<string, string> = new Map([
  ['id', 'an id never changes'],
  ['completed', 'it is written by `backlog ticket complete`'],
  ['commit', 'it is written by `backlog ticket complete`'],
  ['__proto__', 'it is no name for a field'],
]);

/**
 * `--set key=value` pairs; values are YAML (core schema), so `[a, b]` is a list and `no` is a string.
 * @throws BacklogError `usage` (exit 2)
 */
export async function fieldsFrom(pairs: readonly string[]): Promise<Record<string, FieldValue>> {
  const fields: Record<string, FieldValue> = {};
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const key = pair.slice(0, equals).trim();
    if (equals < 1 || !/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/.test(key))
      throw usageError(`"${pair.slice(0, 60)}" is no key=value`, 'pass --set priority=high');
    const reason = closed.get(key);
    if (reason !== undefined) throw usageError(`${key} cannot be set: ${reason}`, 'leave it out');
    const value = asField(key, await fieldValue(pair.slice(equals + 1)));
    checkWord(key, value);
    if (key === 'title') checkTitle(value);
    fields[key] = value;
  }
  return fields;
}

/** A word, a number or a name is what simple front matter has; only the rest needs the YAML library. */
async function fieldValue(raw: string): Promise<unknown> {
  if (raw === '') return '';
  const simple = /^[A-Za-z0-9_](?:[A-Za-z0-9_./@ -]*[A-Za-z0-9_])?$/.test(raw)
    ? simpleScalar(raw)
    : undefined;
  return simple === undefined ? (await import('./yaml-value.ts')).yamlValue(raw) : simple;
}

function asField(key: string, value: unknown): FieldValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (Array.isArray(value)) return value.map((item) => asField(key, item));
  throw usageError(`${key} cannot be set to that`, 'pass a word, a number or a list such as [a, b]');
}

const openOrSplit = ticketStatuses.filter((status) => status !== 'completed');

function checkWord(key: string, value: FieldValue | undefined): void {
  const allowed: readonly string[] | undefined =
    key === 'status' ? openOrSplit : key === 'priority' ? ticketPriorities : undefined;
  if (allowed === undefined || allowed.includes(String(value))) return;
  if (key === 'status' && value === 'completed')
    throw usageError('a ticket is not completed by setting its status', 'backlog ticket complete <id>');
  throw noSuchWord(key, String(value), allowed);
}
