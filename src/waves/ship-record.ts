import { readdirSync } from 'node:fs';
import path from 'node:path';
import { isTicketId } from '../gates/claims.ts';
import { errnoOf } from '../platform/errors.ts';
import { readTextIfExists, writeFileAtomic } from '../platform/files.ts';
import type { ProjectPaths } from '../project/paths.ts';
import type { Listing } from '../tickets/backlog.ts';

/** A pull request that a ticket was offered as: `.backlog-ops/ships/<ticket>.json`. */
export interface ShipRecord {
  readonly v: 1;
  readonly ticket_id: string;
  readonly branch: string;
  /** The branch that is to take it. */
  readonly base: string;
  readonly remote: string;
  /** What was pushed last. */
  readonly commit: string;
  /** `null` between the push and the pull request. */
  readonly url: string | null;
  /** RFC 3339, UTC. */
  readonly at: string;
}

const folderOf = (opsDir: string): string => path.join(opsDir, 'ships');

/** Where what belongs to a ticket's pull request is kept; `extension` with its dot. */
export function shipFile(opsDir: string, ticketId: string, extension: string): string {
  return path.join(folderOf(opsDir), `${ticketId}${extension}`);
}

export function writeShip(opsDir: string, record: ShipRecord): void {
  writeFileAtomic(shipFile(opsDir, record.ticket_id, '.json'), `${JSON.stringify(record, null, 2)}\n`);
}

/** The record of a ticket; one that cannot be read counts as none, and is written anew by the next `ship`. */
export function readShip(opsDir: string, ticketId: string): ShipRecord | undefined {
  if (!isTicketId(ticketId)) return undefined;
  try {
    const value: unknown = JSON.parse(readTextIfExists(shipFile(opsDir, ticketId, '.json')) ?? 'null');
    return isShip(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Pull requests of tickets that are not completed yet. */
export function openShips(
  { opsDir }: Pick<ProjectPaths, 'opsDir'>,
  backlog: Pick<Listing, 'byId'>,
): ShipRecord[] {
  return readShips(opsDir).filter(
    ({ ticket_id, url }) => url !== null && backlog.byId(ticket_id)?.folder === 'pending',
  );
}

function readShips(opsDir: string): ShipRecord[] {
  let names: string[];
  try {
    names = readdirSync(folderOf(opsDir));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
  return names
    .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    .flatMap((name) => readShip(opsDir, path.basename(name, '.json')) ?? []);
}

function isShip(value: unknown): value is ShipRecord {
  const fields = Object(value);
  return (
    fields.v === 1 &&
    ['ticket_id', 'branch', 'base', 'remote', 'commit', 'at'].every(
      (key) => typeof fields[key] === 'string',
    ) &&
    (fields.url === null || typeof fields.url === 'string')
  );
}
