import type { GateCall } from '../../src/gates/call.ts';
import { readClaim } from '../../src/gates/claims.ts';
import { commitWork } from '../../src/gates/commit.ts';
import { submitReview } from '../../src/gates/review.ts';
import { requestReview } from '../../src/gates/review-request.ts';
import { runGate } from '../../src/gates/run.ts';
import { anyAgent, approval } from '../gates/support/journey.ts';
import { callIn, inOneProcess, project, testFile, ticketText } from '../gates/support/project.ts';
import { writeFiles } from '../support/temp.ts';

/** Three features, each with a module and a test file of its own. */
export const ids = ['FEAT-001', 'FEAT-002', 'FEAT-003'];
const filesOf = (id: string) => [`src/${id}.js`, `test/${id}.test.js`];
export const ticket = (id: string) => ticketText({ id, files: filesOf(id) });

export const backlogOf = (more: Readonly<Record<string, string>> = {}) =>
  project({
    config: {
      qualityGates: {
        testCommand: inOneProcess,
        lintCommand: 'node lint.js',
        minNewTests: { FEAT: 1 },
      },
    },
    files: {
      'backlog/data/pending/FEAT-001-discount.md': ticket('FEAT-001'),
      'backlog/data/pending/FEAT-002-two.md': ticket('FEAT-002'),
      'backlog/data/pending/FEAT-003-three.md': ticket('FEAT-003'),
      ...more,
    },
  });

const feature = (id: string, value = id): Readonly<Record<string, string>> => ({
  [`src/${id}.js`]: `export const total = () => ${JSON.stringify(value)};\n`,
  [`test/${id}.test.js`]: testFile(`../src/${id}.js`, {
    [`${id} works`]: `total() === ${JSON.stringify(value)}`,
  }),
});

/** One home for all calls of a test: the worktrees lie there. */
export const terminal = (root: string): GateCall => ({ ...callIn(root), confirm: async () => true });

/** Plan, implement, lint, review and commit, in the ticket's worktree. */
export async function finish(call: GateCall, id: string, change = feature(id)): Promise<void> {
  await runGate(call, { ticketId: id, gate: 'plan', plan: 'tests, then code\n' });
  writeFiles(readClaim(call.paths.opsDir, id)?.worktree ?? '', change);
  for (const gate of ['implement', 'lint'] as const) {
    const outcome = await runGate(call, { ticketId: id, gate });
    if (outcome.result === 'fail') throw new Error(`${id} ${gate}: ${outcome.message}`);
  }
  const { request } = await requestReview(call, id);
  await submitReview(call, { requestId: request.id, text: approval, registry: anyAgent });
  await commitWork(call, { ticketId: id, type: 'feat', area: '', summary: id, include: [], reason: '' });
}
