import type { GateCall } from '../../../src/gates/call.ts';
import { submitReview } from '../../../src/gates/review.ts';
import { requestReview } from '../../../src/gates/review-request.ts';
import type { AgentRegistry } from '../../../src/gates/reviewer.ts';
import { runGate } from '../../../src/gates/run.ts';
import { startWork } from '../../../src/gates/start.ts';
import { writeFiles } from '../../support/temp.ts';
import { callIn, discount, project, type TicketParts } from './project.ts';

export const id = 'FEAT-001';

/** A person at a terminal who says yes. */
export const atTerminal = (root: string, changes: Partial<GateCall> = {}): GateCall =>
  callIn(root, { confirm: async () => true, ...changes });

/** Everybody is known and nobody wrote anything. */
export const anyAgent: AgentRegistry = { known: () => true, roles: () => [] };

export const approval = JSON.stringify({ verdict: 'approved', findings: [] });

/** A project whose ticket is planned, implemented and linted. */
export async function linted(
  options: Parameters<typeof project>[0] & {
    readonly ticket?: TicketParts;
    readonly change?: Readonly<Record<string, string>>;
  } = {},
): Promise<string> {
  const root = project(options);
  const call = callIn(root);
  await startWork(call, { ticketId: id, worktree: false, rebase: false });
  await runGate(call, { ticketId: id, gate: 'plan', plan: '1. tests\n2. code\n' });
  writeFiles(root, options.change ?? discount);
  for (const gate of ['implement', 'lint'] as const) {
    const outcome = await runGate(call, { ticketId: id, gate });
    if (outcome.result !== 'pass') throw new Error(`${gate}: ${outcome.message}`);
  }
  return root;
}

/** Reviewed and approved too. */
export async function reviewed(options: Parameters<typeof linted>[0] = {}): Promise<string> {
  const root = await linted(options);
  await approve(root);
  return root;
}

export async function approve(root: string, text = approval): Promise<void> {
  const { request } = await requestReview(atTerminal(root), id);
  await submitReview(atTerminal(root), { requestId: request.id, text, registry: anyAgent });
}
