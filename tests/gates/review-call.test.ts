import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEvidence } from '../../src/gates/evidence.ts';
import { type AskModel, callReview, type ReviewQuestion } from '../../src/gates/review-call.ts';
import { ticketStatus } from '../../src/gates/ticket-status.ts';
import { chat, json, serve } from '../router/support.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { tempDir, writeFiles } from '../support/temp.ts';
import { approval, id, linted } from './support/journey.ts';
import { callIn, configText } from './support/project.ts';

const trivial = {
  ticket: { files: ['src/basket.js'], tests: 'existing' },
  change: { 'src/basket.js': 'export const total = (items) => items.length + 0;\n' },
} as const;
const answer = { recordId: 'rec-1', model: 'small', provider: 'vendor', tier: 'cheap', local: false };
const gate = async (root: string) =>
  (await ticketStatus(callIn(root), id)).states.find((state) => state.gate === 'review');
const answering =
  (value: unknown, changes: object = {}): AskModel =>
  async () => ({ ...answer, text: typeof value === 'string' ? value : JSON.stringify(value), ...changes });

describe('a review by one model call', () => {
  it('answers under an id of its own, also for the session that wrote the change', async () => {
    const root = await linted(trivial);
    const asked: ReviewQuestion[] = [];
    const done = await callReview(callIn(root), id, async (question) => {
      asked.push(question);
      return { ...answer, text: approval };
    });
    expect(done).toMatchObject({ reviewer: 'call:rec-1', verdict: 'approved', gate: { holds: true } });
    expect(readEvidence(callIn(root).paths.opsDir, id).at(-1)?.record).toMatchObject({
      agent_id: 'call:rec-1',
      details: { reviewer: 'call:rec-1', call: { model: 'small', provider: 'vendor', tier: 'cheap' } },
    });
    const [question] = asked;
    expect(question?.tier).toBe('cheap');
    expect(question?.prompt).toContain('src/basket.js:1 + export const total');
    expect(question?.prompt).not.toContain('backlog review submit');
  });

  it.each<[string, AskModel, string]>([
    ['in words', answering('approved, well done'), 'verdict-invalid'],
    ['not approved, in words', answering({ verdict: 'not approved', findings: [] }), 'verdict-invalid'],
    [
      'about a line that is not there',
      answering({
        verdict: 'changes-requested',
        findings: [{ severity: 'Critical', confidence: 99, file: 'src/basket.js', line: 70, message: 'x' }],
      }),
      'finding-not-in-tree',
    ],
    ['by a model on this machine', answering(approval, { local: true }), 'review-by-local-model'],
  ])('is none when the answer is %s', async (_what, ask, code) => {
    const root = await linted(trivial);
    await expect(callReview(callIn(root), id, ask)).rejects.toMatchObject({ code });
    expect(await gate(root)).toMatchObject({ holds: false });
  });

  it('is not asked again until it approves', async () => {
    const root = await linted(trivial);
    const finding = { severity: 'Important', confidence: 90, file: 'src/basket.js', line: 1, message: 'x' };
    await callReview(callIn(root), id, answering({ verdict: 'changes-requested', findings: [finding] }));
    await expect(
      callReview(callIn(root), id, answering(approval, { recordId: 'rec-2' })),
    ).rejects.toMatchObject({ code: 'findings-open' });
  });

  it('is for trivial tickets', async () => {
    const root = await linted();
    await expect(callReview(callIn(root), id, answering(approval))).rejects.toMatchObject({
      code: 'review-not-by-call',
      exitCode: 1,
    });
  });
});

describe('review call', () => {
  it('asks the tier of reviews on the account of the ticket, by the configuration of the base', async () => {
    const server = await serve(({ body }, response) =>
      json(response, 200, chat(approval, { model: body.model })),
    );
    const llmOps = {
      providers: { vendor: { type: 'openai', baseURL: server.url, billing: 'api' } },
      tiers: {
        free: ['vendor/tiny'],
        cheap: ['vendor/small'],
      },
      routing: { entryModelReview: 'free' },
      prices: { small: { input: 1, output: 1 } },
    };
    const home = tempDir();
    const root = await linted({ ...trivial, config: { llmOps } });
    // Who is judged does not choose who judges, not even for a moment.
    const changed = { ...llmOps, tiers: { cheap: ['vendor/friend'] } };
    writeFiles(root, { 'backlog.config.json': configText({ llmOps: changed }) });
    const refused = await backlog(['review', 'call', '--ticket', id, '--json'], {
      cwd: root,
      env: { BACKLOG_HOME: home },
    });
    expect(refused.exitCode).toBe(1);
    expect(server.seen).toEqual([]);
    writeFiles(root, { 'backlog.config.json': configText({ llmOps }) });

    const run = await backlog(['review', 'call', '--ticket', id, '--json'], {
      cwd: root,
      env: { BACKLOG_HOME: home },
    });
    expect(run.stderr).not.toContain('error');
    const ledger = readFileSync(path.join(root, '.backlog-ops/usage-ledger.jsonl'), 'utf8');
    const record = JSON.parse(ledger.trim().split('\n').at(-1) ?? '');
    expect(record).toMatchObject({
      source: 'llm-call',
      ticket_id: id,
      gate: 'review',
      agent_type: 'reviewer',
      agent_id: `call:${record.id}`,
      model: 'small',
      status: 'success',
    });
    expect(jsonOf(run)).toMatchObject({
      reviewer: `call:${record.id}`,
      verdict: 'approved',
      gate: { holds: true },
      next: expect.stringContaining('backlog commit'),
    });
    expect(JSON.stringify(server.seen[0]?.body)).toContain('src/basket.js:1 + export const total');
  });
});
