import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeRaise } from '../../src/ledger/raises.ts';
import { jsonl, record } from '../ledger/support.ts';
import { backlog, backlogBin } from '../support/cli.ts';
import { gitEnv, tempDir, writeFiles } from '../support/temp.ts';

const session = '11111111-2222-4333-8444-555555555555';
const now = () => new Date();
const today = () => now().toISOString();

interface Place {
  readonly cwd: string;
  readonly home: string;
}

/** A project with these budgets, whose ledger has these requests of now. */
function project(budgets: object, spent: readonly Parameters<typeof record>[0][], more: object = {}): Place {
  const root = tempDir();
  const config = { version: '1.1', project: { name: 'shop' }, llmOps: { budgets, ...more } };
  writeFiles(root, {
    'shop/backlog.config.json': JSON.stringify(config),
    'shop/.backlog-ops/usage-ledger.jsonl': jsonl(
      ...spent.map((known, index) => record({ id: `id-${index}`, ts: today(), ...known })),
    ),
  });
  return { cwd: path.join(root, 'shop'), home: path.join(root, 'home') };
}

/** Runs one hook as the client does. */
function hook(event: string, { cwd, home }: Place, fields: object): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const child = spawn(backlogBin, ['hook', event], { env: { ...gitEnv(), BACKLOG_HOME: home } });
    let stdout = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.on('error', reject);
    child.on('close', (exitCode) => {
      expect(exitCode).toBe(0);
      resolve(Object(stdout === '' ? {} : JSON.parse(stdout)));
    });
    child.stdin.end(JSON.stringify({ session_id: session, hook_event_name: event, cwd, ...fields }));
  });
}

const prompt = (place: Place, text = 'go on') => hook('UserPromptSubmit', place, { prompt: text });
const spawnAgent = (place: Place, text: string) =>
  hook('PreToolUse', place, { tool_name: 'Agent', tool_use_id: 'toolu_1', tool_input: { prompt: text } });
const work = (ticket: string) => `[backlog ticket=${ticket} gate=implement agent=backend]\nwork`;
const contextOf = (answer: Record<string, unknown>) =>
  String(Object(answer.hookSpecificOutput).additionalContext ?? '');

async function workOn(ticket: string, { cwd, home }: Place): Promise<void> {
  const env = { BACKLOG_HOME: home };
  const args = ['context', 'set', ticket, 'implement', 'backend', '--session', session];
  const set = await backlog(args, { cwd, env });
  expect(set.exitCode).toBe(0);
}

describe('a prompt', () => {
  it('is blocked when the budget of its day is spent, with the command that raises it', async () => {
    const place = project({ day: { limit: 1 } }, [{ cost_usd: 1.25 }]);
    expect(await prompt(place)).toEqual({
      decision: 'block',
      reason: `backlog: the budget of day ${today().slice(0, 10)} (UTC) is spent: $1.25 of $1.00 (125 %). A person can raise it: \`backlog cost raise day --usd 2.5\``,
    });
    const raise = { budget: 'day', id: today().slice(0, 10), unit: 'usd', limit: 3, by: 'human:A' } as const;
    await writeRaise(path.join(place.cwd, '.backlog-ops'), raise, now);
    expect(await prompt(place)).toEqual({});
  });

  it('is never blocked when it is the report of a background agent', async () => {
    const place = project({ day: { limit: 0 } }, []);
    expect(await prompt(place, '<task-notification>\n<task-id>a1</task-id>')).toEqual({});
    expect(await prompt(place)).toMatchObject({ decision: 'block' });
  });

  it('is judged by what its session spent and works on, not by others', async () => {
    const budgets = { session: { limit: 2 }, ticket: { limit: 1 } };
    const place = project(budgets, [{ cost_usd: 1.5, ticket_id: 'A-1', session_id: 'another' }]);
    expect(await prompt(place)).toEqual({});
    await workOn('A-1', place);
    expect(await prompt(place)).toMatchObject({
      decision: 'block',
      reason: expect.stringContaining('the budget of ticket A-1 is spent: $1.50 of $1.00'),
    });
    await workOn('A-2', place);
    expect(await prompt(place)).toEqual({});
  });

  it('is warned once at each threshold of a session', async () => {
    const place = project({ day: { limit: 1 }, month: { limit: 10, warn: 0.07 } }, [{ cost_usd: 0.75 }]);
    const first = contextOf(await prompt(place));
    expect(first).toContain('is nearly spent: $0.7500 of $1.00 (75 %)');
    expect(first).toContain(`month ${today().slice(0, 7)} (UTC)`);
    expect(await prompt(place)).toEqual({});
    const other = await hook('UserPromptSubmit', place, { prompt: 'go', session_id: 'session-2' });
    expect(contextOf(other)).toBe(first);
  });

  it('may use the reserve for work on a ticket, and hears each time that it is for parking', async () => {
    const place = project({ day: { limit: 10 }, reserve: 0.1 }, [{ cost_usd: 9.5 }]);
    expect(await prompt(place)).toMatchObject({ decision: 'block' });
    await workOn('A-1', place);
    for (let turn = 0; turn < 2; turn += 1)
      expect(contextOf(await prompt(place))).toContain('backlog ticket release');
    expect(await spawnAgent(place, work('A-1'))).toMatchObject({
      hookSpecificOutput: { permissionDecision: 'deny' },
    });
  });

  it('passes without budgets, and with a configuration that is none', async () => {
    const place = project({}, [{ cost_usd: 1000 }]);
    expect(await prompt(place)).toEqual({});
    expect(existsSync(path.join(place.cwd, '.backlog-ops/cache'))).toBe(false);
    writeFiles(place.cwd, { 'backlog.config.json': '{"llmOps": ' });
    expect(await prompt(place)).toEqual({});
    expect(readFileSync(path.join(place.home, 'hooks.log'), 'utf8')).toContain('UserPromptSubmit');
  });
});

describe('a new agent', () => {
  it('is denied when the budget of the ticket in its marker is spent; agents for other tickets are not', async () => {
    const place = project({ ticket: { limit: 1 } }, [{ cost_usd: 1, ticket_id: 'A-1' }]);
    expect(await spawnAgent(place, work('A-1'))).toEqual({
      hookSpecificOutput: {
        hookEventName: 'PreToolUse',
        permissionDecision: 'deny',
        permissionDecisionReason:
          'backlog: the budget of ticket A-1 is spent: $1.00 of $1.00 (100 %). A person can raise it: `backlog cost raise ticket A-1 --usd 2`',
      },
    });
    expect(await spawnAgent(place, work('A-2'))).toEqual({});
    await workOn('A-1', place);
    expect(await spawnAgent(place, 'no marker')).toMatchObject({
      hookSpecificOutput: { permissionDecision: 'deny' },
    });
    expect(await spawnAgent(place, work('A-2'))).toEqual({});
  });

  it('is counted in tokens on a plan, where USD only warn', async () => {
    const budgets = { ticket: { limit: 1, tokens: 200 } };
    const place = project(budgets, [{ cost_usd: 5, ticket_id: 'A-1' }], { billing: 'plan' });
    expect(contextOf(await spawnAgent(place, work('A-1')))).toContain('$5.00 of $1.00 (500 %)');
    const dear = project(
      budgets,
      [1, 2].map(() => ({ ticket_id: 'A-1' })),
      { billing: 'plan' },
    );
    expect(await spawnAgent(dear, work('A-1'))).toMatchObject({
      hookSpecificOutput: { permissionDecisionReason: expect.stringContaining('240 tokens of 200 tokens') },
    });
  });
});
