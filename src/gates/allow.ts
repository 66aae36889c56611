import { usageError } from '../platform/errors.ts';
import { sha256 } from '../platform/ids.ts';
import type { Gate } from '../project/gates.ts';
import { isAllowed } from './allowance.ts';
import { writeHistory } from './history.ts';
import { listed, store } from './outcome.ts';
import { requirePerson } from './person.ts';
import { replanningOf, weakensTests } from './plan.ts';
import { emptyTests, inWords, suppressionDigest, suppressionsOfWork } from './suppressions.ts';
import { currentDiff, openWork, type Work } from './work.ts';

/** One thing that blocks a gate until a person allows it. */
interface Blocked {
  readonly what: 'gate-config' | 'suppression' | 'criterion-removed' | 'tests-weakened';
  readonly digest: string;
  readonly items: readonly string[];
}

/**
 * A person allows what blocks the gate: changed gate commands, new suppressions (lint), criteria taken away (plan),
 * new tests that are not asked for any more (plan, implement). They are
 * asked once for all of it; each is a line of evidence and a row in the ticket's History.
 * @returns the work, opened again under what was allowed
 * @throws BacklogError `person-needed` (exit 1), `reason-missing` (exit 2)
 */
export async function allowBlocked(work: Work, gate: Gate, reasonText: string): Promise<Work> {
  const reason = reasonText.trim().replace(/\s+/g, ' ');
  if (reason === '')
    throw usageError('--allow-suppression needs a reason', 'add why, in quotes', 'reason-missing');
  const { call, ticket } = work;
  const blocked = await blockedOf(work, gate);
  if (blocked.length === 0) {
    call.note(`nothing stands against the gate ${gate} that a person would have to allow`);
    return work;
  }
  const items = blocked.flatMap((one) => one.items);
  const person = await requirePerson(call, {
    purpose: 'allow',
    question: `Allow for ${ticket.id}: ${listed(items, 10)} ("${reason}")?`,
    command: `backlog gate run ${gate} --ticket ${ticket.id} --allow-suppression ${JSON.stringify(reason)}`,
  });
  for (const { what, digest, items: list } of blocked) {
    await store(work, undefined, {
      gate,
      result: 'allowed',
      holds_for: { kind: 'allowance', digest },
      details: { what, items: list, person, reason },
    });
    await writeHistory(call, ticket.id, {
      change: `Allowed (${what}): ${listed(list)}: ${reason}`,
      author: person,
    });
  }
  return openWork(call, work.claim);
}

async function blockedOf(work: Work, gate: Gate): Promise<Blocked[]> {
  const blocked: Blocked[] = [];
  const { changes, digest } = work.judging;
  if (changes.length > 0) blocked.push({ what: 'gate-config', digest, items: changes });
  if (gate === 'plan') {
    const removed = unallowedRemovals(work);
    if (removed.length > 0)
      blocked.push({ what: 'criterion-removed', digest: removalDigest(removed), items: removed });
  }
  if ((gate === 'plan' || gate === 'implement') && weakensTests(work))
    blocked.push({ what: 'tests-weakened', digest: testsDigest, items: ['tests: new → existing'] });
  if (gate === 'lint' || gate === 'implement') {
    const diff = await currentDiff(work);
    const found = await (gate === 'lint' ? suppressionsOfWork : emptyTests)(work, diff);
    if (found.length > 0)
      blocked.push({ what: 'suppression', digest: suppressionDigest(found), items: found.map(inWords) });
  }
  return blocked;
}

/** Criteria that were taken away after implementation began and that nobody has allowed to go. */
export function unallowedRemovals(work: Work): readonly string[] {
  const { removed } = replanningOf(work);
  const digest = removalDigest(removed);
  return isAllowed(work.lines, digest) ? [] : removed;
}

/** Whether the ticket asks for less testing than it did, and nobody has allowed that. */
export function hasUnallowedWeakening(work: Work): boolean {
  return weakensTests(work) && !isAllowed(work.lines, testsDigest);
}

const testsDigest = sha256(JSON.stringify(['tests', 'new', 'existing']));

function removalDigest(removed: readonly string[]): string {
  return sha256(JSON.stringify(['criteria', ...removed]));
}
