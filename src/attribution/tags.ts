import { usageError } from '../platform/errors.ts';
import type { Context } from './attribution.ts';

/** Tag names, in the order in which tags are written. */
const tagNames = [
  ['ticket', 'ticket_id'],
  ['gate', 'gate'],
  ['project', 'project'],
  ['agent', 'agent_type'],
  ['skill', 'skill'],
] as const;

/** `ticket:FEAT-001`, `gate:plan`, …; an empty value gives no tag, and so does one that cannot be a tag. */
export function tagsOf(context: Context | undefined): string[] {
  if (context === undefined) return [];
  return tagNames.flatMap(([tag, field]) =>
    context[field] !== '' && isTagValue(context[field]) ? [`${tag}:${context[field]}`] : [],
  );
}

/**
 * Printable ASCII, at most 128 characters, no comma (it separates tags), no leading `!` or `&` (LiteLLM reads them as
 * operators).
 */
export function isTagValue(value: string): boolean {
  return value.length <= 128 && /^[\x20-\x7e]*$/.test(value) && !value.includes(',') && !/^[!&]/.test(value);
}

/** @throws BacklogError `tag-value-invalid` (exit 2) */
export function assertTagValue(value: string, what: string): void {
  if (isTagValue(value)) return;
  throw usageError(
    `the ${what} ${JSON.stringify(value.slice(0, 60))} cannot be a tag`,
    'use printable ASCII, at most 128 characters, no comma, no leading "!" or "&"',
    'tag-value-invalid',
  );
}
