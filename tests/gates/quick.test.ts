import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { issueStamp } from '../../src/attribution/stamps.ts';
import { readEvidence } from '../../src/gates/evidence.ts';
import { quickCommit } from '../../src/gates/quick.ts';
import { releaseWork, startWork } from '../../src/gates/start.ts';
import { moveTicket } from '../../src/tickets/store.ts';
import { backlog, jsonOf, pathWithProgram } from '../support/cli.ts';
import { gitEnv, gitIn, writeFiles } from '../support/temp.ts';
import { id } from './support/journey.ts';
import { callIn, configText, project, ticketText } from './support/project.ts';

const request = { summary: 'count items', type: 'fix', area: '', id: undefined };
const quick = (root: string) => quickCommit(callIn(root), request);
const basket = 'export const total = (items) => items.length + 0;\n';

describe('quick', () => {
  it('lints, tests and commits what was edited, under an id, and leaves what is staged elsewhere alone', async () => {
    const root = project();
    writeFiles(root, { 'src/basket.js': basket });
    const done = await quick(root);
    expect(done.id).toMatch(/^QUICK-[0-9a-f]{8}$/);
    expect(done.commands.map(({ gate, problem }) => [gate, problem])).toEqual([
      ['lint', null],
      ['implement', null],
    ]);
    const evidence = readEvidence(path.join(root, '.backlog-ops'), done.id);
    expect(gitIn(root, 'log', '-1', '--format=%B')).toBe(
      `fix: count items\n\nTicket: ${done.id}\nBacklog-Evidence: ${evidence.at(-1)?.sha256}`,
    );
    expect(gitIn(root, 'status', '--porcelain')).toBe('');
  });

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['4 files', { a: '', b: '', c: '', d: '' }, /4 files, more than 3/],
    ['21 lines of code', { 'src/a.js': 'x;\n'.repeat(21) }, /21 changed lines of code/],
    ['sign-in', { 'src/login/form.js': 'x;\n' }, /auth/],
    ['payment', { 'src/billing.js': 'x;\n' }, /payment/],
    ['a migration', { 'db/migrations/1.txt': 'x' }, /migrations/],
    ['secrets', { '.env.example': 'A=1\n' }, /secrets/],
    ['CI', { '.github/workflows/ci.yml': 'on: push\n' }, /ci /],
    ['the gate configuration', { 'backlog.config.json': configText({ version: '1.1' }) }, /gate-config/],
    ['package scripts', { 'package.json': '{"scripts":{}}' }, /gate-config/],
    ['a long script without an ending', { 'bin/deploy': 'true\n'.repeat(21) }, /21 changed lines of code/],
    ['a long Dockerfile', { Dockerfile: 'RUN true\n'.repeat(21) }, /21 changed lines of code/],
    ['a suppression', { 'src/a.js': 'x; // eslint-disable-line\n' }, /silences a tool/],
    ['a call to the outside', { 'src/a.js': 'fetch(1);\n' }, /external_api/],
  ])('sends %s to a ticket', async (_what, files, expected) => {
    const root = project();
    const head = gitIn(root, 'rev-parse', 'HEAD');
    writeFiles(root, files);
    await expect(quickCommit(callIn(root), { ...request, summary: "it's $HOME" })).rejects.toMatchObject({
      code: 'quick-promoted',
      exitCode: 1,
      message: expect.stringMatching(expected),
      fix: `backlog ticket new --type BUG --title 'it'\\''s $HOME'`,
    });
    expect(gitIn(root, 'rev-parse', 'HEAD')).toBe(head);
  });

  it('sends a test that is taken away to a ticket', async () => {
    const root = project();
    rmSync(path.join(root, 'test/basket.test.js'));
    await expect(quick(root)).rejects.toMatchObject({
      code: 'quick-promoted',
      message: expect.stringContaining('test/basket.test.js'),
    });
  });

  it('takes 20 lines of code in 3 files', async () => {
    const root = project();
    writeFiles(root, {
      'src/a.js': '1;\n'.repeat(10),
      'src/b.js': '1;\n'.repeat(10),
      'docs/c.md': 'x\n'.repeat(90),
    });
    expect(await quick(root)).toMatchObject({ codeLines: 20, changedByHook: [] });
  });

  it('commits nothing when a test or the linter finds something new', async () => {
    const root = project();
    const head = gitIn(root, 'rev-parse', 'HEAD');
    writeFiles(root, { 'src/basket.js': 'export const total = () => 0;\n' });
    await expect(quick(root)).rejects.toMatchObject({
      code: 'quick-failed',
      message: expect.stringContaining('counts items'),
    });
    writeFiles(root, { 'src/basket.js': `var x = 1;\n${basket}` });
    await expect(quick(root)).rejects.toMatchObject({ message: expect.stringContaining('no-var') });
    expect(gitIn(root, 'rev-parse', 'HEAD')).toBe(head);
  });

  it('counts what failed before as debt', async () => {
    const root = project({ files: { 'src/old.js': 'var old = 1;\n' } });
    writeFiles(root, { 'src/basket.js': basket });
    expect((await quick(root)).commands[0]).toMatchObject({ exit_code: 1, problem: null, debt: 1 });
  });

  it('is judged by the committed configuration, not by one that it changed', async () => {
    const root = project({ config: { qualityGates: {} } });
    writeFiles(root, { 'src/basket.js': basket });
    await expect(quick(root)).rejects.toMatchObject({ code: 'gate-not-configured', exitCode: 3 });
  });

  it('does not take the change of a ticket that is open here', async () => {
    const root = project();
    await startWork(callIn(root), { ticketId: id, worktree: false, rebase: false });
    writeFiles(root, { 'src/basket.js': basket });
    await expect(quick(root)).rejects.toMatchObject({ code: 'quick-ticket-open', exitCode: 1 });
  });

  it('does not take what a started ticket is about when that was given back, until it is closed', async () => {
    const root = project();
    const call = callIn(root);
    await startWork(call, { ticketId: id, worktree: false, rebase: false });
    writeFiles(root, { 'src/basket.js': basket });
    await releaseWork(call, id);
    await expect(quick(root)).rejects.toMatchObject({
      code: 'quick-ticket-open',
      details: { ticket_id: id, files: ['src/basket.js'] },
    });
    await moveTicket(call.paths, call.config, id, 'obsolete');
    expect((await quick(root)).files).toEqual(['src/basket.js']);
  });

  it('is not opened by breaking the file of a started ticket', async () => {
    const root = project();
    await startWork(callIn(root), { ticketId: id, worktree: false, rebase: false });
    await releaseWork(callIn(root), id);
    const file = path.join(root, `backlog/data/pending/${id}-discount.md`);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^status: .*$/m, 'status: [pending'));
    writeFiles(root, { 'src/basket.js': basket });
    await expect(quick(root)).rejects.toMatchObject({ code: 'ticket-broken', exitCode: 3 });
  });

  it('is not opened by an agent that closes a started ticket', async () => {
    const root = project({
      files: { 'backlog/data/pending/FEAT-002-two.md': ticketText({ id: 'FEAT-002' }) },
    });
    const home = path.join(root, '.backlog-ops/home');
    const call = callIn(root);
    await startWork(call, { ticketId: id, worktree: false, rebase: false });
    await releaseWork(call, id);
    const env = { BACKLOG_HOME: home, CLAUDECODE: '1' };
    const move = (ticket: string, ...more: string[]) =>
      backlog(['ticket', 'move', ticket, 'obsolete', '--session', 's1', ...more, '--json'], {
        cwd: root,
        env,
      });
    const refused = jsonOf(await move(id));
    expect(refused.error).toMatchObject({
      code: 'person-needed',
      fix: expect.stringContaining(`backlog ticket move ${id} obsolete`),
    });
    // By hand neither: a closed ticket lies where closed tickets lie.
    const file = path.join(root, `backlog/data/pending/${id}-discount.md`);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/^status: .*$/m, 'status: obsolete'));
    writeFiles(root, { 'src/basket.js': basket });
    await expect(quick(root)).rejects.toMatchObject({ code: 'quick-ticket-open' });
    writeFileSync(file, text);
    // One that nobody has started may go.
    expect((await move('FEAT-002')).exitCode).toBe(0);

    const stamp = issueStamp(home, 's1', { purpose: 'close', command_sha256: 'x' });
    expect((await move(id, '--stamp', stamp)).exitCode).toBe(0);
    expect(readFileSync(file.replace('/pending/', '/completed/'), 'utf8')).toMatch(
      /Closed as obsolete after its work was started \| human:/,
    );
  });

  it('takes what no started ticket is about', async () => {
    const root = project();
    await startWork(callIn(root), { ticketId: id, worktree: true, rebase: false });
    writeFiles(root, { 'README.md': 'a shop\n' });
    expect((await quick(root)).files).toEqual(['README.md']);
  });

  it('says what a git hook changed on the way', async () => {
    const root = project();
    writeFiles(root, {
      '.git/hooks/pre-commit': '#!/bin/sh\necho "// hook" >> src/basket.js\ngit add src/basket.js\n',
    });
    gitIn(root, 'config', 'core.fileMode', 'false');
    const { chmodSync } = await import('node:fs');
    chmodSync(path.join(root, '.git/hooks/pre-commit'), 0o755);
    writeFiles(root, { 'src/basket.js': basket });
    expect((await quick(root)).changedByHook).toEqual(['src/basket.js']);
  });

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['4 files', { 'a.md': '', 'b.md': '', 'c.md': '', 'd.md': '' }, /4 files, more than 3/],
    ['21 lines of code', { 'src/a.js': 'x;\n'.repeat(21) }, /21 changed lines of code, more than 20/],
    ['a risk group', { 'src/login.js': 'x;\n' }, /it touches auth/],
  ])('as a command commits nothing of %s, and its fix makes the ticket', async (_what, files, why) => {
    const root = project();
    const env = { BACKLOG_HOME: path.join(root, '.backlog-ops/home') };
    const head = gitIn(root, 'rev-parse', 'HEAD');
    writeFiles(root, files);
    const refused = await backlog(['quick', "it's $HOME", '--json'], { cwd: root, env });
    expect(refused.exitCode).toBe(1);
    const error = Object(jsonOf(refused).error);
    expect(error).toMatchObject({ code: 'quick-promoted', message: expect.stringMatching(why) });
    expect(gitIn(root, 'rev-parse', 'HEAD')).toBe(head);

    execFileSync('/bin/sh', ['-c', error.fix], {
      cwd: root,
      env: { ...gitEnv(), PATH: pathWithProgram, ...env },
      stdio: 'pipe',
    });
    expect(jsonOf(await backlog(['ticket', 'list', '--json'], { cwd: root, env }))).toMatchObject({
      items: [{ id: 'BUG-001', title: "it's $HOME" }, { id }],
    });
    for (const name of Object.keys(files)) expect(existsSync(path.join(root, name))).toBe(true);
  });

  it('as a command counts requests and commit under one id', async () => {
    const root = project();
    const env = { BACKLOG_HOME: path.join(root, '.backlog-ops/home') };
    const begun = jsonOf(await backlog(['quick', '--begin', '--json'], { cwd: root, env }));
    expect(jsonOf(await backlog(['context', 'show', '--json'], { cwd: root, env }))).toMatchObject({
      ticket_id: begun.ticket_id,
      gate: 'implement',
    });
    expect((await backlog(['quick', 'nothing yet'], { cwd: root, env })).exitCode).toBe(1);
    writeFiles(root, { 'README.md': '# Shop\n' });
    const done = jsonOf(await backlog(['quick', 'name it', '--type', 'docs', '--json'], { cwd: root, env }));
    expect(done).toMatchObject({ ticket_id: begun.ticket_id, files: ['README.md'] });
    expect(readFileSync(path.join(root, '.git/HEAD'), 'utf8')).toContain('main');
    expect(jsonOf(await backlog(['context', 'show', '--json'], { cwd: root, env }))).not.toHaveProperty(
      'ticket_id',
    );
    expect((await backlog(['quick'], { cwd: root, env })).exitCode).toBe(2);
  });
});
