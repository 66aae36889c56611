import { isTagValue } from './tags.ts';

/** What the first line of a subagent's prompt says; empty strings are values that it leaves out. */
export interface Marker {
  readonly ticket_id: string;
  readonly gate: string;
  readonly agent_type: string;
}

const names: Readonly<Record<string, keyof Marker>> = {
  ticket: 'ticket_id',
  gate: 'gate',
  agent: 'agent_type',
};

/**
 * Reads `[backlog ticket=FEAT-001 gate=implement agent=backend]`. It counts only as the first line of the text; a marker
 * further down is a quotation. Unknown names are left for later versions.
 */
export function findMarker(prompt: string): Marker | undefined {
  const end = prompt.indexOf('\n');
  const line = (end < 0 ? prompt : prompt.slice(0, end)).trimEnd();
  if (line.length > 600 || !line.startsWith('[backlog ') || !line.endsWith(']')) return undefined;
  const marker = { ticket_id: '', gate: '', agent_type: '' };
  for (const word of line.slice('[backlog '.length, -1).split(' ')) {
    if (word === '') continue;
    const equals = word.indexOf('=');
    if (equals < 1) return undefined;
    const field = names[word.slice(0, equals)];
    const value = word.slice(equals + 1);
    if (!isTagValue(value)) return undefined;
    if (field !== undefined) marker[field] = value;
  }
  return marker.ticket_id === '' && marker.gate === '' ? undefined : marker;
}
