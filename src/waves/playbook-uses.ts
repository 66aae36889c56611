import path from 'node:path';
import { appendLine, readTextIfExists } from '../platform/files.ts';

/** A line of `.backlog-ops/playbook-uses.jsonl`: bullets that were given to a ticket's agent, or what became of them. */
interface UseLine {
  readonly v: 1;
  readonly what: 'given' | 'reflected';
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly ticket_id: string;
  readonly session_id: string | null;
  readonly bullets: readonly string[];
}

export type NewUse = Omit<UseLine, 'v'>;

const fileIn = (opsDir: string): string => path.join(opsDir, 'playbook-uses.jsonl');

export function appendUse(opsDir: string, use: NewUse): void {
  appendLine(fileIn(opsDir), JSON.stringify({ v: 1, ...use }));
}

/** The bullets of which nothing was learnt yet, each once, by the ticket that was given them. A torn line counts for nothing. */
export function openUses(opsDir: string): ReadonlyMap<string, readonly string[]> {
  const open = new Map<string, Set<string>>();
  for (const row of (readTextIfExists(fileIn(opsDir)) ?? '').split('\n')) {
    const line = readUse(row);
    if (line === undefined) continue;
    const own = open.get(line.ticket_id) ?? new Set();
    open.set(line.ticket_id, own);
    for (const id of line.bullets) {
      if (line.what === 'given') own.add(id);
      else own.delete(id);
    }
  }
  return new Map([...open].filter(([, own]) => own.size > 0).map(([id, own]) => [id, [...own]]));
}

function readUse(row: string): Pick<UseLine, 'what' | 'ticket_id' | 'bullets'> | undefined {
  try {
    const { what, ticket_id, bullets } = Object(JSON.parse(row));
    const whole =
      (what === 'given' || what === 'reflected') && typeof ticket_id === 'string' && Array.isArray(bullets);
    return whole
      ? { what, ticket_id, bullets: bullets.filter((id: unknown) => typeof id === 'string') }
      : undefined;
  } catch {
    return undefined;
  }
}
