import type { Finding } from '../../tickets/finding.ts';
import type { Ticket } from '../../tickets/ticket.ts';
import { callable } from '../commands.ts';
import type { World } from '../world.ts';
import { coherence } from './coherence.ts';
import { completeness } from './completeness.ts';
import { consistency } from './consistency.ts';
import { contracts } from './contracts.ts';
import { gaps } from './gaps.ts';
import { type Impact, impact, impactOf } from './impact.ts';
import { scope } from './scope.ts';
import { type Study, study } from './study.ts';

export { type Impact, impactText } from './impact.ts';

export interface DeepResult {
  /** By ticket in the order of the backlog, then by line. */
  readonly findings: readonly Finding[];
  readonly impacts: readonly Impact[];
}

/**
 * The seven checks over open tickets: what `validate` cannot see because it needs the other tickets or the code. One pass over
 * both; nothing is written.
 * @param only tickets that are asked about; the others count as neighbours. All open ones without it
 * @param onTicket called after each of them
 */
export function deepCheck(world: World, only?: readonly Ticket[], onTicket?: () => void): DeepResult {
  const all = study(world);
  const asked = new Set(only?.map(({ file }) => file));
  const wanted = only === undefined ? all.open : all.open.filter(({ file }) => asked.has(file));
  const files = new Set(wanted.map(({ file }) => file));
  const call = callable(world);
  const between = gaps(all).filter(({ file }) => files.has(file));
  const findings = [...wanted.flatMap((ticket) => tell(ofOne(ticket, all, call), onTicket)), ...between];
  const position = new Map(wanted.map(({ file }, index) => [file, index]));
  return {
    findings: findings.sort(
      (a, b) => (position.get(a.file) ?? 0) - (position.get(b.file) ?? 0) || a.line - b.line,
    ),
    impacts: wanted.map((ticket) => impactOf(ticket, all)),
  };
}

/** The findings of {@link deepCheck} alone. */
export function deepFindings(world: World, only?: readonly Ticket[], onTicket?: () => void): Finding[] {
  return [...deepCheck(world, only, onTicket).findings];
}

function tell(findings: Finding[], onTicket: (() => void) | undefined): Finding[] {
  onTicket?.();
  return findings;
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
