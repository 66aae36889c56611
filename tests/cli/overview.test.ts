import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { draftExample } from '../../src/tickets/draft.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { gitIn, tempRepo } from '../support/temp.ts';

const env = { HOME: '/nonexistent', BACKLOG_HOME: '' };

async function project(): Promise<string> {
  const root = tempRepo();
  env.BACKLOG_HOME = path.join(root, '..', `${path.basename(root)}-home`);
  const made = await backlog(['init', '--yes', '--stack', 'generic', '--prefixes', 'BUG,TASK'], {
    cwd: root,
    env,
  });
  expect(made.exitCode).toBe(0);
  gitIn(root, 'add', '-A');
  gitIn(root, 'commit', '-q', '-m', 'chore: set up the backlog');
  return root;
}

const call = (cwd: string, ...args: string[]) => backlog(args, { cwd, env });

async function filled(root: string, more: object = {}): Promise<string> {
  const input = JSON.stringify({ ...draftExample, type: 'TASK', ...more });
  const made = await backlog(['ticket', 'new', '--from', '-', '--json'], { cwd: root, env, input });
  return String(jsonOf(made).id);
}

describe('backlog, on its own', () => {
  it('names a type of this project when there is nothing to do', async () => {
    const root = await project();
    expect(jsonOf(await call(root, '--json'))).toMatchObject({
      held: [],
      ready: [],
      blocked: [],
      broken: [],
      hooks_active: null,
      next: expect.stringContaining('ticket new --type BUG --title'),
    });
  });

  it("says inside Claude Code whether this session's requests go through the gateway", async () => {
    const root = await project();
    const inside = async (more: Record<string, string>) =>
      jsonOf(await backlog(['--json'], { cwd: root, env: { ...env, CLAUDECODE: '1', ...more } })).routed;
    expect(jsonOf(await call(root, '--json')).routed).toBe(null);
    expect(await inside({})).toBe(false);
    expect(await inside({ ANTHROPIC_BASE_URL: 'https://api.anthropic.com' })).toBe(false);
    expect(await inside({ ANTHROPIC_BASE_URL: 'http://127.0.0.1:4000' })).toBe(false);
    expect(await inside({ ANTHROPIC_BASE_URL: 'http://127.0.0.1:4141/p/shop-0123abcd' })).toBe(true);
  });

  it('sends a draft to validate, and a whole ticket to start', async () => {
    const root = await project();
    await call(root, 'ticket', 'new', '--type', 'TASK', '--title', 'only a title');
    expect(jsonOf(await call(root, '--json')).next).toMatch(/ticket validate TASK-001$/);
    const whole = await project();
    const id = await filled(whole);
    const { next, ready } = jsonOf(await call(whole, '--json'));
    expect(next).toMatch(new RegExp(`ticket start ${id}$`));
    expect(ready).toEqual([expect.objectContaining({ id })]);
  });

  it('shows what is blocked and why, and what is held, by whom', async () => {
    const root = await project();
    const first = await filled(root);
    const second = await filled(root, { dependencies: [{ ticket: first, needs: 'its function' }] });
    gitIn(root, 'add', '-A');
    gitIn(root, 'commit', '-q', '-m', 'docs: add tickets');
    expect((await call(root, 'ticket', 'start', first)).exitCode).toBe(0);
    const shown = jsonOf(await call(root, '--json'));
    expect(shown).toMatchObject({
      held: [{ ticket_id: first, lease: 'held', gate: null, cost_usd: 0 }],
      blocked: [{ id: second, reasons: [expect.stringContaining(first)] }],
      next: expect.stringMatching(new RegExp(`gate status ${first}$`)),
    });
    const { stdout } = await call(root);
    expect(stdout).toContain('held (1)');
    expect(stdout).toContain('blocked (1)');
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(200);
  });

  it('counts what it cannot read, and says so in its exit code', async () => {
    const root = await project();
    const id = await filled(root);
    const { items } = jsonOf(await call(root, 'ticket', 'list', '--json'));
    const [{ file = '' } = {}] = Array.isArray(items) ? items : [];
    const at = path.join(root, file);
    writeFileSync(at, readFileSync(at, 'utf8').replace('status: pending', 'status: [pending'));
    appendFileSync(path.join(root, 'README.md'), 'more\n');
    const shown = await call(root, '--json');
    expect(shown.exitCode).toBe(3);
    expect(jsonOf(shown)).toMatchObject({ ready: [], broken: [{ file, line: expect.any(Number) }] });
    expect(JSON.stringify(jsonOf(shown).broken)).toContain(id);
  });
});
