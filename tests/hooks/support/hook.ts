import { spawn } from 'node:child_process';
import path from 'node:path';
import { backlogBin } from '../../support/cli.ts';
import { gitEnv, gitIn, tempDir, tempRepo, writeFiles } from '../../support/temp.ts';

export const session = '11111111-2222-4333-8444-555555555555';

/** Runs one hook as the client does: JSON on stdin, a process of its own. @returns its answer, parsed */
export function hook(
  event: string,
  fields: object,
  env: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(backlogBin, ['hook', event], { env: { ...gitEnv(), ...env } });
    let stdout = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.on('error', reject);
    child.on('close', (exitCode) =>
      exitCode === 0
        ? resolve(stdout.trim() === '' ? undefined : JSON.parse(stdout))
        : reject(new Error(`hook ${event} exits ${exitCode}`)),
    );
    child.stdin.on('error', () => {});
    child.stdin.end(JSON.stringify({ session_id: session, hook_event_name: event, ...fields }));
  });
}

/** A claim as `ticket start` writes it. */
export function claimText(id: string, worktree: string, changes: object = {}): string {
  return JSON.stringify({
    v: 1,
    ticket_id: id,
    session_id: session,
    agent_id: null,
    owner: { name: 'Ada', host: 'elsewhere', process: null },
    started_at: new Date().toISOString(),
    expires_at: new Date(Date.now() + 12 * 3_600_000).toISOString(),
    base_commit: 'b',
    worktree,
    branch: `backlog/${id}`,
    history: [],
    ...changes,
  });
}

export interface Wave {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  /** The worktree of a ticket. */
  readonly worktree: (id: string) => string;
}

/** A project with a wave of two tickets that the session holds, each in a worktree of its own, under the user's folder. */
export function wave(ids: readonly string[] = ['FEAT-001', 'FEAT-002']): Wave {
  const root = tempRepo({
    'backlog.config.json': '{"version":"1.0","project":{"name":"shop"}}',
    'src/a.js': '1\n',
  });
  const home = path.join(tempDir(), 'home');
  const worktree = (id: string): string => path.join(home, 'worktrees/shop', id);
  for (const id of ids) {
    gitIn(root, 'worktree', 'add', '-q', worktree(id), '-b', `backlog/${id}`);
    writeFiles(root, { [`.backlog-ops/claims/${id}.json`]: claimText(id, worktree(id)) });
  }
  writeFiles(root, {
    '.backlog-ops/waves/wave-0001.json': JSON.stringify({ v: 1, session_id: session, ended_at: null }),
  });
  return { root, env: { BACKLOG_HOME: home, HOME: path.join(home, '..') }, worktree };
}

/** Binds an agent to a ticket, as its prompt's marker does. */
export function bindAgent(
  { env }: Pick<Wave, 'env'>,
  agentId: string,
  ticketId: string,
  gate = 'implement',
): void {
  writeFiles(env.BACKLOG_HOME ?? '', {
    [`contexts/${session}/agents/${agentId}.json`]: JSON.stringify({
      agent_id: agentId,
      agent_type: 'implementer',
      started_at: new Date().toISOString(),
      context: {
        ticket_id: ticketId,
        gate,
        project: 'shop',
        agent_type: 'implementer',
        skill: '',
        updated_at: new Date().toISOString(),
      },
      joined_by: 'marker',
      parent_agent_id: null,
    }),
  });
}
