import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { GateCall } from '../../../src/gates/call.ts';
import { commitWork } from '../../../src/gates/commit.ts';
import { completeTicket } from '../../../src/gates/complete.ts';
import { submitReview } from '../../../src/gates/review.ts';
import { requestReview } from '../../../src/gates/review-request.ts';
import type { AgentRegistry } from '../../../src/gates/reviewer.ts';
import { runGate } from '../../../src/gates/run.ts';
import { startWork } from '../../../src/gates/start.ts';
import { writeFiles } from '../../support/temp.ts';
import { copyOf } from '../../support/template.ts';
import { callIn, discount, project } from './project.ts';

export const id = 'FEAT-001';

/** A person at a terminal who says yes. */
export const atTerminal = (root: string, changes: Partial<GateCall> = {}): GateCall =>
  callIn(root, { confirm: async () => true, ...changes });

/** Everybody is known and nobody wrote anything. */
export const anyAgent: AgentRegistry = { known: () => true, roles: () => [] };

export const approval = JSON.stringify({ verdict: 'approved', findings: [] });

interface Parts extends NonNullable<Parameters<typeof project>[0]> {
  readonly change?: Readonly<Record<string, string>>;
}

/** A project whose ticket is planned, implemented and linted. */
export const linted = (parts: Parts = {}): Promise<string> => copyAt('linted', parts);

/** Reviewed and approved too. */
export const reviewed = (parts: Parts = {}): Promise<string> => copyAt('reviewed', parts);

/** Committed and completed too. */
export const completed = (parts: Parts = {}): Promise<string> => copyAt('completed', parts);

const journeys = {
  linted: async (parts: Parts): Promise<string> => {
    const root = project(parts);
    const call = callIn(root);
    await startWork(call, { ticketId: id, worktree: false, rebase: false });
    await runGate(call, { ticketId: id, gate: 'plan', plan: '1. tests\n2. code\n' });
    writeFiles(root, parts.change ?? discount);
    for (const gate of ['implement', 'lint'] as const) {
      const outcome = await runGate(call, { ticketId: id, gate });
      if (outcome.result !== 'pass') throw new Error(`${gate}: ${outcome.message}`);
    }
    return root;
  },
  reviewed: async (parts: Parts): Promise<string> => {
    const root = await linted(parts);
    await approve(root);
    return root;
  },
  completed: async (parts: Parts): Promise<string> => {
    const root = await reviewed(parts);
    await finish(root);
    return root;
  },
};

/** The gates run once for all tests whose journey is the same; each has a project of its own. */
async function copyAt(stage: keyof typeof journeys, parts: Parts): Promise<string> {
  const { root, madeIn } = await copyOf(`${stage} ${JSON.stringify(parts)}`, () => journeys[stage](parts));
  const claim = path.join(root, `.backlog-ops/claims/${parts.ticket?.id ?? id}.json`);
  // It says in which worktree the ticket is worked on.
  if (existsSync(claim))
    writeFileSync(
      claim,
      readFileSync(claim, 'utf8').replaceAll(JSON.stringify(madeIn), JSON.stringify(root)),
    );
  return root;
}

export async function approve(root: string, text = approval): Promise<void> {
  const { request } = await requestReview(atTerminal(root), id);
  await submitReview(atTerminal(root), { requestId: request.id, text, registry: anyAgent });
}

/** Commits the work and completes the ticket. */
export async function finish(root: string): Promise<void> {
  const parts = { ticketId: id, type: 'feat', area: '', summary: '10 % off', include: [], reason: '' };
  await commitWork(callIn(root), parts);
  await completeTicket(callIn(root), { ticketId: id, spending: noSpending });
}

/** What a ticket has cost, where nothing was recorded. */
export const noSpending = async () => ({
  requests: 0,
  cost_usd: 0,
  unpriced: 0,
  input_tokens: 0,
  output_tokens: 0,
});
