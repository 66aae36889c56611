import type { Finding } from '../../tickets/finding.ts';
import type { ListedTicket, Ticket } from '../../tickets/ticket.ts';
import { callable } from '../commands.ts';
import { findingKeeper } from '../own-text.ts';
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
  const kept = findingKeeper();
  const findings: Finding[] = [];
  const missing: Finding[] = [];
  const impacts: Impact[] = [];
  const checked: string[] = [];
  for await (const ticket of world.whole(wanted)) {
    checked.push(ticket.file);
    for (const one of ofOne(ticket, all, call)) findings.push(kept(one));
    for (const one of missingDependencies(ticket, all)) missing.push(kept(one));
    impacts.push(impactOf(ticket, all));
    onTicket?.(ticket);
  }
  return { findings: inOrder(checked, findings, gaps(all, missing)), impacts };
}

/**
 * Findings of both kinds by ticket, then by line.
 * @param files of the tickets that were checked, in order
 * @param findings in the order of `files`
 * @param gaps in any order, also of other tickets
 */
function inOrder(
  files: readonly string[],
  findings: readonly Finding[],
  gaps: readonly Finding[],
): Finding[] {
  const byFile = new Map<string, Finding[]>();
  for (const one of gaps) {
    const list = byFile.get(one.file);
    if (list === undefined) byFile.set(one.file, [one]);
    else list.push(one);
  }
  const ordered: Finding[] = [];
  let at = 0;
  for (const file of files) {
    const own: Finding[] = [];
    for (let one = findings[at]; one?.file === file; one = findings[at]) {
      own.push(one);
      at += 1;
    }
    for (const one of byFile.get(file) ?? []) own.push(one);
    ordered.push(...own.sort((a, b) => a.line - b.line));
  }
  return ordered;
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
