import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GateCall } from '../../src/gates/call.ts';
import { commitWork } from '../../src/gates/commit.ts';
import { readEvidence } from '../../src/gates/evidence.ts';
import { submitReview } from '../../src/gates/review.ts';
import { requestReview } from '../../src/gates/review-request.ts';
import type { ReviewRound } from '../../src/gates/review-round.ts';
import { runGate } from '../../src/gates/run.ts';
import { startWork } from '../../src/gates/start.ts';
import { ticketStatus } from '../../src/gates/ticket-status.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { gitIn, writeFiles } from '../support/temp.ts';
import { anyAgent, approval, atTerminal, id, linted } from './support/journey.ts';
import { callIn, callOfSession, configText, discount } from './support/project.ts';

const session = '11111111-2222-4333-8444-555555555555';
const files = ['src/basket.js', 'test/discount.test.js', 'docs/a.md', 'docs/b.md'];
const finding = { severity: 'Important', confidence: 90, file: 'src/basket.js', line: 2, message: 'wrong' };
const objection = JSON.stringify({ verdict: 'changes-requested', findings: [finding] });
const mended = { 'src/basket.js': `${discount['src/basket.js']}// mended\n` };

/** A ticket with four files, so that it has the two usual reviewers. Its holder is a session. */
async function full(options: Parameters<typeof linted>[0] = {}): Promise<string> {
  const root = await linted({ ticket: { files }, ...options });
  const call = callOfSession(root, session);
  await startWork(
    { ...call, clock: () => new Date(Date.now() + 13 * 3_600_000) },
    {
      ticketId: id,
      worktree: false,
      rebase: false,
    },
  );
  return root;
}

const byAgent = (root: string, agentId: string): GateCall =>
  callOfSession(root, session, {
    caller: { insideClaudeCode: true, sessionId: session, agentId, stamp: undefined },
  });
const lead = (root: string): GateCall => callOfSession(root, session);
const requestOf = (round: ReviewRound, name: string): string =>
  round.packages.find(({ reviewer }) => reviewer.name === name)?.request.id ?? '';
const submit = (call: GateCall, requestId: string, text = approval) =>
  submitReview(call, { requestId, text, registry: anyAgent });
const gate = async (root: string) =>
  (await ticketStatus(callIn(root), id)).states.find((state) => state.gate === 'review');
async function mend(root: string, change: Readonly<Record<string, string>> = mended): Promise<void> {
  writeFiles(root, change);
  for (const name of ['implement', 'lint'] as const) await runGate(lead(root), { ticketId: id, gate: name });
}

describe('a round of several reviewers', () => {
  it('gives each a package and a request of its own, and holds when every one of them approves', async () => {
    const root = await full();
    const answer = jsonOf(
      await backlog(['review', 'request', id, '--json', '--session', session], { cwd: root }),
    );
    expect(answer).toMatchObject({
      pipeline: 'full',
      manner: 'agents',
      complexity: 'complex',
      reviewers: [
        { name: 'spec-compliance', agent: 'reviewer', required: true, tier: 'cheap', delta: false },
        { name: 'code-quality', agent: 'reviewer', required: true, tier: 'cheap', delta: false },
      ],
      precheck: { lint_clean: true, tests_pass: true, no_debug: true, format_ok: true, issues: [] },
    });
    const [spec, quality] = [answer.reviewers].flat().map(Object);
    expect(spec.file).toBe(
      path.join(root, `.backlog-ops/reviews/${id}/${answer.request_id}-spec-compliance.md`),
    );
    expect(statSync(spec.file).mode & 0o777).toBe(0o600);
    expect(spec.request_id).not.toBe(quality.request_id);
    const text = readFileSync(spec.file, 'utf8');
    for (const part of [
      'Your focus: spec-compliance.',
      'AC-1: A basket of 5000 cents costs 4500',
      '+export const price',
      '- tests_pass: true',
      `Submit: backlog review submit --request ${spec.request_id} --from -`,
    ])
      expect(text).toContain(part);
    expect(text).not.toContain('Customers who buy a lot');
    expect(text).not.toContain('High-risk checklist');

    expect((await submit(byAgent(root, 'aone'), spec.request_id)).gate).toMatchObject({
      verdict: 'missing',
      holds: false,
      reason: expect.stringContaining('still to answer: code-quality'),
    });
    await expect(commitWork(lead(root), commit)).rejects.toMatchObject({ code: 'gate-order' });
    const resumed = jsonOf(
      await backlog(['review', 'request', id, '--json', '--session', session], { cwd: root }),
    );
    expect([resumed.reviewers].flat().map((one) => Object(one).answered)).toEqual([true, false]);
    // One agent is one pair of eyes, and the round as a whole is a person's to answer.
    await expect(submit(byAgent(root, 'aone'), quality.request_id)).rejects.toMatchObject({
      code: 'reviewer-repeated',
    });
    await expect(submit(byAgent(root, 'atwo'), String(answer.request_id))).rejects.toMatchObject({
      code: 'reviewer-unnamed',
      exitCode: 1,
    });
    // A request that a hand has made says nothing about who is needed.
    const forged = {
      v: 1,
      id: session,
      ticket_id: id,
      tree: answer.tree,
      diff: answer.diff_sha256,
      base_commit: gitIn(root, 'rev-parse', 'HEAD'),
      created_at: '2026-11-21T00:00:00.000Z',
    };
    writeFiles(root, { [`.backlog-ops/reviews/${session}.json`]: JSON.stringify(forged) });
    await expect(submit(byAgent(root, 'atwo'), session)).rejects.toMatchObject({ code: 'reviewer-unnamed' });
    expect((await submit(byAgent(root, 'atwo'), quality.request_id)).gate).toMatchObject({
      holds: true,
      reason: expect.stringMatching(
        /approved by aone \(spec-compliance\).*approved by atwo \(code-quality\)/,
      ),
    });
  });

  it('is one round, whoever sends it back, and lets the others judge for themselves', async () => {
    const root = await full({ config: { reviewPipeline: { maxReviewRounds: 2 } } });
    const first = await requestReview(lead(root), id);
    const [spec, quality] = ['spec-compliance', 'code-quality'] as const;
    expect(await submit(byAgent(root, 'aone'), requestOf(first, spec), objection)).toMatchObject({
      reviewBlocked: false,
      role: spec,
    });
    // Another round over the same change does not outvote it; beside it in its round one may approve.
    const again = await requestReview(lead(root), id);
    for (const name of [spec, quality])
      await expect(submit(byAgent(root, 'athree'), requestOf(again, name))).rejects.toMatchObject({
        code: 'findings-open',
      });
    expect((await submit(byAgent(root, 'atwo'), requestOf(first, quality), objection)).reviewBlocked).toBe(
      false,
    );
    expect(await gate(root)).toMatchObject({ verdict: 'failed' });
    expect((await gate(root))?.evidence.map(({ record }) => record.details?.findings)).toEqual([
      [finding],
      [finding],
    ]);

    await mend(root);
    const second = await requestReview(lead(root), id);
    expect(second.openFindings).toEqual([
      { ...finding, from: spec },
      { ...finding, from: quality },
    ]);
    const [shown] = second.packages;
    const text = readFileSync(shown?.file ?? '', 'utf8');
    expect(text).toContain('+// mended');
    expect(text).toContain('Important (90) src/basket.js:2 wrong (code-quality)');
    expect(text).not.toContain('+export const price');
    const { packages } = await requestReview(lead(root), id, { full: true });
    expect(readFileSync(packages[0]?.file ?? '', 'utf8')).toContain('+export const price');
    await submit(byAgent(root, 'aone'), requestOf(second, spec));
    const done = await submit(byAgent(root, 'atwo'), requestOf(second, quality));
    expect(done.gate?.holds).toBe(true);
    expect(done.evidence.record).toMatchObject({
      holds_for: { tree: second.request.tree },
      details: { reviewed_tree: first.request.tree },
    });
  });

  it('a person answers for all of them, and may overrule', async () => {
    const root = await full();
    const round = await requestReview(atTerminal(root), id);
    await submit(byAgent(root, 'aone'), requestOf(round, 'spec-compliance'), objection);
    expect(await submit(atTerminal(root), round.request.id)).toMatchObject({
      role: null,
      gate: { holds: true },
    });
  });

  it('records those who are not needed, and needs nothing of them', async () => {
    const reviewers = [
      { name: 'spec', agent: 'reviewer' },
      { name: 'quality', agent: 'reviewer' },
      { name: 'style', agent: 'reviewer', required: false },
    ];
    const root = await full({ config: { reviewPipeline: { reviewers, maxReviewRounds: 1 } } });
    const round = await requestReview(lead(root), id);
    expect(await submit(byAgent(root, 'aone'), requestOf(round, 'style'), objection)).toMatchObject({
      reviewBlocked: false,
    });
    await submit(byAgent(root, 'aone'), requestOf(round, 'spec'));
    expect((await submit(byAgent(root, 'atwo'), requestOf(round, 'quality'))).gate?.holds).toBe(true);
  });

  it('is carried over by a rebase, verdict by verdict', async () => {
    const root = await full();
    const round = await requestReview(lead(root), id);
    await submit(byAgent(root, 'aone'), requestOf(round, 'spec-compliance'));
    await submit(byAgent(root, 'atwo'), requestOf(round, 'code-quality'));
    gitIn(root, 'stash', '-u', '-q');
    writeFiles(root, { 'docs.md': 'more\n' });
    gitIn(root, 'add', '-A');
    gitIn(root, 'commit', '-q', '-m', 'docs: more');
    gitIn(root, 'stash', 'pop', '-q');
    await startWork(lead(root), { ticketId: id, worktree: false, rebase: true });
    for (const name of ['implement', 'lint'] as const)
      await runGate(lead(root), { ticketId: id, gate: name });
    await commitWork(lead(root), commit);
    const carried = readEvidence(callIn(root).paths.opsDir, id).filter(
      ({ record }) => record.details?.carried_from !== undefined,
    );
    expect(carried.map(({ record: { details } }) => [details?.role, details?.reviewer])).toEqual([
      ['spec-compliance', 'aone'],
      ['code-quality', 'atwo'],
    ]);
  });
});

describe('a change that also changes who reviews', () => {
  it('is held until a person allows it', async () => {
    const root = await linted({
      ticket: { files: ['src/basket.js'], tests: 'existing' },
      change: { 'src/basket.js': '// x\nexport const total = (items) => items.length;\n' },
    });
    writeFiles(root, { 'backlog.config.json': configText({ reviewPipeline: { trivial: 'none' } }) });
    await expect(requestReview(callIn(root), id)).rejects.toMatchObject({
      code: 'gate-config-changed',
      message: expect.stringContaining('reviewPipeline.trivial: (not set) → none'),
    });
  });
});

describe('a finding', () => {
  it('names a line of the difference, not any line of the repository', async () => {
    const root = await linted({
      files: { 'src/long.js': '1;\n'.repeat(90) },
      change: { ...discount, 'src/long.js': `${'1;\n'.repeat(89)}2;\n` },
    });
    const { request } = await requestReview(atTerminal(root), id);
    const at = (file: string, line: number) =>
      submit(
        atTerminal(root),
        request.id,
        JSON.stringify({ verdict: 'changes-requested', findings: [{ ...finding, file, line }] }),
      );
    await expect(at('src/long.js', 3)).rejects.toMatchObject({
      code: 'finding-not-in-tree',
      message: expect.stringContaining('src/long.js:3 is no line of the difference, which has lines 87-90'),
    });
    await expect(at('lint.js', 1)).rejects.toMatchObject({
      message: expect.stringContaining('lint.js is no file of the difference'),
    });
    expect(await at('src/long.js', 90)).toMatchObject({ verdict: 'changes-requested' });
  });
});

describe('a risky change', () => {
  it('brings the checklist to its reviewers, and four of them when it is about sign-in', async () => {
    const change = {
      ...discount,
      'src/basket.js': `${discount['src/basket.js']}export const signIn = (session) => session.user;\n`,
    };
    const root = await linted({ change });
    const round = await requestReview(atTerminal(root), id);
    expect(round.packages.map(({ reviewer }) => reviewer.name)).toEqual([
      'spec-compliance',
      'code-quality',
      'security',
      'history',
    ]);
    const text = readFileSync(round.packages[3]?.file ?? '', 'utf8');
    expect(text).toContain('High-risk checklist (auth)');
    expect(text).toContain('- auth: who may do what.');
  });
});

describe('a trivial ticket that the user wants no review of', () => {
  it('says so in its evidence, and verify lists it', async () => {
    const config = {
      reviewPipeline: { trivial: 'none' },
      qualityGates: {
        testCommand: 'node --test test/',
        lintCommand: 'node lint.js',
        minNewTests: { FEAT: 0 },
      },
    };
    const root = await linted({
      config,
      ticket: { files: ['src/basket.js'], tests: 'existing' },
      change: { 'src/basket.js': 'export const total = (items) => items.length + 0;\n' },
    });
    const base = gitIn(root, 'rev-parse', 'HEAD');
    expect(await gate(root)).toMatchObject({ holds: false });
    const request = await backlog(['review', 'request', id, '--json'], { cwd: root });
    expect(jsonOf(request)).toMatchObject({ manner: 'none', next: `backlog gate status ${id}` });
    expect(await gate(root)).toMatchObject({ holds: true, reason: expect.stringContaining('not reviewed') });
    for (const args of [
      ['commit', '--ticket', id, '--type', 'feat', '--summary', 'done'],
      ['ticket', 'complete', id],
    ])
      expect((await backlog(args, { cwd: root })).stderr).not.toContain('error');
    const verified = await backlog(['verify', '--base', base, '--json'], { cwd: root });
    expect(jsonOf(verified)).toMatchObject({ holds: true, items: [{ ticket_id: id, not_reviewed: true }] });
    const completed = path.join(root, 'backlog/data/completed');
    const [name = ''] = readdirSync(completed).filter((one) => one.endsWith('.md'));
    expect(readFileSync(path.join(completed, name), 'utf8')).toContain('review_rounds: 0');
  });
});

const commit = { ticketId: id, type: 'feat', area: '', summary: 'done', include: [], reason: '' };
