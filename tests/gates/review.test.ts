import { describe, expect, it } from 'vitest';
import { readEvidence } from '../../src/gates/evidence.ts';
import { submitReview } from '../../src/gates/review.ts';
import { requestReview } from '../../src/gates/review-request.ts';
import type { AgentRegistry } from '../../src/gates/reviewer.ts';
import { runGate } from '../../src/gates/run.ts';
import { startWork } from '../../src/gates/start.ts';
import { ticketStatus } from '../../src/gates/ticket-status.ts';
import { parseVerdict } from '../../src/gates/verdict.ts';
import { noteWriting } from '../../src/gates/writers.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { gitIn, writeFiles } from '../support/temp.ts';
import { anyAgent, approval, atTerminal, id, linted } from './support/journey.ts';
import { callIn, callOfSession, discount, project } from './support/project.ts';

const finding = { severity: 'Important', confidence: 90, file: 'src/basket.js', line: 2, message: 'wrong' };
const verdict = (value: unknown): string => JSON.stringify(value);
const submit = (
  root: string,
  requestId: string,
  text: string,
  call = atTerminal(root),
  registry: AgentRegistry = anyAgent,
) => submitReview(call, { requestId, text, registry });
const ask = async (root: string): Promise<string> => (await requestReview(atTerminal(root), id)).request.id;
const stateOf = async (root: string, gate: string) =>
  (await ticketStatus(callIn(root), id)).states.find((state) => state.gate === gate);

describe('a verdict', () => {
  it.each([
    ['nothing', '', 'it is empty'],
    ['prose', 'APPROVED, well done', 'it is no JSON'],
    ['a word that is no verdict', verdict({ verdict: 'NOT APPROVED', findings: [] }), 'verdict'],
    ['no findings field', verdict({ verdict: 'approved' }), 'findings'],
    [
      'a confidence past 100',
      verdict({ verdict: 'approved', findings: [{ ...finding, confidence: 101 }] }),
      'confidence',
    ],
    [
      'an unknown severity',
      verdict({ verdict: 'approved', findings: [{ ...finding, severity: 'Minor' }] }),
      'severity',
    ],
    ['a field that nobody knows', verdict({ verdict: 'approved', findings: [], approved: true }), 'approved'],
    ['line 0', verdict({ verdict: 'approved', findings: [{ ...finding, line: 0 }] }), 'line'],
  ])('is refused when it is %s', (_name, text, problem) => {
    expect(() => parseVerdict(text)).toThrow(
      expect.objectContaining({ code: 'verdict-invalid', exitCode: 2 }),
    );
    expect(() => parseVerdict(text)).toThrow(problem);
  });

  it('never brings its own reviewer', async () => {
    const root = await linted();
    const text = verdict({ verdict: 'approved', findings: [], reviewer_agent_id: 'aforged' });
    expect(await submit(root, await ask(root), text)).toMatchObject({ reviewer: 'human:Ada' });
  });
});

describe('a review request', () => {
  it('comes after lint', async () => {
    const root = project();
    await startWork(callIn(root), { ticketId: id, worktree: false, rebase: false });
    await expect(requestReview(callIn(root), id)).rejects.toMatchObject({ code: 'gate-order', exitCode: 1 });
  });

  it('shows the change with new files, the criteria, the results and the rules, and not the story', async () => {
    const root = await linted({
      files: { '.claude/code-rules.md': '# Rules\n\nNo magic numbers.\n' },
      config: { codeRules: { hardGates: ['no console'], softGates: ['short names'] } },
    });
    const shown = await requestReview(callIn(root), id);
    expect(shown.difference.text).toContain('+++ b/test/discount.test.js');
    expect(shown.difference.files.map(({ path }) => path)).toEqual([
      'src/basket.js',
      'test/discount.test.js',
    ]);
    expect(shown.criteria.map((one) => one.id)).toEqual(['AC-1', 'AC-2', 'AC-3']);
    expect(shown.results.map(({ gate, phase, exit_code }) => [gate, phase ?? '', exit_code])).toEqual([
      ['implement', 'red', 1],
      ['implement', 'green', 0],
      ['lint', '', 0],
    ]);
    expect(shown.codeRules).toEqual(['(a breach blocks) no console', '(a breach is a remark) short names']);
    expect(shown.codeRulesText).toContain('No magic numbers');
    expect(JSON.stringify(shown)).not.toContain('Customers who buy a lot');
  });

  it('reads the code rules of the base: a change cannot soften its own', async () => {
    const root = await linted({
      files: { '.claude/code-rules.md': 'No magic numbers.\n' },
      change: { ...discount, '.claude/code-rules.md': 'Anything goes.\n' },
    });
    const shown = await requestReview(callIn(root), id);
    expect(shown.codeRulesText).toBe('No magic numbers.\n');
    expect(shown.unnamedFiles).toEqual(['.claude/code-rules.md']);
  });
});

describe('submitting a verdict', () => {
  it('makes the gate hold for exactly this change', async () => {
    const root = await linted();
    await submit(root, await ask(root), approval);
    expect(await stateOf(root, 'review')).toMatchObject({
      holds: true,
      reason: expect.stringContaining('human:Ada'),
    });
    writeFiles(root, { 'src/basket.js': `${discount['src/basket.js']}// more\n` });
    expect(await stateOf(root, 'review')).toMatchObject({ holds: false, verdict: 'stale' });
  });

  it('answers a request once', async () => {
    const root = await linted();
    const request = await ask(root);
    await submit(root, request, approval);
    await expect(submit(root, request, approval)).rejects.toMatchObject({ code: 'review-answered' });
  });

  it('is refused when the code changed after the request', async () => {
    const root = await linted();
    const request = await ask(root);
    writeFiles(root, { 'src/basket.js': `${discount['src/basket.js']}// more\n` });
    await expect(submit(root, request, approval)).rejects.toMatchObject({ code: 'review-stale' });
    expect(readEvidence(callIn(root).paths.opsDir, id).some(({ record }) => record.gate === 'review')).toBe(
      false,
    );
  });

  it.each([
    ['Critical at the threshold', { ...finding, severity: 'Critical', confidence: 80 }, false],
    ['Important above it', finding, false],
    ['Important below it', { ...finding, confidence: 79 }, true],
    ['a sure suggestion', { ...finding, severity: 'Suggestion', confidence: 100 }, true],
  ])('"approved" with %s: accepted is %s', async (_name, one, accepted) => {
    const root = await linted();
    const answer = submit(root, await ask(root), verdict({ verdict: 'approved', findings: [one] }));
    if (accepted) expect(await answer).toMatchObject({ verdict: 'approved' });
    else await expect(answer).rejects.toMatchObject({ code: 'verdict-contradicts-itself', exitCode: 1 });
  });

  it.each([
    ['a file that is not there', { ...finding, file: 'src/nothing.js' }],
    ['a line past the end', { ...finding, line: 999 }],
    ['a path out of the project', { ...finding, file: '../../etc/passwd', line: 1 }],
  ])('is refused with %s', async (_name, one) => {
    const root = await linted();
    const text = verdict({ verdict: 'changes-requested', findings: [one] });
    await expect(submit(root, await ask(root), text)).rejects.toMatchObject({ code: 'finding-not-in-tree' });
  });

  it('shows only what changed to a later reviewer as well, and names both trees', async () => {
    const root = await linted();
    const first = await requestReview(callIn(root), id);
    await submit(root, first.request.id, verdict({ verdict: 'changes-requested', findings: [finding] }));
    writeFiles(root, { 'src/basket.js': `${discount['src/basket.js']}// mended\n` });
    for (const gate of ['implement', 'lint'] as const) await runGate(callIn(root), { ticketId: id, gate });
    const second = await requestReview(callIn(root), id);
    expect(second.since?.text).toContain('+// mended');
    expect(second.since?.text).not.toContain('discount.test.js');
    await submit(root, second.request.id, approval);
    expect(readEvidence(callIn(root).paths.opsDir, id).at(-1)?.record).toMatchObject({
      holds_for: { tree: second.request.tree },
      details: { reviewed_tree: first.request.tree },
    });
  });

  it('blocks the ticket after as many rounds as the configuration allows', async () => {
    const root = await linted({ config: { reviewPipeline: { maxReviewRounds: 1 } } });
    const text = verdict({ verdict: 'changes-requested', findings: [finding] });
    expect(await submit(root, await ask(root), text)).toMatchObject({ reviewBlocked: true });
    await expect(requestReview(callIn(root), id)).rejects.toMatchObject({
      code: 'review-blocked',
      exitCode: 1,
    });
    // Only a person takes it up again.
    const agent = { cwd: root, env: { CLAUDECODE: '1', CLAUDE_CODE_SESSION_ID: 'session-1' } };
    const status = async () => jsonOf(await backlog(['ticket', 'show', id, '--json'], { cwd: root })).status;
    for (const call of [
      ['ticket', 'move', id, 'in_progress'],
      ['ticket', 'edit', id, '--set', 'status=pending'],
    ]) {
      const refused = await backlog(call, agent);
      expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('only a person')]);
    }
    await startWork(callIn(root), { ticketId: id, worktree: false, rebase: false });
    expect(await status()).toBe('review-blocked');
    expect((await backlog(['ticket', 'move', id, 'in_progress'], { cwd: root })).exitCode).toBe(0);
    expect(await status()).toBe('in_progress');
  });
});

describe('the reviewer', () => {
  const session = '11111111-2222-4333-8444-555555555555';
  const byAgent = (root: string, agentId: string | undefined) =>
    callOfSession(root, session, {
      caller: { insideClaudeCode: true, sessionId: session, agentId, stamp: undefined },
    });

  /** The ticket of a session whose implementer ran the gates under its own id. */
  async function ofSession(): Promise<string> {
    const root = project();
    await startWork(byAgent(root, undefined), { ticketId: id, worktree: false, rebase: false });
    await runGate(byAgent(root, undefined), { ticketId: id, gate: 'plan', plan: '1. do it\n' });
    writeFiles(root, discount);
    for (const gate of ['implement', 'lint'] as const)
      await runGate(byAgent(root, 'awriter'), { ticketId: id, gate });
    return root;
  }

  it('is the agent that submits', async () => {
    const root = await ofSession();
    const { request } = await requestReview(byAgent(root, undefined), id);
    expect(await submit(root, request.id, approval, byAgent(root, 'areviewer'))).toMatchObject({
      reviewer: 'areviewer',
    });
  });

  it('is not looked for until one approves: what another found in the same change is open', async () => {
    const root = await ofSession();
    const objection = verdict({ verdict: 'changes-requested', findings: [finding] });
    const first = (await requestReview(byAgent(root, undefined), id)).request.id;
    const second = (await requestReview(byAgent(root, undefined), id)).request.id;
    await submit(root, first, objection, byAgent(root, 'areviewer'));
    await expect(submit(root, second, approval, byAgent(root, 'asecond'))).rejects.toMatchObject({
      code: 'findings-open',
      exitCode: 1,
      message: expect.stringContaining('src/basket.js:2 wrong'),
    });
    expect(await submit(root, second, approval)).toMatchObject({ verdict: 'approved' });
  });

  it('answers once, also when two answers come together', async () => {
    const root = await ofSession();
    const { request } = await requestReview(byAgent(root, undefined), id);
    const both = await Promise.allSettled(
      ['aone', 'atwo'].map((agent) => submit(root, request.id, approval, byAgent(root, agent))),
    );
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('is not the writer under another session', async () => {
    const root = await ofSession();
    const { request } = await requestReview(byAgent(root, undefined), id);
    const call = callOfSession(root, 'another-session', {
      caller: { insideClaudeCode: true, sessionId: 'another-session', agentId: 'awriter', stamp: undefined },
    });
    await startWork(
      { ...call, clock: () => new Date(Date.now() + 13 * 3_600_000) },
      {
        ticketId: id,
        worktree: false,
        rebase: false,
      },
    );
    await expect(submit(root, request.id, approval, call)).rejects.toMatchObject({ code: 'self-review' });
  });

  it.each([
    ['the main thread', undefined, anyAgent, 'reviewer-unknown'],
    ['the agent that ran the gates', 'awriter', anyAgent, 'self-review'],
    ['an agent that no hook has seen', 'aghost', { ...anyAgent, known: () => false }, 'reviewer-unknown'],
    [
      'an agent that was once bound to the implementation',
      'aother',
      { ...anyAgent, roles: () => [{ ticket_id: id, gate: 'implement' }] },
      'self-review',
    ],
  ])('is never %s', async (_name, agentId, registry, code) => {
    const root = await ofSession();
    const { request } = await requestReview(byAgent(root, undefined), id);
    await expect(submit(root, request.id, approval, byAgent(root, agentId), registry)).rejects.toMatchObject({
      code,
      exitCode: 1,
    });
  });

  it('is never an agent that was only seen to edit the files', async () => {
    const root = await ofSession();
    const { request } = await requestReview(byAgent(root, undefined), id);
    const { paths } = callIn(root);
    const at = new Date().toISOString();
    const writing = { at, session_id: 'earlier', agent_id: 'aeditor', file: 'src/basket.js' };
    noteWriting(paths.opsDir, id, writing);
    await expect(submit(root, request.id, approval, byAgent(root, 'aeditor'))).rejects.toMatchObject({
      code: 'self-review',
      exitCode: 1,
    });
    expect(await submit(root, request.id, approval, byAgent(root, 'aedit'))).toMatchObject({
      verdict: 'approved',
    });
  });

  it('is a person only at a terminal', async () => {
    const root = await linted();
    await expect(submit(root, await ask(root), approval, callIn(root))).rejects.toMatchObject({
      code: 'reviewer-unknown',
    });
  });
});

describe('a rebase', () => {
  it('that leaves the difference as it is keeps the review', async () => {
    const root = await linted();
    await submit(root, await ask(root), approval);
    gitIn(root, 'stash', '-u', '-q');
    writeFiles(root, { 'docs.md': 'more\n' });
    gitIn(root, 'add', '-A');
    gitIn(root, 'commit', '-q', '-m', 'docs: more');
    gitIn(root, 'stash', 'pop', '-q');
    await startWork(callIn(root), { ticketId: id, worktree: false, rebase: true });
    expect(await stateOf(root, 'lint')).toMatchObject({ holds: false });
    expect(await stateOf(root, 'review')).toMatchObject({ holds: true });
  });
});
