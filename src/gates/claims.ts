import { readdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { BacklogError, ExitCode, errnoOf } from '../platform/errors.ts';
import { readTextIfExists, writeFileAtomic } from '../platform/files.ts';
import { withLock } from '../platform/lock.ts';
import { isAlive, type Owner } from '../platform/owner.ts';

// Hooks read claims before each tool call: this module loads nothing but the platform.

/** How long a lease lasts without a sign of life of its holder, in ms: 12 hours. */
export const LEASE_MS = 12 * 60 * 60 * 1000;

/** Who holds a ticket. */
export interface ClaimOwner {
  /** git's `user.name`, else the account's. */
  readonly name: string;
  readonly host: string;
  /** The process whose end ends the lease (the session's client); `null` when nobody knows it: then only time ends it. */
  readonly process: Owner | null;
}

export interface ClaimEvent {
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly event: 'started' | 'resumed' | 'taken-over' | 'released' | 'rebased' | 'set-up' | 'remade';
  readonly session_id: string | null;
  readonly agent_id: string | null;
  readonly note: string;
}

/** The open work on a ticket, and the lease on it: `.backlog-ops/claims/<ticket>.json`. */
export interface Claim {
  readonly v: 1;
  readonly ticket_id: string;
  /** Claude Code session of the holder; `null` for a person outside it. */
  readonly session_id: string | null;
  readonly agent_id: string | null;
  /** `null` once the lease was given back. */
  readonly owner: ClaimOwner | null;
  readonly started_at: string;
  readonly expires_at: string;
  /** Full id of the commit that the change is judged against. */
  readonly base_commit: string;
  /** Root of the git worktree in which the work happens. */
  readonly worktree: string;
  /** `null` when HEAD is detached. */
  readonly branch: string | null;
  /** Digest of the gate configuration at the start when the configuration is not committed (`init --local`), else `null`. */
  readonly gate_config_sha256: string | null;
  readonly history: readonly ClaimEvent[];
}

/** Who holds a ticket, and until when: of its open work, or of a reservation. */
export type Lease = Pick<Claim, 'ticket_id' | 'session_id' | 'agent_id' | 'owner' | 'expires_at'>;

/** A claim that could not be read. Shown and counted, never skipped in silence. */
export interface BrokenClaim {
  readonly file: string;
  readonly message: string;
}

export type LeaseState = 'held' | 'expired' | 'dead-owner' | 'released';

/** A ticket id that may be part of a file name; it can name no other folder. */
export function isTicketId(id: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/.test(id);
}

export function claimFile(opsDir: string, ticketId: string): string {
  if (!isTicketId(ticketId))
    throw new BacklogError({
      code: 'ticket-id-invalid',
      message: `"${ticketId.slice(0, 80)}" is no ticket id`,
      fix: 'pass an id such as FEAT-001; `backlog ticket list` shows them',
      exitCode: ExitCode.Usage,
    });
  return path.join(opsDir, 'claims', `${ticketId}.json`);
}

/** All claims, held or not, by ticket id. */
export function readClaims(opsDir: string): { readonly claims: Claim[]; readonly broken: BrokenClaim[] } {
  const claims: Claim[] = [];
  const broken: BrokenClaim[] = [];
  for (const name of claimNames(opsDir)) {
    const file = path.join(opsDir, 'claims', name);
    const parsed = parseClaim(readTextIfExists(file) ?? '');
    if (typeof parsed === 'string') broken.push({ file, message: parsed });
    else claims.push(parsed);
  }
  return { claims, broken };
}

/**
 * The claim of one ticket; `undefined` when its work was never started.
 * @throws BacklogError `claim-broken` (exit 3)
 */
export function readClaim(opsDir: string, ticketId: string): Claim | undefined {
  const file = claimFile(opsDir, ticketId);
  const text = readTextIfExists(file);
  if (text === undefined) return undefined;
  const parsed = parseClaim(text);
  if (typeof parsed !== 'string') return parsed;
  throw new BacklogError({
    code: 'claim-broken',
    message: `${file} is no claim: ${parsed}`,
    fix: `move ${file} away, then run \`backlog ticket start ${ticketId}\``,
    exitCode: ExitCode.ProjectUnusable,
    file,
  });
}

/**
 * The one door through which a claim changes: reads, asks `change`, writes, all under the claim's lock.
 * `change` gets `undefined` when there is none; returning `undefined` takes the claim away.
 */
export async function changeClaim(
  opsDir: string,
  ticketId: string,
  change: (claim: Claim | undefined) => Claim | undefined | Promise<Claim | undefined>,
): Promise<Claim | undefined> {
  const file = claimFile(opsDir, ticketId);
  return withLock(`${file}.lock`, async () => {
    const before = readClaim(opsDir, ticketId);
    const after = await change(before);
    if (after !== undefined && after !== before) writeFileAtomic(file, `${JSON.stringify(after, null, 2)}\n`);
    if (after === undefined && before !== undefined) rmSync(file, { force: true });
    return after;
  });
}

/** Whether the lease still keeps others away. A process of another machine counts as alive until the lease expires. */
export function leaseState(claim: Lease, now: Date): LeaseState {
  if (claim.owner === null) return 'released';
  if (Date.parse(claim.expires_at) <= now.getTime()) return 'expired';
  const { process: holder, host } = claim.owner;
  return holder !== null && host === hostname() && !isAlive(holder) ? 'dead-owner' : 'held';
}

/** The holder in words: `session 1234abcd (Ada on laptop)`. */
export function holderOf(claim: Lease): string {
  const person = claim.owner === null ? 'nobody' : `${claim.owner.name} on ${claim.owner.host}`;
  if (claim.session_id === null) return person;
  const agent = claim.agent_id === null ? '' : `, agent ${claim.agent_id}`;
  return `session ${claim.session_id}${agent} (${person})`;
}

function claimNames(opsDir: string): string[] {
  try {
    return readdirSync(path.join(opsDir, 'claims'))
      .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
      .sort();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** The claim, or what is wrong with the text. */
function parseClaim(text: string): Claim | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const fields = record(value);
  const id = string(fields.ticket_id);
  const startedAt = string(fields.started_at);
  const expiresAt = string(fields.expires_at);
  const base = string(fields.base_commit);
  const worktree = string(fields.worktree);
  if (fields.v !== 1) return `its version is ${String(fields.v)}, this program reads 1`;
  if (id === null || startedAt === null || expiresAt === null || base === null || worktree === null)
    return 'ticket_id, started_at, expires_at, base_commit or worktree is missing';
  return {
    v: 1,
    ticket_id: id,
    session_id: string(fields.session_id),
    agent_id: string(fields.agent_id),
    owner: parseOwner(fields.owner),
    started_at: startedAt,
    expires_at: expiresAt,
    base_commit: base,
    worktree,
    branch: string(fields.branch),
    gate_config_sha256: string(fields.gate_config_sha256),
    history: Array.isArray(fields.history) ? fields.history.map(parseEvent) : [],
  };
}

export function parseOwner(value: unknown): ClaimOwner | null {
  if (value === null || value === undefined) return null;
  const fields = record(value);
  const holder = record(fields.process);
  return {
    name: string(fields.name) ?? 'unknown',
    host: string(fields.host) ?? '',
    process:
      typeof holder.pid === 'number' && typeof holder.started === 'string'
        ? { pid: holder.pid, started: holder.started }
        : null,
  };
}

const events: readonly ClaimEvent['event'][] = [
  'started',
  'resumed',
  'taken-over',
  'released',
  'rebased',
  'set-up',
  'remade',
];

function parseEvent(value: unknown): ClaimEvent {
  const fields = record(value);
  return {
    at: string(fields.at) ?? '',
    event: events.find((event) => event === fields.event) ?? 'resumed',
    session_id: string(fields.session_id),
    agent_id: string(fields.agent_id),
    note: string(fields.note) ?? '',
  };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function string(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
