import type { Watch } from '../../platform/watch.ts';
import type { Finding } from '../../tickets/finding.ts';
import type { Ticket } from '../../tickets/ticket.ts';
import { validateTicket } from '../../tickets/validate.ts';
import { deepCheck } from '../checks/index.ts';
import { duplicatePairs } from '../duplicates.ts';
import { type ReferenceFinding, referenceFindings } from '../references/index.ts';
import { obsoleteProposals, type RunVerification } from '../references/obsolete.ts';
import type { World } from '../world.ts';
import type { RefinementFacts } from './types.ts';

/** What is asked about. */
export interface Asked {
  readonly tickets: readonly Ticket[];
  /** Those that may be doubles of them. */
  readonly pending: readonly Ticket[];
  /** The ones asked for by id; all pending ones without it. */
  readonly ids?: ReadonlySet<string>;
  /** How verification commands are run; without it none is. */
  readonly run?: RunVerification | undefined;
  /** Called {@link PASSES} times for each ticket. */
  readonly onTicket?: () => void;
  /** Is told of what comes after: the search for finished work, and for duplicates. */
  readonly watch?: Watch | undefined;
}

/** How often {@link gatherFacts} goes over the tickets. */
export const PASSES = 3;

/** Everything that the checks find, each over the same world. */
export async function gatherFacts(world: World, asked: Asked): Promise<RefinementFacts> {
  const { backlog, config } = world;
  const { tickets, pending, ids, run, onTicket, watch } = asked;
  const plain = tickets.flatMap((ticket) => {
    onTicket?.();
    return validateTicket(ticket, backlog, config);
  });
  const deep = await deepCheck(world, tickets, onTicket);
  const references = await referenceFindings(world, tickets, onTicket);
  const { proposals, doubtful, notRun } = await obsoleteProposals(world, tickets, run, watch);
  return {
    findings: together([...plain, ...deep.findings], references),
    moved: references.filter(({ kind }) => kind === 'moved'),
    obsolete: proposals.map(({ id, why }) => ({ id, reason: why })),
    doubtful,
    notRun,
    broken: ids === undefined ? backlog.broken.map(({ file, message }) => ({ file, message })) : [],
    duplicates: duplicatePairs(pending, ids === undefined ? {} : { ids }, watch),
  };
}

/** The checks and the references see some faults both: each is told once, by the one that knows more. */
function together(checks: readonly Finding[], references: readonly ReferenceFinding[]): Finding[] {
  const at = ({ file, line }: Finding): string => `${file}:${line}`;
  const messages = new Map<string, string[]>();
  for (const one of checks) messages.set(at(one), [...(messages.get(at(one)) ?? []), one.message]);
  const moved = new Set(references.filter(({ kind }) => kind === 'moved').map(at));
  return [
    ...checks.filter((one) => one.code !== 'completeness-file-missing' || !moved.has(at(one))),
    ...references.filter(
      (one) =>
        one.kind !== 'missing' || !messages.get(at(one))?.some((message) => message.includes(one.from)),
    ),
  ];
}
