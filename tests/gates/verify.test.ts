import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { quickCommit } from '../../src/gates/quick.ts';
import { type VerifyOptions, verifyRangeOf } from '../../src/gates/verify.ts';
import { waiveGate } from '../../src/gates/waive.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { gitIn, tempDir, writeFiles } from '../support/temp.ts';
import { atTerminal, completed, finish, id, linted } from './support/journey.ts';
import { callIn, commitAll, configText, project, ticketPath, ticketText } from './support/project.ts';

const completedPath = ticketPath().replace('/pending/', '/completed/');
const evidencePath = `backlog/data/evidence/${id}.json`;

const verify = (root: string, options: Partial<VerifyOptions> = {}) =>
  verifyRangeOf(callIn(root), { base: undefined, rerun: false, waivers: true, ...options });

function cloned(root: string): string {
  const folder = path.join(tempDir(), 'clone');
  gitIn(root, 'clone', '-q', `file://${root}`, folder);
  return folder;
}

function edited(root: string, change: (evidence: Record<string, unknown>) => void): string {
  const evidence = JSON.parse(readFileSync(path.join(root, evidencePath), 'utf8'));
  change(evidence);
  writeFiles(root, { [evidencePath]: JSON.stringify(evidence) });
  commitAll(root, 'chore: edit the books');
  return root;
}

describe('verify', () => {
  it('finds the commit that the evidence is for, also in a fresh clone', async () => {
    const root = await completed();
    const base = gitIn(root, 'rev-list', '--max-parents=0', 'HEAD');
    for (const folder of [root, cloned(root)]) {
      const result = await verify(folder, { base });
      expect(result).toMatchObject({
        failures: [],
        unticketed: [],
        items: [
          { ticket_id: id, verdict: 'matched', commit: gitIn(root, 'rev-parse', 'HEAD~1'), problems: [] },
        ],
      });
    }
  });

  it('says the same after a rebase that leaves the content, an amend, and a squash of one ticket', async () => {
    const root = await completed();
    const base = gitIn(root, 'rev-list', '--max-parents=0', 'HEAD');
    gitIn(root, 'rebase', '-q', '--exec', 'git commit -q --amend --no-edit --reset-author', '--root');
    expect(await verify(root)).toMatchObject({ failures: [], items: [{ verdict: 'matched' }] });
    gitIn(root, 'checkout', '-q', '-b', 'squashed', base);
    gitIn(root, 'merge', '-q', '--squash', 'main', '--allow-unrelated-histories', '-X', 'theirs');
    gitIn(root, 'commit', '-q', '-m', 'feat: squashed');
    expect(await verify(root, { base })).toMatchObject({ failures: [], items: [{ verdict: 'matched' }] });
  });

  it('fails on a ticket that was moved by hand', async () => {
    const root = project();
    writeFiles(root, { [completedPath]: ticketText({ status: 'completed' }) });
    gitIn(root, 'rm', '-q', ticketPath());
    commitAll(root, 'chore: done');
    expect(await verify(root)).toMatchObject({
      items: [{ verdict: 'missing' }],
      failures: [expect.stringContaining('moved by hand')],
    });
  });

  it('asks no evidence of work that was done before its ticket was imported', async () => {
    const root = project();
    const text = ticketText({ status: 'completed' })
      .replace('id: FEAT-001', 'id: FEAT-050')
      .replace('status: ', 'imported_from: "beads:bd-1"\nstatus: ');
    writeFiles(root, { 'backlog/data/completed/FEAT-050-old.md': text });
    commitAll(root, 'chore: import the old backlog');
    expect(await verify(root)).toMatchObject({
      items: [],
      exempt: [{ ticket_id: 'FEAT-050', status: 'imported' }],
      failures: [],
    });
  });

  it.each([
    ['was open at the base', ticketPath(), 'chore: done'],
    ['is named by a commit of the range', undefined, 'feat: it\n\nTicket: FEAT-001'],
  ])('fails on one that only says that it was imported, and %s', async (_why, gone, message) => {
    const root = project();
    gitIn(root, 'rm', '-q', ticketPath());
    if (gone === undefined) commitAll(root, 'chore: away');
    const base = gitIn(root, 'rev-parse', 'HEAD');
    const text = ticketText({ status: 'completed' }).replace('status: ', 'imported_from: "x:1"\nstatus: ');
    writeFiles(root, { [completedPath]: text });
    commitAll(root, message);
    const result = await verify(root, { base });
    expect(result.failures).toContainEqual(expect.stringContaining('moved by hand'));
  });

  it('fails on a ticket that says completed where it stands, and on a completed one that is gone', async () => {
    const root = await completed();
    const base = gitIn(root, 'rev-parse', 'HEAD');
    writeFiles(root, { [ticketPath('FEAT-002')]: ticketText({ id: 'FEAT-002', status: 'completed' }) });
    commitAll(root, 'chore: done');
    expect((await verify(root, { base })).failures).toEqual([
      expect.stringMatching(/^FEAT-002: its status says completed/),
    ]);
    gitIn(root, 'reset', '-q', '--hard', base);
    gitIn(root, 'rm', '-q', completedPath, evidencePath);
    commitAll(root, 'chore: tidy up');
    expect((await verify(root, { base })).failures).toEqual([
      expect.stringMatching(/^FEAT-001: it was completed, and its ticket is gone/),
    ]);
  });

  it('judges a branch that is not checked out', async () => {
    const root = await completed();
    const head = gitIn(root, 'rev-parse', 'HEAD');
    const base = gitIn(root, 'rev-list', '--max-parents=0', 'HEAD');
    gitIn(root, 'checkout', '-q', '--detach', base);
    expect(await verify(root, { base, head })).toMatchObject({
      failures: [],
      items: [{ verdict: 'matched' }],
    });
    await expect(verify(root, { base, head: 'nowhere' })).rejects.toMatchObject({
      message: 'nowhere names no commit in this clone',
    });
  });

  it('fails on code without a ticket of the backlog when it is told to', async () => {
    const root = project();
    const base = gitIn(root, 'rev-parse', 'HEAD');
    for (const message of ['fix: by the way', 'fix: forged\n\nTicket: FEAT-999']) {
      writeFiles(root, { 'src/other.js': `export const message = ${JSON.stringify(message)};\n` });
      commitAll(root, message);
    }
    expect((await verify(root, { base })).failures).toEqual([]);
    const told = await verify(root, { base, requireTickets: true });
    expect(told.failures).toEqual([
      expect.stringMatching(/is of no completed ticket: fix: forged$/),
      expect.stringMatching(/is of no completed ticket: fix: by the way$/),
    ]);
    const done = await backlog(['verify', '--base', base, '--require-tickets'], { cwd: root });
    expect(done).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('is of no completed ticket') });
  });

  it('fails on a commit that names a ticket and came after the one that its evidence is for', async () => {
    const root = await completed();
    writeFiles(root, { 'src/basket.js': 'export const total = () => 0;\n' });
    commitAll(root, `fix: more\n\nTicket: ${id}`);
    expect(await verify(root)).toMatchObject({
      failures: [expect.stringMatching(/^FEAT-001: commit \w+ \(fix: more\) came after \w+, for which/)],
    });
  });

  it('takes a squash for its ticket’s own commit although it lost the trailer', async () => {
    const root = await completed();
    const base = gitIn(root, 'rev-list', '--max-parents=0', 'HEAD');
    gitIn(root, 'checkout', '-q', '-b', 'squashed', base);
    gitIn(root, 'merge', '-q', '--squash', 'main');
    gitIn(root, 'commit', '-q', '-m', 'feat: squashed');
    expect(await verify(root, { base, requireTickets: true })).toMatchObject({ failures: [] });
  });

  it('leaves alone what git merges by itself, and asks whose code it is that stands in a merge alone', async () => {
    const root = project({ files: { 'a.js': '1\n', 'b.js': '1\n' } });
    const base = gitIn(root, 'rev-parse', 'HEAD');
    gitIn(root, 'checkout', '-q', '-b', 'side');
    writeFiles(root, { 'a.js': '2\n' });
    commitAll(root, 'fix: a');
    gitIn(root, 'checkout', '-q', 'main');
    writeFiles(root, { 'b.js': '2\n' });
    commitAll(root, 'fix: b');
    gitIn(root, 'merge', '-q', '-m', 'Merge side', 'side');
    const subjects = async () => (await verify(root, { base })).unticketed.map(({ subject }) => subject);
    expect((await subjects()).sort()).toEqual(['fix: a', 'fix: b']);
    writeFiles(root, { 'a.js': '3\n' });
    gitIn(root, 'commit', '-q', '-a', '--amend', '--no-edit');
    expect((await subjects()).sort()).toEqual(['Merge side', 'fix: a', 'fix: b']);
    const { failures } = await verify(root, { base, requireTickets: true });
    expect(failures).toContainEqual(
      expect.stringMatching(/Merge side \(a merge that changes code itself\)$/),
    );
  });

  it.each<[string, (evidence: Record<string, unknown>) => void, RegExp]>([
    [
      'a result that was turned round',
      ({ gates }) => {
        if (Array.isArray(gates)) gates[0].duration_ms = 1;
      },
      /its evidence file was edited/,
    ],
    ['no gates', (evidence) => Object.assign(evidence, { gates: [] }), /plan: it has not run yet/],
    [
      'another tree',
      (evidence) => Object.assign(evidence, { tree: 'a'.repeat(40) }),
      /two different commits/,
    ],
    ['another ticket', (evidence) => Object.assign(evidence, { ticket_id: 'FEAT-002' }), /is of FEAT-002/],
    [
      'another promise',
      (evidence) => Object.assign(evidence, { promise: 'x' }),
      /are not those that the evidence is for/,
    ],
    [
      'a review of another change',
      ({ gates }) => {
        for (const line of Array.isArray(gates) ? gates : [])
          if (line.gate === 'review') line.holds_for.diff = '0'.repeat(64);
      },
      /review: the change is another/,
    ],
    [
      'a commit line after other evidence',
      ({ gates }) => {
        for (const line of Array.isArray(gates) ? gates : [])
          if (line.gate === 'commit') line.previous_sha256 = '0'.repeat(64);
      },
      /names other evidence in its trailer/,
    ],
    [
      'two lines at one place',
      ({ gates }) => {
        if (Array.isArray(gates)) gates[1].previous_sha256 = gates[0].previous_sha256;
      },
      /chain of its evidence is broken/,
    ],
  ])('fails on evidence with %s', async (_what, change, expected) => {
    const root = edited(await completed(), change);
    expect((await verify(root)).failures.join('\n')).toMatch(expected);
  });

  it('takes an unmatched ticket only when the rerun is green on HEAD', async () => {
    const root = await completed();
    const base = gitIn(root, 'rev-list', '--max-parents=0', 'HEAD');
    gitIn(root, 'checkout', '-q', '-b', 'squashed', base);
    gitIn(root, 'merge', '-q', '--squash', 'main');
    writeFiles(root, { 'src/other.js': 'export const other = 1;\n' });
    commitAll(root, 'feat: two things at once');
    const alone = await verify(root, { base });
    expect(alone.items).toMatchObject([{ verdict: 'unmatched' }]);
    expect(alone.failures.join()).toContain('no commit of the range');
    expect(await verify(root, { base, rerun: true })).toMatchObject({
      failures: [],
      rerun: { problem: null },
    });
  });

  it('runs the commands of the base again on HEAD, and fails on what is new there', async () => {
    const root = await completed();
    const base = gitIn(root, 'rev-list', '--max-parents=0', 'HEAD');
    writeFiles(root, {
      'src/basket.js': 'export const total = () => 0;\nexport const price = (sum) => sum;\n',
    });
    commitAll(root, 'fix: break it');
    const result = await verify(root, { base, rerun: true });
    expect(result.failures.join()).toContain('takes 10 % off');
    expect(result.unticketed).toMatchObject([{ subject: 'fix: break it' }]);
    expect(gitIn(root, 'worktree', 'list').split('\n')).toHaveLength(1);
  });

  it('does not let the range choose its judge', async () => {
    const root = await completed();
    writeFiles(root, { 'backlog.config.json': configText({ qualityGates: { testCommand: 'true' } }) });
    commitAll(root, 'chore: be quick');
    const result = await verify(root, { rerun: true });
    expect(result.failures.join()).toMatch(/gate configuration changed: qualityGates.testCommand/);
    expect(result.rerun?.commands.map(({ command }) => command)).toContain('node --test test/');
  });

  it('lists waivers, and fails on them when it is told to', async () => {
    const root = await linted();
    await waiveGate(atTerminal(root), { ticketId: id, gate: 'review', reason: 'nobody is here' });
    await finish(root);
    const result = await verify(root);
    expect(result.failures).toEqual([]);
    expect(result.items[0]?.waivers).toMatchObject([{ gate: 'review', reason: 'nobody is here' }]);
    expect((await verify(root, { waivers: false })).failures.join()).toContain('review was waived');
  });

  it('knows commits of the quick lane, and judges their size', async () => {
    const root = project();
    writeFiles(root, { 'README.md': '# Shop\n' });
    const done = await quickCommit(callIn(root), {
      summary: 'name it',
      type: 'docs',
      area: '',
      id: undefined,
    });
    expect(await verify(root)).toMatchObject({ failures: [], quick: [{ ticket_id: done.id, problems: [] }] });
    writeFiles(root, { 'src/auth.js': 'export const open = true;\n' });
    commitAll(root, `fix: forged\n\nTicket: ${done.id}`);
    expect((await verify(root)).failures.join()).toContain('auth (src/auth.js)');
  });

  it('says so when this clone does not have the range', async () => {
    const root = await completed();
    await expect(verify(root, { base: 'origin/nowhere' })).rejects.toMatchObject({
      code: 'verify-range-missing',
      exitCode: 4,
    });
    const shallow = path.join(tempDir(), 'shallow');
    gitIn(root, 'clone', '-q', '--depth', '1', `file://${root}`, shallow);
    gitIn(shallow, 'branch', '--unset-upstream');
    await expect(verify(shallow)).rejects.toMatchObject({
      code: 'verify-range-missing',
      fix: expect.stringContaining('--unshallow'),
    });
  });

  it('answers as a command, with a rerun under CI unless it is told not to', async () => {
    const root = await completed();
    const env = { CI: 'true' };
    expect(jsonOf(await backlog(['verify', '--json'], { cwd: root, env }))).toMatchObject({
      schemaVersion: 1,
      holds: true,
      items: [{ ticket_id: id, verdict: 'matched' }],
      broken: [],
      rerun: { problem: null },
    });
    expect(jsonOf(await backlog(['verify', '--json', '--no-rerun'], { cwd: root, env }))).toMatchObject({
      rerun: null,
    });
    gitIn(root, 'rm', '-q', evidencePath);
    commitAll(root, 'chore: lose the evidence');
    const failed = await backlog(['verify'], { cwd: root });
    expect(failed).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('fix: move FEAT-001 back') });
  });
});
