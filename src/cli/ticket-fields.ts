import { isMap, parseDocument } from 'yaml';
import { usageError } from '../platform/errors.ts';
import type { FieldValue } from '../tickets/file.ts';
import { ticketPriorities, ticketStatuses } from '../tickets/ticket.ts';

/** Fields that have a door of their own. */
const closed: Readonly<Record<string, string>> = {
  id: 'an id never changes',
  completed: 'it is written by `backlog ticket complete`',
  commit: 'it is written by `backlog ticket complete`',
};

/**
 * `--set key=value` pairs; values are YAML (core schema), so `[a, b]` is a list and `no` is a string.
 * @throws BacklogError `usage` (exit 2)
 */
export function fieldsFrom(pairs: readonly string[]): Record<string, FieldValue> {
  const fields: Record<string, FieldValue> = {};
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const key = pair.slice(0, equals).trim();
    if (equals < 1 || !/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/.test(key))
      throw usageError(`"${pair.slice(0, 60)}" is no key=value`, 'pass --set priority=high');
    if (Object.hasOwn(closed, key)) throw usageError(`${key} cannot be set: ${closed[key]}`, 'leave it out');
    const raw = pair.slice(equals + 1);
    fields[key] = asField(key, yamlValue(raw));
    checkWord(key, fields[key]);
  }
  return fields;
}

function yamlValue(raw: string): unknown {
  if (raw === '') return '';
  const document = parseDocument(raw, { version: '1.2', schema: 'core' });
  // What is no YAML, such as `a: b: c`, and what would be a map, is meant as it stands.
  if (document.errors.length > 0 || isMap(document.contents)) return raw;
  return document.toJS({ maxAliasCount: 0 });
}

function asField(key: string, value: unknown): FieldValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (Array.isArray(value)) return value.map((item) => asField(key, item));
  throw usageError(`${key} cannot be set to that`, 'pass a word, a number or a list such as [a, b]');
}

function checkWord(key: string, value: FieldValue | undefined): void {
  const words: Readonly<Record<string, readonly string[]>> = {
    status: ticketStatuses.filter((status) => status !== 'completed'),
    priority: ticketPriorities,
  };
  const allowed = words[key];
  if (allowed === undefined || allowed.includes(String(value))) return;
  if (key === 'status' && value === 'completed')
    throw usageError('a ticket is not completed by setting its status', 'backlog ticket complete <id>');
  throw usageError(
    `${key} is "${String(value)}", not one of ${allowed.join(', ')}`,
    `pass one of: ${allowed.join(', ')}`,
  );
}
