import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readJson } from '../plugin/parts.ts';
import { backlog } from '../support/cli.ts';
import { tempDir, tempRepo, writeFiles } from '../support/temp.ts';
import { page } from './sample.ts';

const text = page('docs/hooks.md');
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
const inline = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

/** The commands of the table of denials, each with the fix of its row. */
const denied = rows.flatMap(([, what, fix]) =>
  /^`(?:git|rm|mv)/.test(what ?? '')
    ? inline(what).map((command) => ({ command, fix: inline(fix)[0]?.split(' --ticket')[0] ?? '' }))
    : [],
);

describe('docs/hooks.md', () => {
  it('names every event of hooks.json, and no other', () => {
    const events = Object.keys(Object(Object(readJson('hooks/hooks.json')).hooks));
    const listed = rows.flatMap(([, cell]) =>
      inline(cell).filter((code) => /^(?:[A-Z][a-z]+){2,}$|^Stop$/.test(code)),
    );
    expect([...new Set(listed)].sort()).toEqual(events.toSorted());
  });

  it('has examples of denials', () => {
    expect(denied.length).toBeGreaterThan(6);
  });

  it.each(denied)('$command is denied, and the reason says: $fix', async ({ command, fix }) => {
    const { decision, reason } = await preToolUse({ tool_name: 'Bash', tool_input: { command } });
    expect(decision).toBe('deny');
    expect(reason).toContain(fix.startsWith('--no') ? 'without it' : fix);
  });

  it('a search for a commit runs', async () => {
    const command = /`(git log --grep[^`]+)`/.exec(text)?.[1];
    expect(command).toBeDefined();
    expect(await preToolUse({ tool_name: 'Bash', tool_input: { command } })).toEqual({});
  });

  it.each(['default', 'acceptEdits', 'auto', 'plan', 'dontAsk'])(
    'a waiver in the mode %s is asked for where the page says so, else denied',
    async (mode) => {
      const command = 'backlog gate waive lint --ticket FEAT-001 --reason r';
      const { decision } = await preToolUse({
        tool_name: 'Bash',
        tool_input: { command },
        permission_mode: mode,
      });
      const asks = /shows its dialog \(modes (\w+) and (\w+)\)/.exec(text)?.slice(1) ?? [];
      expect(asks).toHaveLength(2);
      expect(decision).toBe(asks.includes(mode) ? 'ask' : 'deny');
    },
  );
});

/** What PreToolUse answers to the session that holds FEAT-001; nothing when it lets the call go on. */
async function preToolUse(fields: object): Promise<{ decision?: unknown; reason?: unknown }> {
  const cwd = tempRepo({ 'backlog.config.json': '{"version":"1.0","project":{"name":"shop"}}' });
  const session = '11111111-2222-4333-8444-555555555555';
  const now = Date.now();
  const claim = {
    v: 1,
    ticket_id: 'FEAT-001',
    session_id: session,
    agent_id: null,
    owner: { name: 'Ada', host: 'elsewhere', process: null },
    started_at: new Date(now).toISOString(),
    expires_at: new Date(now + 3_600_000).toISOString(),
    base_commit: 'b',
    worktree: cwd,
    branch: 'main',
    history: [],
  };
  writeFiles(cwd, { '.backlog-ops/claims/FEAT-001.json': JSON.stringify(claim) });
  const input = JSON.stringify({ session_id: session, cwd, tool_use_id: 'toolu_1', ...fields });
  const { exitCode, stdout } = await backlog(['hook', 'PreToolUse'], {
    cwd,
    env: { BACKLOG_HOME: path.join(tempDir(), 'home') },
    input,
  });
  expect(exitCode).toBe(0);
  if (stdout.trim() === '') return {};
  const output = Object(JSON.parse(stdout)).hookSpecificOutput;
  return { decision: output.permissionDecision, reason: output.permissionDecisionReason };
}
