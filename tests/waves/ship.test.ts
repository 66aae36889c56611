import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { GateCall } from '../../src/gates/call.ts';
import { readClaim } from '../../src/gates/claims.ts';
import { commitWork } from '../../src/gates/commit.ts';
import { readEvidence } from '../../src/gates/evidence.ts';
import { runGate } from '../../src/gates/run.ts';
import { startWork } from '../../src/gates/start.ts';
import { waiveGate } from '../../src/gates/waive.ts';
import { endWave } from '../../src/waves/end.ts';
import { shipTicket } from '../../src/waves/ship.ts';
import { startWave } from '../../src/waves/start.ts';
import { id } from '../gates/support/journey.ts';
import { callIn, discount, project, testFile } from '../gates/support/project.ts';
import { gitIn, tempDir, writeFiles } from '../support/temp.ts';

/** Keeps one pull request in a file, and what it was asked in another. */
const fakeGh = (folder: string) => `#!/usr/bin/env node
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require('node:fs');
const args = process.argv.slice(2);
const folder = ${JSON.stringify(folder)};
const open = folder + '/open';
appendFileSync(folder + '/asked', JSON.stringify(args) + '\\n');
if (existsSync(folder + '/exit')) process.exit(Number(readFileSync(folder + '/exit', 'utf8')));
const value = (name) => args[args.indexOf(name) + 1];
if (args[1] === 'list') console.log(existsSync(open) ? '[{"url":"https://example.test/pull/7"}]' : '[]');
else writeFileSync(open, value('--title') + '\\n' + readFileSync(value('--body-file'), 'utf8'));
if (args[1] === 'create') console.log('Creating\\nhttps://example.test/pull/7');
`;

interface World {
  readonly root: string;
  readonly call: GateCall;
  readonly remote: string;
  readonly gh: string;
}

function world(config: Readonly<Record<string, unknown>> = {}): World {
  const [gh, remote] = [tempDir(), tempDir()];
  gitIn(remote, 'init', '-q', '--bare');
  writeFiles(gh, { gh: fakeGh(gh) });
  chmodSync(path.join(gh, 'gh'), 0o755);
  const root = project({ config: { profile: 'light', ...config } });
  gitIn(root, 'remote', 'add', 'origin', remote);
  const call = callIn(root);
  const env = { ...call.env, PATH: `${gh}${path.delimiter}${process.env.PATH}` };
  return { root, call: { ...call, env, confirm: async () => true }, remote, gh };
}

const spending = async () => ({
  requests: 3,
  cost_usd: 0.25,
  unpriced: 0,
  input_tokens: 1,
  output_tokens: 1,
});
const ship = (call: GateCall) => shipTicket(call, { ticketId: id, spending });

async function finish(call: GateCall, change: Readonly<Record<string, string>> = discount): Promise<string> {
  const worktree = readClaim(call.paths.opsDir, id)?.worktree ?? '';
  writeFiles(worktree, change);
  for (const gate of ['implement', 'lint'] as const)
    expect(await runGate(call, { ticketId: id, gate })).toMatchObject({ result: 'pass' });
  const parts = { type: 'feat', area: '', summary: 'x', include: [], reason: '' };
  return (await commitWork(call, { ticketId: id, ...parts })).commit;
}

it('offers the branch when every gate holds for its commit, and brings the same pull request up to date', async () => {
  const { call, remote, gh, root } = world();
  await expect(ship(call)).rejects.toMatchObject({ code: 'ticket-not-started' });
  await startWork(call, { ticketId: id, worktree: true, rebase: false });
  await expect(ship(call)).rejects.toMatchObject({ code: 'gates-unmet', exitCode: 1 });
  const flag = shipTicket(call, { ticketId: id, spending, base: '--web' });
  await expect(flag).rejects.toMatchObject({ code: 'usage', exitCode: 2 });
  expect(existsSync(path.join(gh, 'asked'))).toBe(false);
  const commit = await finish(call);
  expect(await ship(call)).toMatchObject({
    what: 'opened',
    record: {
      url: 'https://example.test/pull/7',
      branch: `backlog/${id}`,
      base: gitIn(root, 'branch', '--show-current'),
      commit,
    },
  });
  expect(gitIn(remote, 'rev-parse', `backlog/${id}`)).toBe(commit);
  const offered = readFileSync(path.join(gh, 'open'), 'utf8');
  expect(offered).toMatch(/^FEAT-001: Discount on large baskets\n/);
  expect(offered).toContain('- AC-1: A basket of 5000 cents costs 4500');
  expect(offered).toMatch(/\| implement \| holds \|/);
  expect(offered).toContain('$0.2500 in 3 requests.');
  expect(readFileSync(path.join(root, `backlog/data/pending/${id}-discount.md`), 'utf8')).toContain(
    'Offered as pull request https://example.test/pull/7',
  );

  const next = await finish(call, { 'src/basket.js': `${discount['src/basket.js']}// in cents\n` });
  expect(await ship(call)).toMatchObject({ what: 'updated', record: { commit: next } });
  expect(gitIn(remote, 'rev-parse', `backlog/${id}`)).toBe(next);
  const asked = readFileSync(path.join(gh, 'asked'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(asked.map(([, verb]) => verb)).toEqual(['list', 'create', 'list', 'edit']);
  // Something that was not judged is not pushed.
  writeFiles(readClaim(call.paths.opsDir, id)?.worktree ?? '', { 'src/basket.js': 'broken\n' });
  gitIn(readClaim(call.paths.opsDir, id)?.worktree ?? '', 'commit', '-qam', 'sneaky');
  await expect(ship(call)).rejects.toMatchObject({ code: 'gates-unmet' });
  expect(gitIn(remote, 'rev-parse', `backlog/${id}`)).toBe(next);
});

it('says what to type where gh is missing or not logged in, and has pushed nothing then', async () => {
  const { call, remote, gh } = world();
  await startWork(call, { ticketId: id, worktree: true, rebase: false });
  await finish(call);
  writeFiles(gh, { exit: '4' });
  await expect(ship(call)).rejects.toMatchObject({
    code: 'gh-not-logged-in',
    exitCode: 4,
    fix: expect.stringContaining('gh auth login'),
  });
  writeFiles(gh, { exit: '1' });
  await expect(ship(call)).rejects.toMatchObject({ code: 'gh-failed', exitCode: 4 });
  rmSync(path.join(gh, 'gh'));
  const missing = ship({ ...call, env: { ...call.env, PATH: pathWithGitAlone() } });
  await expect(missing).rejects.toMatchObject({
    code: 'gh-missing',
    exitCode: 4,
    fix: expect.stringMatching(
      /git -C .* push origin [0-9a-f]{40}:refs\/heads\/backlog\/FEAT-001 && gh pr create .*--title 'FEAT-001: Discount on large baskets'/,
    ),
  });
  expect(gitIn(remote, 'for-each-ref')).toBe('');
});

it('ends a wave with pull requests, and completes a ticket when its own was merged', async () => {
  const told = path.join(tempDir(), 'told');
  const listener = 'require("node:fs").appendFileSync(process.argv[1], process.argv[2] + "\\n")';
  const { call, root, remote } = world({
    waves: { deliver: 'pr' },
    events: { command: [process.execPath, '-e', listener, told] },
  });
  const options = { spending, session: async () => ({ cost_usd: 0, models: {} }) };
  await startWave(call, { maxSlots: 1, ids: [] });
  const commit = await finish(call);
  const head = gitIn(root, 'rev-parse', 'HEAD');
  expect(await endWave(call, options)).toMatchObject({
    completed: [],
    shipped: [{ id, url: 'https://example.test/pull/7' }],
    unfinished: [{ id, status: 'in_progress', reason: expect.stringContaining('pull/7') }],
  });
  expect(gitIn(root, 'rev-parse', 'HEAD')).toBe(head);
  expect(gitIn(remote, 'rev-parse', `backlog/${id}`)).toBe(commit);
  const waiting = await startWave(call, { maxSlots: 1, ids: [], spending });
  expect(waiting).toMatchObject({
    record: undefined,
    skipped: [{ id, reason: 'waits for its pull request https://example.test/pull/7' }],
  });
  gitIn(root, 'merge', '-q', '--no-ff', '-m', 'merge pull request 7', `backlog/${id}`);
  expect(await startWave(call, { maxSlots: 1, ids: [], spending })).toMatchObject({
    record: undefined,
    skipped: [],
  });
  expect(existsSync(path.join(root, `backlog/data/completed/${id}-discount.md`))).toBe(true);
  expect((await documentsIn(told, 3)).map(({ event, phase }) => phase ?? event).toSorted()).toEqual([
    'done',
    'ended',
    'started',
  ]);
});

it.each([
  ['whose base has moved', {}, true],
  [
    'that fails on the code it lies on',
    { 'test/other.test.js': testFile('../src/basket.js', { none: '!basket.price' }) },
    false,
  ],
])('judges a squashed pull request %s where it lies', async (_what, others, done) => {
  const { call, root } = world({ waves: { deliver: 'pr' } });
  const options = { spending, session: async () => ({ cost_usd: 0, models: {} }) };
  await startWave(call, { maxSlots: 1, ids: [] });
  await finish(call);
  await endWave(call, options);
  writeFiles(root, { 'README.md': 'meanwhile\n', ...others });
  gitIn(root, 'add', 'README.md', ...Object.keys(others));
  gitIn(root, 'commit', '-q', '-m', 'docs: meanwhile');
  gitIn(root, 'merge', '-q', '--squash', `backlog/${id}`);
  gitIn(root, 'commit', '-q', '-m', `${id}: Discount (#7)\n\n* feat: x\n\nTicket: ${id}`);
  await startWave(call, { maxSlots: 1, ids: [], spending });
  expect(existsSync(path.join(root, `backlog/data/completed/${id}-discount.md`))).toBe(done);
  expect(gitIn(root, 'branch', '--list', `backlog/${id}`) === '').toBe(done);
  if (done) return;
  // The same code is judged once; what is put on record of the ticket later makes it worth another look.
  const { opsDir } = call.paths;
  const judged = readEvidence(opsDir, id).length;
  const notes: string[] = [];
  const note = (text: string) => notes.push(text);
  await startWave({ ...call, note }, { maxSlots: 1, ids: [], spending });
  expect(readEvidence(opsDir, id)).toHaveLength(judged);
  expect(notes.join('\n')).toMatch(/is merged, and not completed: implement fails on the combined code/);
  await waiveGate(call, { ticketId: id, gate: 'implement', reason: 'the other test is wrong' });
  await startWave(call, { maxSlots: 1, ids: [], spending });
  expect(existsSync(path.join(root, `backlog/data/completed/${id}-discount.md`))).toBe(true);
});

it('completes a ticket whose pull request of several commits was rebased onto a base that had moved', async () => {
  const { call, root } = world({ waves: { deliver: 'pr' } });
  const options = { spending, session: async () => ({ cost_usd: 0, models: {} }) };
  await startWave(call, { maxSlots: 1, ids: [] });
  const base = gitIn(root, 'rev-parse', 'HEAD');
  await finish(call);
  await finish(call, { 'src/basket.js': `${discount['src/basket.js']}// in cents\n` });
  await endWave(call, options);
  writeFiles(root, { 'README.md': 'meanwhile\n' });
  gitIn(root, 'add', 'README.md');
  gitIn(root, 'commit', '-q', '-m', 'docs: meanwhile');
  gitIn(root, 'cherry-pick', `${base}..backlog/${id}`);
  writeFiles(root, { 'README.md': 'afterwards\n' });
  gitIn(root, 'commit', '-q', '-am', 'docs: afterwards');
  await startWave(call, { maxSlots: 1, ids: [], spending });
  expect(existsSync(path.join(root, `backlog/data/completed/${id}-discount.md`))).toBe(true);
  expect(gitIn(root, 'branch', '--list', `backlog/${id}`)).toBe('');
});

/** What `events.command`, which runs in the background, was told so far. */
async function documentsIn(file: string, count: number): Promise<Readonly<Record<string, unknown>>[]> {
  for (let tries = 0; tries < 400; tries++) {
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    if (lines.length >= count) return lines.map((line) => Object(JSON.parse(line)));
    await sleep(50);
  }
  throw new Error(`${file} has not got ${count} lines`);
}

/** A folder with git and node, and no gh. */
function pathWithGitAlone(): string {
  const folder = tempDir();
  for (const name of ['git', 'node', 'sh', 'uname'])
    writeFiles(folder, { [name]: `#!/bin/sh\nPATH=${JSON.stringify(process.env.PATH)} exec ${name} "$@"\n` });
  for (const name of ['git', 'node', 'sh', 'uname']) chmodSync(path.join(folder, name), 0o755);
  return folder;
}
