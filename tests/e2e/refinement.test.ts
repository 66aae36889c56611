import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/cli.ts';
import { gitIn, writeFiles } from '../support/temp.ts';
import { needsClient, resultsOf } from './support/client.ts';
import { bash, type Story, skill } from './support/scenario.ts';
import { makeSandbox, type Played, playSession, type Sandbox } from './support/session.ts';
import { documentOf, ledgerOf, openShop, ticketFile, workOn } from './support/shop.ts';

/** Up to the one question that the user has to answer. */
const looks: Story = {
  main: [
    { sees: 'backlog-toolkit:backlog-refinement', does: [skill('backlog-toolkit:backlog-refinement')] },
    {
      sees: 'Check and mend the pending tickets',
      does: [bash('backlog context set "" refine refinement backlog-refinement')],
    },
    { seesNo: 'error:', does: [bash('backlog refine --json')] },
    {
      sees: /FEAT-002\/obsolete/,
      says: 'FEAT-002 may go: none of the files that it changes exists any more. May it?',
    },
  ],
};

const applies: Story = {
  main: [
    { sees: 'yes', does: [bash('backlog refine --apply --report --json')] },
    { sees: 'FEAT-002 is obsolete', does: [bash('backlog context clear')] },
    { seesNo: 'error:', says: 'FEAT-002 is closed; the report is written.' },
  ],
};

describe('/backlog-toolkit:refinement in the real client', () => {
  let sandbox: Sandbox;

  beforeEach(needsClient);
  beforeAll(async () => {
    sandbox = await makeSandbox();
    const { project } = sandbox;
    openShop(sandbox);
    await documentOf(sandbox, ['init', '--yes', '--name', 'corner-shop', '--prefixes', 'FEAT,BUG']);
    writeFiles(project, {
      'docs/prices.md': '# Prices\n\nIn whole cents.\n',
      'src/stamps.js': '// gone soon\n',
    });
    commit(project, 'chore: set up the backlog');
    const { ticket } = workOn('bonus');
    const rows = [
      ticket.affected_files,
      { path: 'docs/prices.md', action: 'modify', description: 'its price' },
    ];
    const stale = {
      ...workOn('stamps').ticket,
      title: 'Print stamps on letters',
      description: 'The letters of the shop carry stamps that a printer sets beside the address.',
      context: 'Letters come back when no stamp is on them.',
      criteria: ['A letter has a stamp', 'The address stays readable', 'Heavy letters have two'],
      affected_files: [{ path: 'src/stamps.js', action: 'modify', description: 'the stamps' }],
    };
    for (const one of [{ ...ticket, affected_files: rows.flat() }, stale])
      await documentOf(sandbox, ['ticket', 'new', '--from', '-'], JSON.stringify(one));
    gitIn(project, 'mv', 'docs/prices.md', 'docs/money.md');
    gitIn(project, 'rm', '-q', 'src/stamps.js');
    commit(project, 'refactor: tidy up');
    await play('/backlog-toolkit:refinement', looks);
    expect(ticketFile(sandbox, 'pending', 'FEAT-002')).toBeDefined();
    await play('yes, FEAT-002 may go', applies, '--continue');
  }, 60_000);
  afterAll(() => sandbox?.remove());

  async function play(prompt: string, story: Story, ...args: string[]): Promise<Played> {
    const played = await playSession(sandbox, { prompt, story, pluginDir: repositoryRoot, args });
    expect(played.problems).toEqual([]);
    expect(resultsOf(played.run).flatMap((each) => each.permission_denials)).toEqual([]);
    return played;
  }

  it('ends with updated tickets, the obsolete one moved on a yes, and the report', async () => {
    const kept = readFileSync(ticketFile(sandbox, 'pending', 'FEAT-001') ?? '', 'utf8');
    expect(kept).toContain('docs/money.md');
    expect(kept).not.toContain('docs/prices.md');
    expect(kept).toMatch(/^## Cost Estimate$/m);
    expect(ticketFile(sandbox, 'pending', 'FEAT-002')).toBeUndefined();
    expect(readFileSync(ticketFile(sandbox, 'completed', 'FEAT-002') ?? '', 'utf8')).toMatch(
      /^status: obsolete$/m,
    );
    const folder = path.join(sandbox.project, 'backlog');
    const reports = readdirSync(folder).filter((name) => name.startsWith('REFINEMENT-REPORT-'));
    expect(reports).toHaveLength(1);
    expect(readFileSync(path.join(folder, reports[0] ?? ''), 'utf8')).toContain('FEAT-002 is obsolete');
    expect(existsSync(path.join(sandbox.project, '.backlog-ops/changes/applying.json'))).toBe(false);
  });

  it('is recorded as refinement, in both halves of the session', () => {
    const lines = ledgerOf(sandbox);
    expect(lines).toHaveLength(looks.main.length + applies.main.length);
    expect(lines.filter(({ gate }) => gate === 'refine').length).toBeGreaterThan(2);
  });
});

function commit(project: string, message: string): void {
  gitIn(project, 'add', '-A');
  gitIn(project, 'commit', '-q', '-m', message);
}
