import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { commitWork } from '../../../src/gates/commit.ts';
import { completeTicket } from '../../../src/gates/complete.ts';
import { runGate } from '../../../src/gates/run.ts';
import { startWork } from '../../../src/gates/start.ts';
import { approve, id } from '../../gates/support/journey.ts';
import { callIn, discount, project } from '../../gates/support/project.ts';
import { session } from '../../hooks/support/hook.ts';
import { tempDir, writeFiles } from '../../support/temp.ts';

/** How far the ticket has come: started, and nothing more; code is written and no gate ran; linted; approved; committed and completed. */
export type Stage = 'started' | 'written' | 'linted' | 'approved' | 'completed';

const built = new Map<Stage, string>();
const kept: string[] = [];

/** A project of its own at that stage; the gates run once for all of them. */
export async function projectAt(stage: Stage): Promise<string> {
  if (!built.has(stage)) await build(stage);
  const root = path.join(tempDir(), 'shop');
  cpSync(built.get(stage) ?? '', root, { recursive: true });
  const file = `.backlog-ops/claims/${id}.json`;
  const claim = JSON.parse(readFileSync(path.join(root, file), 'utf8'));
  const owner = claim.owner && { ...claim.owner, process: null };
  writeFiles(root, {
    [file]: JSON.stringify({ ...claim, owner, session_id: session, worktree: root }, null, 2),
  });
  return root;
}

export function removeStages(): void {
  for (const folder of kept) rmSync(folder, { recursive: true, force: true });
}

async function build(stage: Stage): Promise<void> {
  const root = project();
  const call = callIn(root);
  const keep = (as: Stage): void => {
    const folder = path.join(realpathSync(mkdtempSync(path.join(tmpdir(), 'backlog-stage-'))), 'shop');
    kept.push(path.dirname(folder));
    cpSync(root, folder, { recursive: true });
    built.set(as, folder);
  };
  await startWork(call, { ticketId: id, worktree: false, rebase: false });
  keep('started');
  if (stage === 'started') return;
  await runGate(call, { ticketId: id, gate: 'plan', plan: '1. tests\n2. code\n' });
  writeFiles(root, discount);
  keep('written');
  if (stage === 'written') return;
  for (const gate of ['implement', 'lint'] as const) await runGate(call, { ticketId: id, gate });
  keep('linted');
  await approve(root);
  keep('approved');
  if (stage !== 'completed') return;
  const commit = { ticketId: id, type: 'feat', area: '', summary: '10 % off', include: [], reason: '' };
  await commitWork(callIn(root), commit);
  const spending = async () => ({ requests: 0, cost_usd: 0, unpriced: 0, input_tokens: 0, output_tokens: 0 });
  await completeTicket(callIn(root), { ticketId: id, spending });
  keep('completed');
}
