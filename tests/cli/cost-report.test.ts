import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { costReport } from '../../src/ledger/report.ts';
import { jsonl, record } from '../ledger/support.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { tempDir, writeFiles } from '../support/temp.ts';

const ticket = { ticket_id: 'FEAT-001', agent_type: 'backend', attributed_by: 'agent' };

function project(...lines: readonly unknown[]) {
  const root = tempDir();
  const cwd = path.join(root, 'shop');
  const home = path.join(root, 'home');
  const config = {
    version: '1.1',
    project: { name: 'shop', stack: 'generic' },
    backlog: { dataDir: 'backlog/data', templatesDir: 'backlog/templates', ticketPrefixes: ['FEAT'] },
    qualityGates: { testCommand: 'true' },
    codeRules: { source: '.claude/code-rules.md' },
    ticketValidation: {},
  };
  writeFiles(root, {
    'shop/backlog.config.json': JSON.stringify(config),
    ...(lines.length > 0 ? { 'shop/.backlog-ops/usage-ledger.jsonl': jsonl(...lines) } : {}),
  });
  const report = (...args: string[]) => backlog(['cost', 'report', ...args], { cwd, env: { HOME: home } });
  return { cwd, home, report };
}

function transcript(home: string, cwd: string, session: string, ...rows: readonly unknown[]): void {
  const folder = path.join(home, '.claude/projects', cwd.replaceAll(/[^A-Za-z0-9]/g, '-'));
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${session}.jsonl`), jsonl(...rows));
}

const row = (cwd: string, requestId: string, gitBranch: string) => ({
  type: 'assistant',
  timestamp: '2026-11-20T10:00:00.000Z',
  sessionId: 's1',
  requestId,
  cwd,
  gitBranch,
  // 1000 tokens at 20 USD a million.
  message: {
    id: `m-${requestId}`,
    model: 'claude-opus-5-5',
    usage: { input_tokens: 0, output_tokens: 1000 },
  },
});
const costState = (usd: number) => ({ type: 'cost-state', sessionId: 's1', totalCostUSD: usd });

describe('backlog cost report', () => {
  it('reads the transcripts beside pipes, folders and links that are called like one', async () => {
    const { cwd, home, report } = project();
    transcript(home, cwd, 's1', row(cwd, 'r1', 'main'));
    const folder = path.join(home, '.claude/projects', cwd.replaceAll(/[^A-Za-z0-9]/g, '-'));
    execFileSync('mkfifo', [path.join(folder, 'pipe.jsonl')]);
    mkdirSync(path.join(folder, 'folder.jsonl'));
    symlinkSync('nowhere', path.join(folder, 'link.jsonl'));
    symlinkSync('/dev/zero', path.join(folder, 'device.jsonl'));
    const result = await report('--json');
    expect(result.exitCode).toBe(0);
    expect(jsonOf(result)).toMatchObject({ total: { requests: 1, cost_usd: 0.02 } });
  }, 20_000);

  it('has the five figures with their targets', async () => {
    const { report } = project(
      record({
        ...ticket,
        model: 'claude-haiku-4-5',
        cost_usd: 0.5,
        input_tokens: 30,
        cache_read_tokens: 70,
      }),
      record({ ...ticket, tier: 'cheap', cost_usd: 1, input_tokens: 0, batch_job_id: 'b' }),
      record({ ticket_id: 'FEAT-002', cost_usd: 3.5, input_tokens: 0, escalation_reason: 'hard' }),
      record({ status: 'blocked', cost_usd: null, input_tokens: 0, output_tokens: 0 }),
    );
    const kpis = [
      { name: 'cache_hit_rate', value: 0.7, target: 0.6, wanted: 'at least', met: true },
      { name: 'cheap_calls', value: 2 / 3, target: 0.7, wanted: 'at least', met: false },
      { name: 'batch_rate', value: 1 / 3, target: 0.3, wanted: 'at least', met: true },
      { name: 'escalation_rate', value: 1 / 3, target: 0.05, wanted: 'below', met: false },
      { name: 'cost_per_ticket_usd', value: 2.5, target: 2, wanted: 'below', met: false },
    ];
    expect(jsonOf(await report('--json'))).toMatchObject({ kpis, blocked_requests: 1 });
    const { stdout } = await report();
    expect(stdout).toMatch(/cache hit rate +70 % +>= 60 % +met/);
    expect(stdout).toMatch(/cost per ticket +\$2\.50 +< +\$2\.00 +missed/);
  });

  it('always has the line of what is unattributed, and one next command', async () => {
    const { stdout } = await project(record(ticket)).report();
    expect(stdout).toContain('unattributed: $0.00 (0 %) in 0 requests');
    expect(stdout.match(/^next: /gm)).toHaveLength(1);
    const most = await project(record(ticket), record(), record()).report();
    expect(most.stdout).toContain('unattributed: $1.00 (67 %) in 2 requests');
    expect(most.stdout).toContain('next: backlog context set');
  });

  it('takes for rework what a gate of a ticket cost after it first failed', () => {
    const at = (ts: string, more: object = {}) => record({ ...ticket, gate: 'lint', ts, ...more });
    const ledger = path.join(tempDir(), 'l.jsonl');
    writeFileSync(
      ledger,
      jsonl(
        at('2026-11-20T10:00:00.000Z', { cost_usd: 1 }),
        at('2026-11-20T12:00:00.000Z', { cost_usd: 2 }),
        at('2026-11-20T13:00:00.000Z', { cost_usd: 4, gate: 'plan' }),
        at('2026-11-20T13:00:00.000Z', { cost_usd: 8, ticket_id: 'FEAT-002' }),
      ),
    );
    const failures = new Map([['FEAT-001/lint', '2026-11-20T11:00:00.000Z']]);
    expect(costReport({ ledger, failures })).toMatchObject({
      rework: { cost_usd: 2, requests: 1 },
      overhead: { cost_usd: 15 },
    });
  });

  it('compares estimates with what was used', async () => {
    const { cwd, report } = project(record(ticket), record({ ticket_id: 'FEAT-404' }));
    writeFiles(cwd, {
      'backlog/data/pending/FEAT-001-a.md':
        '---\nid: FEAT-001\ntitle: A\nestimated_tokens: 5000\n---\n\n# A\n',
    });
    expect(jsonOf(await report('--json'))).toMatchObject({
      estimates: { tickets: 1, estimated_tokens: 5000, actual_tokens: 120 },
    });
  });

  it("sets Claude Code's own totals beside ours, and says how to close the gap", async () => {
    const { cwd, home, report } = project(
      record({ session_id: 's1', cost_usd: 1 }),
      record({ session_id: 's2' }),
    );
    transcript(home, cwd, 's1', row(cwd, 'r1', 'main'), costState(1), costState(1.25));
    expect(jsonOf(await report('--json'))).toMatchObject({
      reconciliation: { sessions: 1, claude_code_usd: 1.25, ledger_usd: 1, difference_usd: -0.25 },
      next: 'backlog cost sync',
    });
    expect(jsonOf(await report('--json', '--days', '9'))).toMatchObject({ reconciliation: null });
  });

  it('works on transcripts, by branch, where nothing keeps a ledger; it writes nothing', async () => {
    const cwd = tempDir();
    const home = path.join(cwd, 'home');
    transcript(
      home,
      cwd,
      's1',
      row(cwd, 'r1', 'main'),
      row(cwd, 'r1', 'main'),
      row(cwd, 'r2', 'fix'),
      row(cwd, 'r3', 'fix'),
    );
    const result = await backlog(['cost', 'report', '--json'], { cwd, env: { HOME: home } });
    expect(jsonOf(result)).toMatchObject({
      source: 'transcripts',
      total: { requests: 3, cost_usd: 0.06 },
      by_branch: [
        { name: 'fix', requests: 2, cost_usd: 0.04 },
        { name: 'main', requests: 1 },
      ],
      next: 'backlog init',
    });
    const { stdout } = await backlog(['cost', 'report'], { cwd, env: { HOME: home } });
    expect(stdout).toContain('read from transcripts');
    expect(stdout).toMatch(/by branch[^\n]*\nfix +2/);
  });

  it('counts the rows of transcripts that cannot be read', async () => {
    const cwd = tempDir();
    const home = path.join(cwd, 'home');
    const torn = { ...row(cwd, 'r2', 'fix'), timestamp: 'soon' };
    transcript(home, cwd, 's1', row(cwd, 'r1', 'main'), '{"type":"assistant","message":', torn);
    const result = await backlog(['cost', 'report', '--json'], { cwd, env: { HOME: home } });
    expect(jsonOf(result)).toMatchObject({ total: { requests: 1 }, bad_transcript_rows: 2 });
    expect(result.stderr).toContain(
      'warning: 2 rows of transcripts cannot be read and are missing in the sums',
    );
  });

  it('says in a project without a ledger that transcripts can be read in', async () => {
    const { cwd, home, report } = project();
    transcript(home, cwd, 's1', row(cwd, 'r1', 'main'));
    expect(jsonOf(await report('--json'))).toMatchObject({
      source: 'transcripts',
      next: 'backlog cost sync',
    });
  });
});
