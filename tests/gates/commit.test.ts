import { chmodSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { fieldsFrom } from '../../src/cli/ticket-fields.ts';
import { type CommitRequest, commitWork } from '../../src/gates/commit.ts';
import { commitMessage } from '../../src/gates/commit-message.ts';
import { completeTicket } from '../../src/gates/complete.ts';
import { readEvidence } from '../../src/gates/evidence.ts';
import { runGate, runStale } from '../../src/gates/run.ts';
import { ticketStatus } from '../../src/gates/ticket-status.ts';
import { verifyRangeOf } from '../../src/gates/verify.ts';
import type { BacklogError } from '../../src/platform/errors.ts';
import { editFrontMatter } from '../../src/tickets/file.ts';
import { changeTicket } from '../../src/tickets/store.ts';
import { gitIn, writeFiles } from '../support/temp.ts';
import { approve, atTerminal, id, linted, reviewed } from './support/journey.ts';
import { callIn, discount } from './support/project.ts';

const wish: CommitRequest = {
  ticketId: id,
  type: 'feat',
  area: 'basket',
  summary: '10 % off',
  include: [],
  reason: '',
};
const commit = (root: string, changes: Partial<CommitRequest> = {}, call = callIn(root)) =>
  commitWork(call, { ...wish, ...changes });

const noSpending = async () => ({
  requests: 0,
  cost_usd: 0,
  unpriced: 0,
  input_tokens: 0,
  output_tokens: 0,
});

/** As a kill leaves the evidence that comes before its last line is written. */
function dropLastLine(root: string): void {
  const file = path.join(root, `.backlog-ops/evidence/${id}.jsonl`);
  const rows = readFileSync(file, 'utf8').trimEnd().split('\n');
  writeFileSync(file, `${rows.slice(0, -1).join('\n')}\n`);
}

function hook(root: string, name: string, script: string): void {
  writeFiles(root, { [`.git/hooks/${name}`]: `#!/bin/sh\n${script}\n` });
  chmodSync(path.join(root, '.git/hooks', name), 0o755);
}

describe('the message', () => {
  it.each([
    [
      'with everything',
      { area: 'api', summary: 'refuse empty names' },
      'fix(api): implement BUG-007 — refuse empty names',
    ],
    ['without a scope', { area: '', summary: 'x' }, 'fix: implement BUG-007 — x'],
    ['without a summary', { area: 'api', summary: '' }, 'fix(api): implement BUG-007'],
  ])('%s', (_name, parts, subject) => {
    const text = commitMessage({ ticketId: 'BUG-007', type: 'fix', ...parts });
    expect(text).toBe(`${subject}\n\nCloses: BUG-007\nTicket: BUG-007\n`);
  });

  it.each([
    ['a type with a colon', { type: 'feat:' }],
    ['a scope with a bracket', { area: 'a)b' }],
    ['a summary of two lines', { summary: 'a\nTicket: FEAT-999' }],
  ])('refuses %s', (_name, parts) => {
    expect(() => commitMessage({ ticketId: id, type: 'feat', area: '', summary: '', ...parts })).toThrow(
      expect.objectContaining({ exitCode: 2 }),
    );
  });
});

describe('commit', () => {
  it('leaves a trailer for the ticket and one for the newest evidence', async () => {
    const root = await reviewed();
    const newest = readEvidence(callIn(root).paths.opsDir, id).at(-1)?.sha256;
    const done = await commit(root);
    expect(done.files).toEqual(['src/basket.js', 'test/discount.test.js']);
    expect(gitIn(root, 'log', '-1', '--format=%B')).toBe(
      `feat(basket): implement FEAT-001 — 10 % off\n\nCloses: FEAT-001\nTicket: FEAT-001\nBacklog-Evidence: ${newest}`,
    );
    expect(gitIn(root, 'show', '--name-only', '--format=', 'HEAD')).toBe(
      'src/basket.js\ntest/discount.test.js',
    );
    const { states } = await ticketStatus(callIn(root), id);
    expect(states.map(({ gate, holds }) => [gate, holds])).toEqual([
      ['plan', true],
      ['implement', true],
      ['lint', true],
      ['review', true],
      ['commit', true],
    ]);
  });

  it('comes after the review', async () => {
    const root = await linted();
    await expect(commit(root)).rejects.toMatchObject({
      code: 'gate-order',
      exitCode: 1,
      fix: 'backlog review request FEAT-001',
    });
  });

  it('leaves what else is staged as it is', async () => {
    const root = await reviewed();
    const ticket = 'backlog/data/pending/FEAT-001-discount.md';
    gitIn(root, 'add', ticket);
    await commit(root);
    expect(gitIn(root, 'diff', '--cached', '--name-only')).toBe(ticket);
  });

  it('refuses files that the ticket does not name, and lists them', async () => {
    const root = await reviewed({ change: { ...discount, 'src/extra file.js': 'export {};\n' } });
    await expect(commit(root)).rejects.toMatchObject({
      code: 'files-not-named',
      message: expect.stringContaining('src/extra file.js'),
      details: { files: ['src/extra file.js'] },
    });
  });

  it('names the way out that needs nobody: name the file in the ticket, then plan again', async () => {
    const root = await reviewed({ change: { ...discount, 'src/extra file.js': 'export {};\n' } });
    const refusal: BacklogError = await commit(root).then(
      () => expect.unreachable(),
      (error) => error,
    );
    const [, setting = ''] = /backlog ticket edit FEAT-001 --set '([^']*)'/.exec(refusal.fix) ?? [];
    expect(refusal.fix).toContain('backlog gate run plan --ticket FEAT-001 --from -');
    const { paths, config } = callIn(root);
    const fields = await fieldsFrom([setting]);
    await changeTicket(paths, config, id, (text) => editFrontMatter(text, fields));
    await runGate(callIn(root), { ticketId: id, gate: 'plan', plan: 'as before, and a helper\n' });
    await approve(root);
    expect((await commit(root)).files).toContain('src/extra file.js');
  });

  it('takes the lock file of a manifest that the ticket names, and no other', async () => {
    const files = ['src/basket.js', 'test/discount.test.js', 'package.json'];
    const locks = { 'package-lock.json': '{}\n', 'other/Cargo.lock': '' };
    const root = await reviewed({ ticket: { files }, change: { ...discount, ...locks } });
    await expect(commit(root)).rejects.toMatchObject({
      code: 'files-not-named',
      details: { files: ['other/Cargo.lock'] },
    });
  });

  it('refuses to leave out a file of the ticket that git has come to ignore', async () => {
    const ticket = { files: ['src/basket.js', 'test/discount.test.js', 'src/lib/x.js'] };
    const root = await reviewed({ ticket });
    writeFiles(root, { 'src/lib/x.js': 'export {};\n', '.git/info/exclude': 'lib/\n' });
    await expect(commit(root)).rejects.toMatchObject({
      code: 'file-ignored',
      message: expect.stringContaining('src/lib/x.js (.git/info/exclude:1: lib/)'),
    });
  });

  it('takes such a file only when a person says so, on the record', async () => {
    const root = await reviewed({ change: { ...discount, 'src/extra.js': 'export {};\n' } });
    const wanted = { include: ['src/extra.js'], reason: 'helper of the discount' };
    await expect(commit(root, wanted)).rejects.toMatchObject({ code: 'person-needed' });
    const done = await commit(root, wanted, atTerminal(root));
    expect(done.files).toContain('src/extra.js');
    const allowed = readEvidence(callIn(root).paths.opsDir, id).find(
      ({ record }) => record.result === 'allowed',
    );
    expect(allowed?.record.details).toMatchObject({
      person: 'human:Ada',
      files: ['src/extra.js'],
      reason: 'helper of the discount',
    });
  });

  it('asks for a reason, and for a file that really is in question', async () => {
    const root = await reviewed({ change: { ...discount, 'src/extra.js': 'export {};\n' } });
    await expect(commit(root, { include: ['src/extra.js'] }, atTerminal(root))).rejects.toMatchObject({
      code: 'reason-missing',
    });
    await expect(
      commit(root, { include: ['src/other.js'], reason: 'x' }, atTerminal(root)),
    ).rejects.toMatchObject({ exitCode: 2 });
  });

  it('runs the hooks of the user, and changes nothing when one refuses', async () => {
    const root = await reviewed();
    hook(root, 'pre-commit', 'echo "no commits on Fridays" >&2; exit 1');
    const head = gitIn(root, 'rev-parse', 'HEAD');
    const status = gitIn(root, 'status', '--porcelain');
    await expect(commit(root)).rejects.toMatchObject({
      code: 'commit-refused',
      message: expect.stringContaining('no commits on Fridays'),
    });
    expect(gitIn(root, 'rev-parse', 'HEAD')).toBe(head);
    expect(gitIn(root, 'status', '--porcelain')).toBe(status);
  });

  it('says which files a hook changed, and which gates are to be run again', async () => {
    const root = await reviewed();
    hook(root, 'pre-commit', 'echo "// formatted" >> src/basket.js; git add src/basket.js');
    expect(await commit(root)).toMatchObject({
      changedByHook: ['src/basket.js'],
      gatesToRunAgain: ['implement', 'lint', 'review', 'commit'],
    });
  });

  it('may be repeated after fixes; without a change there is nothing to commit', async () => {
    const root = await reviewed();
    await commit(root);
    await expect(commit(root)).rejects.toMatchObject({ code: 'nothing-to-commit' });
  });

  it('goes on where a run was cut off between the commit and its evidence', async () => {
    const root = await reviewed();
    const made = await commit(root);
    dropLastLine(root);
    gitIn(root, 'read-tree', 'HEAD~1');
    const again = await commit(root);
    expect(again).toMatchObject({ commit: made.commit, subject: made.subject, files: made.files });
    expect(gitIn(root, 'rev-list', '--count', 'HEAD')).toBe('2');
    expect(gitIn(root, 'status', '--porcelain', '--', 'src', 'test')).toBe('');
    const { states } = await ticketStatus(callIn(root), id);
    expect(states.every(({ holds }) => holds)).toBe(true);
    await expect(commit(root)).rejects.toMatchObject({ code: 'nothing-to-commit' });
  });

  it('and so do completion and verify, whatever ran again in between', async () => {
    const root = await reviewed();
    await commit(root);
    dropLastLine(root);
    await runGate(callIn(root), { ticketId: id, gate: 'lint' });
    await commit(root);
    await completeTicket(callIn(root), { ticketId: id, spending: noSpending });
    const options = { base: undefined, rerun: false, waivers: true };
    expect(await verifyRangeOf(callIn(root), options)).toMatchObject({
      failures: [],
      items: [{ verdict: 'matched' }],
    });
  });

  it('takes no commit of others for the one that was cut off', async () => {
    const root = await reviewed();
    await commit(root);
    dropLastLine(root);
    gitIn(root, 'commit', '-q', '--amend', '-m', 'feat: without a trailer');
    await expect(commit(root)).rejects.toMatchObject({ code: 'foreign-commits' });
  });

  it('takes links that lead nowhere, and a folder that became a link', async () => {
    const named = ['src/basket.js', 'test/discount.test.js', 'nowhere', 'd', 'd/x'];
    const root = await linted({
      files: { 'd/x': 'one\n', 'other/x': 'two\n' },
      ticket: { files: named },
    });
    rmSync(path.join(root, 'd'), { recursive: true });
    symlinkSync('other', path.join(root, 'd'));
    symlinkSync('no/such/place', path.join(root, 'nowhere'));
    await runStale(callIn(root), id);
    await approve(root);
    expect((await commit(root)).files.toSorted()).toEqual(named.toSorted());
    expect(gitIn(root, 'status', '--porcelain', '--', ...named)).toBe('');
  });

  it('takes a file that became a folder', async () => {
    const named = ['src/basket.js', 'test/discount.test.js', 'e', 'e/inner'];
    const root = await linted({ files: { e: 'one\n' }, ticket: { files: named } });
    rmSync(path.join(root, 'e'));
    writeFiles(root, { 'e/inner': 'two\n' });
    await runStale(callIn(root), id);
    await approve(root);
    expect((await commit(root)).files.toSorted()).toEqual(named.toSorted());
  });

  it('refuses while another program holds the index, and goes on after it', async () => {
    const root = await reviewed();
    writeFiles(root, { '.git/index.lock': '' });
    await expect(commit(root)).rejects.toMatchObject({
      code: 'commit-refused',
      message: expect.stringContaining('index.lock'),
    });
    rmSync(path.join(root, '.git/index.lock'));
    expect((await commit(root)).files).toHaveLength(2);
  });

  it('lets the index follow what a hook adds, and keeps what else is staged', async () => {
    const root = await reviewed();
    const staged = 'backlog/data/pending/FEAT-001-discount.md';
    gitIn(root, 'add', staged);
    hook(root, 'pre-commit', 'echo more > made-by-hook; git add made-by-hook');
    expect(await commit(root)).toMatchObject({ changedByHook: ['made-by-hook'] });
    expect(gitIn(root, 'status', '--porcelain')).toBe(`M  ${staged}`);
  });

  it('names the commit that was made when a step after it fails', async () => {
    const root = await reviewed();
    hook(root, 'post-commit', 'exit 1');
    const { commit: made } = await commit(root);
    expect(made).toBe(gitIn(root, 'rev-parse', 'HEAD'));
    expect(gitIn(root, 'status', '--porcelain', '--', 'src', 'test')).toBe('');
  });

  it('does not commit into an open merge', async () => {
    const root = await reviewed();
    writeFiles(root, { '.git/MERGE_HEAD': `${gitIn(root, 'rev-parse', 'HEAD')}\n` });
    await expect(commit(root)).rejects.toMatchObject({
      code: 'git-operation-open',
      fix: expect.stringContaining('--abort'),
    });
  });

  it('takes deletions and odd names', async () => {
    const odd = 'src/[a]*? ü.js';
    const root = await linted({
      files: { [odd]: 'export {};\n', 'src/old.js': 'export {};\n' },
      ticket: { files: ['src/basket.js', 'test/discount.test.js', odd, 'src/old.js'] },
      change: { ...discount, [odd]: 'export const odd = 1;\n' },
    });
    rmSync(path.join(root, 'src/old.js'));
    await runStale(callIn(root), id);
    await approve(root);
    expect((await commit(root)).files.toSorted()).toEqual([
      odd,
      'src/basket.js',
      'src/old.js',
      'test/discount.test.js',
    ]);
    expect(gitIn(root, 'status', '--porcelain', '--', 'src', 'test')).toBe('');
  });
});
