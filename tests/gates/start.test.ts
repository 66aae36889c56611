import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GateCall } from '../../src/gates/call.ts';
import { LEASE_MS, readClaim, readClaims } from '../../src/gates/claims.ts';
import { runGate } from '../../src/gates/run.ts';
import { releaseWork, type StartOptions, startWork } from '../../src/gates/start.ts';
import { ticketStatus } from '../../src/gates/ticket-status.ts';
import { worktreesFolder } from '../../src/gates/worktree.ts';
import { gitIn, tempDir, writeFiles } from '../support/temp.ts';
import {
  callIn,
  callOfSession,
  commitAll,
  configText,
  discount,
  project,
  shop,
  ticketPath,
  ticketText,
} from './support/project.ts';

const id = 'FEAT-001';
const start = (call: GateCall, options: Partial<StartOptions> = {}) =>
  startWork(call, { ticketId: id, worktree: false, rebase: false, ...options });
const head = (root: string) => gitIn(root, 'rev-parse', 'HEAD');
const claimOf = (root: string) => readClaim(callIn(root).paths.opsDir, id);

describe('ticket start', () => {
  it('notes the base, takes the lease for 12 hours, and sets the status', async () => {
    const root = project();
    const now = new Date('2026-11-21T04:13:00.000Z');
    const started = await start(callOfSession(root, 's1', { clock: () => now }));
    expect(started).toMatchObject({
      what: 'started',
      projectRoot: root,
      claim: {
        base_commit: head(root),
        session_id: 's1',
        branch: 'main',
        worktree: root,
        expires_at: new Date(now.getTime() + LEASE_MS).toISOString(),
        gate_config_sha256: null,
      },
    });
    expect(readFileSync(path.join(root, ticketPath()), 'utf8')).toContain('status: in_progress');
    expect(readClaims(callIn(root).paths.opsDir)).toMatchObject({ claims: [{ ticket_id: id }], broken: [] });
  });

  it('can be typed again: the base does not move, also after a commit of the ticket', async () => {
    const root = project();
    const { claim } = await start(callIn(root));
    writeFiles(root, { 'src/basket.js': 'export const total = () => 0;\n' });
    commitAll(root, `feat: discount\n\nTicket: ${id}`);
    expect(await start(callIn(root))).toMatchObject({
      what: 'resumed',
      claim: { base_commit: claim.base_commit },
    });
  });

  it.each<[string, (root: string) => void, Record<string, unknown>]>([
    [
      'a change that is not committed',
      (root) => writeFiles(root, { 'src/basket.js': 'x\n', 'src/own.js': 'y\n' }),
      { code: 'tree-not-clean', exitCode: 1, details: { files: ['src/basket.js', 'src/own.js'] } },
    ],
    [
      'a ticket that waits for another',
      (root) =>
        writeFiles(root, {
          [ticketPath()]: ticketText({ dependsOn: ['FEAT-002'] }),
          [ticketPath('FEAT-002')]: ticketText({ id: 'FEAT-002' }),
        }),
      { code: 'ticket-not-ready', exitCode: 1 },
    ],
    [
      'an invalid ticket',
      (root) => writeFiles(root, { [ticketPath()]: ticketText({ criteria: ['only one'] }) }),
      { code: 'ticket-invalid', exitCode: 1 },
    ],
    [
      'a configuration that is not committed',
      (root) => {
        gitIn(root, 'rm', '-q', '--cached', 'backlog.config.json');
        gitIn(root, 'commit', '-q', '-m', 'chore: forget the configuration');
      },
      { code: 'config-not-committed', exitCode: 3 },
    ],
  ])('refuses %s, and takes no lease', async (_what, change, error) => {
    const root = project();
    change(root);
    await expect(start(callIn(root))).rejects.toMatchObject(error);
    expect(claimOf(root)).toBeUndefined();
  });

  it('refuses a ticket that is over', async () => {
    const root = project({ ticket: { status: 'completed' } });
    await expect(start(callIn(root))).rejects.toMatchObject({ code: 'ticket-closed' });
  });

  it('refuses a repository without a first commit, and a folder without a repository', async () => {
    const files = {
      ...shop,
      'backlog.config.json': configText(),
      [ticketPath()]: ticketText(),
      'backlog/data/completed/.gitkeep': '',
    };
    const root = tempDir();
    writeFiles(root, files);
    await expect(start(callIn(root))).rejects.toMatchObject({ code: 'not-a-repository', exitCode: 3 });
    gitIn(root, 'init', '-q');
    await expect(start(callIn(root))).rejects.toMatchObject({ code: 'git-no-commit', exitCode: 3 });
  });

  it('lets the books be dirty', async () => {
    const root = project();
    writeFiles(root, {
      [ticketPath()]: `${ticketText()}| 2026-11-22 | Edited | Ada |\n`,
      '.claude/playbook.md': 'x',
    });
    expect(await start(callIn(root))).toMatchObject({ what: 'started' });
  });

  it('inside Claude Code asks for the stamp of SessionStart', async () => {
    const root = project();
    const call = callOfSession(root, 's1');
    const stranger = { ...call, caller: { ...call.caller, sessionId: 'unknown' } };
    await expect(start(stranger)).rejects.toMatchObject({ code: 'hooks-absent', exitCode: 3 });
    await expect(start({ ...call, caller: { ...call.caller, sessionId: undefined } })).rejects.toMatchObject({
      code: 'hooks-absent',
    });
    expect(await start(call)).toMatchObject({ what: 'started' });
  });

  it('keeps the gate configuration’s digest where the configuration stays out of the repository', async () => {
    const root = project({ config: { profile: 'light' } });
    gitIn(root, 'rm', '-q', '--cached', 'backlog.config.json');
    gitIn(root, 'commit', '-q', '-m', 'chore: keep the configuration local');
    writeFiles(root, { '.git/info/exclude': 'backlog.config.json\n' });
    const { claim } = await start(callIn(root));
    expect(claim.gate_config_sha256).toMatch(/^[0-9a-f]{64}$/);
    writeFiles(root, discount);
    expect(await runGate(callIn(root), { ticketId: id, gate: 'implement' })).toMatchObject({
      result: 'pass',
    });
    writeFiles(root, {
      'backlog.config.json': configText({
        profile: 'light',
        qualityGates: { testCommand: 'node --version' },
      }),
    });
    await expect(runGate(callIn(root), { ticketId: id, gate: 'implement' })).rejects.toMatchObject({
      code: 'gate-config-changed',
    });
  });
});

describe('the lease', () => {
  it('keeps another living session out, and says who holds it', async () => {
    const root = project();
    await start(callOfSession(root, 's1', { env: { ...callIn(root).env, CLAUDE_PID: String(process.pid) } }));
    const error = { code: 'ticket-held', exitCode: 1, message: expect.stringContaining('session s1') };
    await expect(start(callOfSession(root, 's2'))).rejects.toMatchObject(error);
    await expect(releaseWork(callOfSession(root, 's2'), id)).rejects.toMatchObject(error);
    await expect(runGate(callOfSession(root, 's2'), { ticketId: id, gate: 'lint' })).rejects.toMatchObject(
      error,
    );
    await expect(start(callIn(root))).rejects.toMatchObject(error);
  });

  it('is given to one of two that start at once', async () => {
    const root = project();
    const both = await Promise.allSettled([
      start(callOfSession(root, 's1')),
      start(callOfSession(root, 's2')),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(claimOf(root)?.history).toHaveLength(1);
  });

  it.each<[string, Partial<GateCall>, (root: string) => Partial<GateCall>]>([
    ['an expired', { clock: () => new Date('2026-01-01') }, () => ({})],
    ['a dead owner’s', {}, () => ({})],
  ])('%s one is taken over, with a note', async (what, first, second) => {
    const root = project();
    const pid = what.startsWith('a dead') ? '999999' : String(process.pid);
    await start(callOfSession(root, 's1', { env: { ...callIn(root).env, CLAUDE_PID: pid }, ...first }));
    const taken = await start(callOfSession(root, 's2', second(root)));
    expect(taken).toMatchObject({ what: 'taken-over', claim: { session_id: 's2', base_commit: head(root) } });
    expect(taken.claim.history.at(-1)).toMatchObject({
      event: 'taken-over',
      note: expect.stringContaining('session s1'),
    });
  });

  it('sets aside what a killed client was about to write, and nothing else', async () => {
    const root = project();
    const { claim } = await start(callIn(root));
    const half = 'src/discount.js.tmp.99999999.75caeb2bf3d9';
    const own = { [`src/total.js.tmp.${process.pid}.75caeb2bf3d9`]: 'now', 'src/a.tmp.99999999.js': 'a' };
    const second = half.replace('src/', 'src__');
    writeFiles(root, { [half]: 'export const disc', [second]: 'other', ...own });
    const before = new Date(Date.now() - 5_000);
    for (const name of [half, second, ...Object.keys(own)]) utimesSync(path.join(root, name), before, before);
    const young = half.replace('discount', 'young');
    writeFiles(root, { [young]: 'now' });
    const notes: string[] = [];
    const again = await start(callIn(root, { note: (text) => notes.push(text) }));
    expect(again).toMatchObject({ what: 'resumed', claim: { base_commit: claim.base_commit } });
    for (const name of [half, second]) expect(existsSync(path.join(root, name))).toBe(false);
    for (const name of [young, ...Object.keys(own)]) expect(existsSync(path.join(root, name))).toBe(true);
    const aside = path.join(callIn(root).paths.opsDir, 'half-written', id);
    const texts = readdirSync(aside).map((name) => readFileSync(path.join(aside, name), 'utf8'));
    expect(texts.sort()).toEqual(['export const disc', 'other']);
    expect(notes).toEqual([expect.stringContaining(aside), expect.stringContaining(aside)]);
  });

  it('leaves a half-written file where a link would lead it out of the project', async () => {
    const root = project();
    await start(callIn(root));
    const half = 'src/discount.js.tmp.99999999.75caeb2bf3d9';
    writeFiles(root, { [half]: 'export const disc' });
    const before = new Date(Date.now() - 5_000);
    utimesSync(path.join(root, half), before, before);
    const outside = tempDir();
    symlinkSync(outside, path.join(callIn(root).paths.opsDir, 'half-written'));
    const notes: string[] = [];
    await start(callIn(root, { note: (text) => notes.push(text) }));
    expect([existsSync(path.join(root, half)), readdirSync(outside)]).toEqual([true, []]);
    expect(notes).toEqual([expect.stringContaining('out of the project')]);
  });

  it('is refused where another file has its id, whatever the name', async () => {
    const root = project();
    writeFiles(root, { [path.join(path.dirname(ticketPath()), 'other.md')]: ticketText() });
    commitAll(root, 'chore: another');
    await expect(start(callIn(root))).rejects.toMatchObject({ code: 'ticket-duplicate-id' });
  });

  it('is refused where what it waits for is open under another name than a completed copy', async () => {
    const root = project();
    const folder = path.dirname(ticketPath());
    gitIn(root, 'mv', ticketPath(), path.join(folder, 'zzz.md'));
    const second = ticketText({ id: 'FEAT-002', dependsOn: [id] });
    const copy = path.join(path.dirname(folder), 'completed', 'FEAT-001-copy.md');
    writeFiles(root, {
      [path.join(folder, 'FEAT-002.md')]: second,
      [copy]: ticketText({ status: 'completed' }),
    });
    commitAll(root, 'chore: a copy');
    const waiting = start(callIn(root), { ticketId: 'FEAT-002' });
    await expect(waiting).rejects.toMatchObject({ code: 'ticket-not-ready' });
  });

  it('is renewed by each gate of its holder, and not by a person who looks on', async () => {
    const root = project({ config: { profile: 'light' } });
    let now = Date.now();
    const clock = () => new Date(now);
    await start(callOfSession(root, 's1', { clock }));
    writeFiles(root, discount);
    const before = claimOf(root)?.expires_at ?? '';
    now += 60_000;
    await runGate(callIn(root, { clock }), { ticketId: id, gate: 'implement' });
    expect(claimOf(root)?.expires_at).toBe(before);
    await runGate(callOfSession(root, 's1', { clock }), { ticketId: id, gate: 'lint' });
    expect(Date.parse(claimOf(root)?.expires_at ?? '') - Date.parse(before)).toBe(60_000);
  });

  it('is given back by its holder or by a person; base and evidence stay', async () => {
    const root = project({ config: { profile: 'light' } });
    await start(callOfSession(root, 's1'));
    writeFiles(root, discount);
    await runGate(callOfSession(root, 's1'), { ticketId: id, gate: 'implement' });
    await releaseWork(callIn(root), id);
    expect(claimOf(root)).toMatchObject({ session_id: null, owner: null, base_commit: head(root) });
    await expect(runGate(callOfSession(root, 's2'), { ticketId: id, gate: 'lint' })).rejects.toMatchObject({
      code: 'ticket-not-started',
      fix: `backlog ticket start ${id}`,
    });
    expect(await start(callOfSession(root, 's2'))).toMatchObject({
      what: 'resumed',
      claim: { session_id: 's2' },
    });
    const { states } = await ticketStatus(callIn(root), id);
    expect(states.find(({ gate }) => gate === 'implement')).toMatchObject({ holds: true });
  });

  it('names a claim that cannot be read', () => {
    const root = project();
    const { opsDir } = callIn(root).paths;
    writeFiles(opsDir, { [`claims/${id}.json`]: '{"v":1' });
    expect(readClaims(opsDir)).toMatchObject({ claims: [], broken: [{ file: expect.stringContaining(id) }] });
    expect(() => readClaim(opsDir, id)).toThrow(
      expect.objectContaining({ code: 'claim-broken', exitCode: 3 }),
    );
    expect(() => readClaim(opsDir, '../../etc/passwd')).toThrow(
      expect.objectContaining({ code: 'ticket-id-invalid' }),
    );
  });
});

describe('commits of others', () => {
  it('since the base are listed and refused, until --rebase moves the base on the record', async () => {
    const root = project({ config: { profile: 'light' } });
    const { claim } = await start(callIn(root));
    writeFiles(root, discount);
    await runGate(callIn(root), { ticketId: id, gate: 'implement' });
    gitIn(root, 'stash', '-q', '--include-untracked', '--', 'src', 'test');
    writeFiles(root, { 'src/other.js': 'export const other = 1;\n' });
    const foreign = commitAll(root, 'feat: something else');
    gitIn(root, 'stash', 'pop', '-q');
    const error = { code: 'foreign-commits', exitCode: 1, details: { commits: [foreign] } };
    await expect(start(callIn(root))).rejects.toMatchObject(error);
    await expect(runGate(callIn(root), { ticketId: id, gate: 'lint' })).rejects.toMatchObject(error);
    expect(claimOf(root)?.base_commit).toBe(claim.base_commit);
    const moved = await start(callIn(root), { rebase: true });
    expect(moved).toMatchObject({ what: 'rebased', claim: { base_commit: foreign } });
    expect(moved.claim.history.at(-1)).toMatchObject({
      event: 'rebased',
      note: `base ${claim.base_commit} → ${foreign}`,
    });
    const { states } = await ticketStatus(callIn(root), id);
    expect(states.find(({ gate }) => gate === 'implement')).toMatchObject({ verdict: 'stale' });
  });

  it('do not count when they only keep books', async () => {
    const root = project();
    await start(callIn(root));
    writeFiles(root, {
      'backlog/data/completed/FEAT-000-x.md': ticketText({ id: 'FEAT-000', status: 'completed' }),
    });
    gitIn(root, 'add', 'backlog/data/completed');
    gitIn(root, 'commit', '-q', '-m', 'chore(backlog): complete FEAT-000');
    expect(await start(callIn(root))).toMatchObject({ what: 'resumed' });
  });

  it('--rebase keeps the ticket’s own commits above the base', async () => {
    const root = project();
    await start(callIn(root));
    writeFiles(root, { 'src/other.js': 'x\n' });
    const foreign = commitAll(root, 'feat: something else');
    writeFiles(root, { 'src/own.js': 'x\n' });
    commitAll(root, `feat: own\n\nTicket: ${id}`);
    expect(await start(callIn(root), { rebase: true })).toMatchObject({ claim: { base_commit: foreign } });
    writeFiles(root, { 'src/third.js': 'x\n' });
    commitAll(root, 'feat: on top');
    await expect(start(callIn(root), { rebase: true })).rejects.toMatchObject({ code: 'own-commits-below' });
  });

  it('a base that HEAD no longer contains is named', async () => {
    const root = project();
    writeFiles(root, { 'src/more.js': 'x\n' });
    commitAll(root, 'feat: more');
    await start(callIn(root));
    gitIn(root, 'reset', '-q', '--hard', 'HEAD~1');
    await expect(start(callIn(root))).rejects.toMatchObject({ code: 'base-not-in-history' });
    expect(await start(callIn(root), { rebase: true })).toMatchObject({ claim: { base_commit: head(root) } });
  });
});

describe('a worktree of its own', () => {
  it('is made beside uncommitted work, on its branch, and is no part of any tree', async () => {
    const root = project({ config: { profile: 'light' } });
    writeFiles(root, { 'src/basket.js': 'unfinished\n' });
    const call = callIn(root);
    const { claim, projectRoot } = await start(call, { worktree: true });
    const inHome = path.join(worktreesFolder(call.home, root), id);
    expect(claim).toMatchObject({ branch: `backlog/${id}`, worktree: inHome });
    expect(path.relative(call.home, inHome)).toMatch(/^worktrees.[\w.-]+-[0-9a-f]{12}.FEAT-001$/);
    expect(projectRoot).toBe(claim.worktree);
    expect(gitIn(root, 'status', '--porcelain', '--', ':!backlog')).toBe(' M src/basket.js');
    writeFiles(projectRoot, discount);
    // From either worktree: tickets and evidence are the main one's.
    for (const from of [root, projectRoot])
      expect(await runGate(callIn(from), { ticketId: id, gate: 'implement' })).toMatchObject({
        result: 'pass',
      });
    expect(existsSync(path.join(root, '.backlog-ops/evidence', `${id}.jsonl`))).toBe(true);
    expect(readFileSync(path.join(root, ticketPath()), 'utf8')).toContain('status: in_progress');
  });

  it('runs worktrees.setupCommand once, before its first gate', async () => {
    const root = project({
      config: { profile: 'light', worktrees: { setupCommand: 'echo set-up >> node_modules.log' } },
      files: { '.gitignore': '.backlog-ops/\nnode_modules.log\n' },
    });
    const { projectRoot } = await start(callIn(root), { worktree: true });
    expect(existsSync(path.join(projectRoot, 'node_modules.log'))).toBe(false);
    writeFiles(projectRoot, discount);
    await runGate(callIn(root), { ticketId: id, gate: 'implement' });
    await runGate(callIn(root), { ticketId: id, gate: 'lint' });
    expect(readFileSync(path.join(projectRoot, 'node_modules.log'), 'utf8')).toBe('set-up\n');
    expect(existsSync(path.join(root, 'node_modules.log'))).toBe(false);
  });

  it('stops when the set-up fails', async () => {
    const root = project({
      config: { profile: 'light', worktrees: { setupCommand: 'echo no network; exit 9' } },
    });
    await start(callIn(root), { worktree: true });
    await expect(runGate(callIn(root), { ticketId: id, gate: 'implement' })).rejects.toMatchObject({
      code: 'worktree-setup-failed',
      message: expect.stringContaining('no network'),
    });
  });

  it('says so when it is gone', async () => {
    const root = project();
    const { claim } = await start(callIn(root), { worktree: true });
    rmSync(claim.worktree, { recursive: true });
    await expect(runGate(callIn(root), { ticketId: id, gate: 'lint' })).rejects.toMatchObject({
      code: 'worktree-missing',
      exitCode: 3,
    });
  });
});
