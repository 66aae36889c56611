import type { Finding } from '../../tickets/finding.ts';
import type { ListedTicket, Ticket } from '../../tickets/ticket.ts';
import { callable } from '../commands.ts';
import { ownText } from '../own-text.ts';
import type { World } from '../world.ts';
import { coherence } from './coherence.ts';
import { completeness } from './completeness.ts';
import { consistency } from './consistency.ts';
import { contracts } from './contracts.ts';
import { gaps, missingDependencies } from './gaps.ts';
import { type Impact, impact, impactOf } from './impact.ts';
import { scope } from './scope.ts';
import { type Study, studyOf } from './study.ts';

export { type Impact, impactText } from './impact.ts';

export interface DeepResult {
  /** By ticket in the order of the backlog, then by line. */
  readonly findings: readonly Finding[];
  readonly impacts: readonly Impact[];
}

/**
 * The seven checks over open tickets: what `validate` cannot see because it needs the other tickets or the code. Two passes over
 * the tickets, each read and let go, and one over the code; nothing is written.
 * @param only tickets that are asked about; the others count as neighbours. All open ones without it
 * @param onTicket called after each of them
 */
export async function deepCheck(
  world: World,
  only?: readonly ListedTicket[],
  onTicket?: (ticket: Ticket) => void,
): Promise<DeepResult> {
  const all = await studyOf(world);
  const asked = new Set(only?.map(({ file }) => file));
  const wanted = only === undefined ? all.open : all.open.filter(({ file }) => asked.has(file));
  const call = callable(world);
  const findings: Finding[] = [];
  const missing: Finding[] = [];
  const impacts: Impact[] = [];
  const position = new Map<string, number>();
  for await (const ticket of world.whole(wanted)) {
    position.set(ticket.file, position.size);
    findings.push(...ownText(ofOne(ticket, all, call)));
    missing.push(...ownText(missingDependencies(ticket, all)));
    impacts.push(impactOf(ticket, all));
    onTicket?.(ticket);
  }
  for (const one of gaps(all, missing)) if (position.has(one.file)) findings.push(one);
  return {
    findings: findings.sort(
      (a, b) => (position.get(a.file) ?? 0) - (position.get(b.file) ?? 0) || a.line - b.line,
    ),
    impacts,
  };
}

function ofOne(ticket: Ticket, all: Study, call: ReturnType<typeof callable>): Finding[] {
  return [
    ...completeness(ticket, all),
    ...coherence(ticket, all),
    ...contracts(ticket, all),
    ...impact(ticket, all),
    ...consistency(ticket, all, call),
    ...scope(ticket, all),
  ];
}
