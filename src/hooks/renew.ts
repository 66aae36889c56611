import { claimFile, LEASE_MS, readClaim } from '../gates/claims.ts';
import { writeFileAtomic } from '../platform/files.ts';
import { tryWithLock } from '../platform/lock.ts';
import type { Holdings } from './holdings.ts';
import type { HookInput } from './input.ts';
import type { HookWorld } from './world.ts';

/** A lease is renewed at most this often, in ms: 10 minutes. */
const RENEW_MS = 10 * 60 * 1000;

/**
 * Renews the leases of a session that shows a sign of life. Never waits: where another process changes the claim right now,
 * the next call renews it.
 */
export function renewLeases(
  { project, mine }: Pick<Holdings, 'project' | 'mine'>,
  { session_id: session }: Pick<HookInput, 'session_id'>,
  { clock }: Pick<HookWorld, 'clock'>,
): void {
  const now = clock().getTime();
  for (const { session_id: holder, expires_at: until, ticket_id: id } of mine) {
    if (holder !== session || Date.parse(until) > now + LEASE_MS - RENEW_MS) continue;
    const file = claimFile(project.opsDir, id);
    tryWithLock(`${file}.lock`, () => {
      const claim = readClaim(project.opsDir, id);
      // Between reading and locking somebody may have released it, or taken it over.
      if (claim === undefined || claim.owner === null || claim.session_id !== session) return;
      const renewed = { ...claim, expires_at: new Date(now + LEASE_MS).toISOString() };
      writeFileAtomic(file, `${JSON.stringify(renewed, null, 2)}\n`, { fleeting: true });
    });
  }
}
