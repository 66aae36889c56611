import { BacklogError, ExitCode } from '../platform/errors.ts';
import { moveTicket } from '../tickets/store.ts';
import type { TicketStatus } from '../tickets/ticket.ts';
import { type EvidenceLine, readEvidence } from './evidence.ts';
import { writeHistory } from './history.ts';
import type { Work } from './work.ts';

/** Gates whose failures are counted, with the status that too many of them give. Review has its rounds. */
const limits = {
  lint: { most: 3, status: 'lint-blocked' },
  commit: { most: 5, status: 'commit-blocked' },
} as const satisfies Readonly<Record<string, { readonly most: number; readonly status: TicketStatus }>>;

export type CountedGate = keyof typeof limits;

export interface Attempts {
  readonly gate: CountedGate;
  /** Failed runs since the gate last held, a person decided something about it, or a new plan was made. */
  readonly failed: number;
  readonly most: number;
  /** The ticket waits for a person, or for a new plan. */
  readonly blocked: boolean;
}

/** How often a gate failed, from the evidence. */
export function attemptsAt(
  gate: CountedGate,
  {
    lines,
    ticket,
  }: { readonly lines: readonly EvidenceLine[]; readonly ticket: Pick<Work['ticket'], 'status'> },
): Attempts {
  const begin = lines.findLastIndex(
    ({ record }) =>
      (record.gate === gate && record.result !== 'fail') ||
      (record.gate === 'plan' && record.result === 'pass'),
  );
  const failed = lines.slice(begin + 1).filter(({ record }) => record.gate === gate).length;
  const { most, status } = limits[gate];
  return { gate, failed, most, blocked: ticket.status === status };
}

/** @throws BacklogError `lint-blocked`, `commit-blocked` (exit 1) */
export function refuseBlocked({ ticket }: Pick<Work, 'ticket'>, gate: CountedGate): void {
  const { most, status } = limits[gate];
  if (ticket.status !== status) return;
  throw new BacklogError({
    code: status,
    message: `${ticket.id} failed ${most} times at ${gate} and is ${status}: another try of the same will not mend it`,
    fix: `plan it anew: backlog gate run plan --ticket ${ticket.id} --from -; or a person, in a terminal of their own: backlog ticket move ${ticket.id} in_progress (one more try)`,
    exitCode: ExitCode.CheckFailed,
    details: { gate, most },
  });
}

/** After a run of a counted gate: stops the ticket after too many failures, takes it up again when the gate holds. */
export async function settleAttempts(work: Work, gate: CountedGate): Promise<Attempts> {
  const { call, ticket } = work;
  const lines = readEvidence(call.paths.opsDir, ticket.id);
  const found = attemptsAt(gate, { lines, ticket });
  const { most, status } = limits[gate];
  if (found.failed === 0 && found.blocked) await takeUp(work, `${gate} holds`);
  if (found.failed < most) return { ...found, blocked: false };
  if (!found.blocked) {
    await moveTicket(call.paths, call.config, ticket.id, status);
    await writeHistory(call, ticket.id, {
      change: `Failed ${found.failed} times at ${gate}: ${status}`,
      author: 'backlog',
    });
  }
  return { ...found, blocked: true };
}

/** A plan that is another than every plan before takes a ticket up again that was stopped at lint or commit. */
export async function takeUpAfterPlan(work: Work): Promise<void> {
  const stopped = Object.values(limits).some(({ status }) => status === work.ticket.status);
  if (!stopped) return;
  const plans = readEvidence(work.call.paths.opsDir, work.ticket.id).flatMap(({ record }) =>
    record.gate === 'plan' && record.result === 'pass' ? [record.details?.plan_sha256] : [],
  );
  if (plans.slice(0, -1).includes(plans.at(-1))) {
    work.call.note(`this plan was tried before, so ${work.ticket.id} stays ${work.ticket.status}`);
    return;
  }
  await takeUp(work, 'planned anew');
}

async function takeUp({ call, ticket }: Work, why: string): Promise<void> {
  await moveTicket(call.paths, call.config, ticket.id, 'in_progress');
  await writeHistory(call, ticket.id, {
    change: `${ticket.status} → in_progress: ${why}`,
    author: 'backlog',
  });
}
