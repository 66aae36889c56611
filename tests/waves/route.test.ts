import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GateCall } from '../../src/gates/call.ts';
import { appendEvidence } from '../../src/gates/evidence.ts';
import { readState } from '../../src/gates/state.ts';
import { isFields } from '../../src/gates/state-schema.ts';
import { readEscalations } from '../../src/ledger/escalations.ts';
import type { LocalModel } from '../../src/router/local-model.ts';
import { escalateStep } from '../../src/waves/escalate.ts';
import { beginLocal, failLocal } from '../../src/waves/local-attempts.ts';
import { overrideAgent } from '../../src/waves/override.ts';
import { openDesk, type Route, routeTicket } from '../../src/waves/route.ts';
import type { RoutedGate } from '../../src/waves/step-model.ts';
import { callIn, project, ticketText } from '../gates/support/project.ts';
import { writeFiles } from '../support/temp.ts';

const id = 'FEAT-001';
const up: LocalModel = { up: true, reference: 'ollama/qwen3:8b', why: 'it is up' };
const down: LocalModel = { up: false, reference: null, why: 'nothing answers `free`' };

/** A shop with one ticket of two files, whose plans begin at `free` and whose code at `cheap`. */
const shop = (
  routing: object = {},
  more: { readonly ticket?: string; readonly blocks?: object } = {},
): GateCall => {
  const config = {
    version: '1.1',
    llmOps: { routing: { entryModelImplement: 'cheap', ...routing } },
    ...more.blocks,
  };
  const root = project({ config });
  if (more.ticket !== undefined)
    writeFiles(root, { [`backlog/data/pending/${id}-discount.md`]: more.ticket });
  let now = Date.parse('2026-11-21T10:00:00Z');
  return callIn(root, {
    // Every look at the clock is a second later, so that what follows is later.
    clock: () => {
      now += 1000;
      return new Date(now);
    },
  });
};

const route = async (call: GateCall, gate: RoutedGate = 'implement', model = up): Promise<Route> =>
  routeTicket(await openDesk(call, async () => model), id, gate);

/** Gates that have failed, as they stand in the evidence. */
async function failAt(call: GateCall, gate: 'lint' | 'review' | 'plan', times = 1): Promise<void> {
  for (let time = 0; time < times; time += 1)
    await appendEvidence(call.paths.opsDir, {
      ticket_id: id,
      gate,
      result: 'fail',
      command: null,
      exit_code: 1,
      started_at: call.clock().toISOString(),
      duration_ms: 1,
      holds_for: { kind: 'tree', tree: 'a'.repeat(40) },
      base_commit: 'b'.repeat(40),
      output_sha256: null,
      output_tail: '',
      agent_id: null,
      session_id: null,
    });
}

const localStats = ({ paths }: GateCall): unknown => {
  const { stats } = readState(paths.mainRoot);
  return isFields(stats) ? stats.localModelStats : undefined;
};

describe('the model of a gate', () => {
  it.each([
    ['classify', 'cheap', 'haiku', 'agent'],
    ['draft', 'cheap', 'haiku', 'agent'],
    ['plan', 'free', 'free', 'llm-call'],
    ['implement', 'cheap', 'haiku', 'agent'],
    ['lint', 'cheap', 'haiku', 'agent'],
    ['review', 'cheap', 'haiku', 'agent'],
    ['commit', 'cheap', 'haiku', 'agent'],
  ] as const)('%s begins at %s: %s', async (gate, tier, model, dispatch) => {
    expect(await route(shop(), gate)).toMatchObject({ tier, model, dispatch });
  });

  it('is what the configuration names, when it names a model', async () => {
    const call = shop({ entryModelPlan: 'team/small', entryModelImplement: 'claude-sonnet-5-5' });
    expect(await route(call, 'plan')).toMatchObject({
      model: 'team/small',
      dispatch: 'llm-call',
      agent: null,
    });
    expect(await route(call)).toMatchObject({ model: 'claude-sonnet-5-5', dispatch: 'agent' });
  });

  it.each(['free', 'ollama/qwen3:8b', 'mine/qwen'])('never reviews with %s, a local one', async (tier) => {
    const providers = { mine: { type: 'openai', baseURL: 'http://127.0.0.1:1/v1', billing: 'local' } };
    const routing = { entryModelReview: tier, escalationModel: 'ollama/qwen3:8b' };
    const call = shop({}, { blocks: { llmOps: { routing, providers } } });
    expect(await route(call, 'review')).toMatchObject({ tier: 'cheap', model: 'haiku' });
    await escalateStep(call, { ticketId: id, gate: 'review', tier: 'cheap', reason: 'a trick' });
    expect(await route(call, 'review')).toMatchObject({ tier: 'cheap', model: 'haiku' });
  });

  it('writes no code with `free`, which has no tools', async () => {
    expect(await route(shop({ entryModelImplement: 'free' }))).toMatchObject({ tier: 'cheap' });
  });
});

describe('an escalation', () => {
  it('follows two failures of one gate, once, and says why from then on', async () => {
    const call = shop();
    await failAt(call, 'lint');
    expect(await route(call)).toMatchObject({ tier: 'cheap', escalation: null, pipeline: 'fast' });
    await failAt(call, 'lint');
    const raised = await route(call, 'lint');
    expect(raised).toMatchObject({
      tier: 'frontier',
      model: 'opus',
      escalation: { reason: 'lint failed 2 times', by: 'program' },
      escalations_left: 0,
      full_context: true,
      pipeline: 'full',
    });
    await route(call);
    expect(readEscalations(call.paths.opsDir).items).toHaveLength(1);
    expect(await route(call, 'review')).toMatchObject({ tier: 'cheap' });
  });

  it('takes a small ticket to the full pipeline by the count that chooses its reviewers', async () => {
    const call = shop();
    await failAt(call, 'lint');
    await failAt(call, 'review');
    expect(await route(call)).toMatchObject({
      pipeline: 'full',
      pipeline_why: 'failed 2 times at lint or review',
    });
  });

  it.each([
    [0, 'cheap'],
    [1, 'frontier'],
  ])('is capped: of %d allowed ones the tier is %s', async (maxEscalationsPerTicket, tier) => {
    const call = shop({ maxEscalationsPerTicket });
    await failAt(call, 'review', 2);
    const answer = await route(call);
    expect(answer.tier).toBe(tier);
    await escalateStep(call, { ticketId: id, gate: 'review', tier: 'cheap', reason: 'hard' }).then(
      () => expect.unreachable(),
      (error) => expect(error).toMatchObject({ code: 'escalation-limit', exitCode: 1 }),
    );
  });

  it('needs a reason, of one line, unless the configuration does without', async () => {
    const asked = { ticketId: id, gate: 'plan', tier: 'cheap' } as const;
    await expect(escalateStep(shop(), { ...asked, reason: ' \n' })).rejects.toMatchObject({
      code: 'escalation-needs-reason',
      exitCode: 2,
    });
    const blocks = { llmOps: { gateway: { requireEscalationReason: false } } };
    const { recorded } = await escalateStep(shop({}, { blocks }), { ...asked, reason: undefined });
    expect(recorded?.reason).toBe('escalated, no reason given');
    const two = await escalateStep(shop(), { ...asked, reason: 'one\ntwo\u001b[2J' });
    expect(two.recorded?.reason).toBe('one two [2J');
  });

  it('leads up only', async () => {
    const call = shop({ escalationModel: 'cheap', entryModelImplement: 'balanced' });
    await failAt(call, 'lint', 2);
    expect(await route(call)).toMatchObject({ tier: 'balanced', escalation: null });
    const asked = { ticketId: id, gate: 'implement', tier: 'balanced', reason: 'x' } as const;
    expect((await escalateStep(call, asked)).recorded).toBeUndefined();
  });

  it('is written once when two ask at the same time', async () => {
    const call = shop();
    await failAt(call, 'lint', 2);
    await Promise.all([route(call), route(call), route(call)]);
    expect(readEscalations(call.paths.opsDir).items).toHaveLength(1);
  });
});

describe('local first', () => {
  it.each([
    ['complex', ticketText({ files: ['a.js', 'b.js', 'c.js', 'd.js'] }), 'complex (4 affected files)'],
    ['an ARCH tag', ticketText().replace('tests: new', 'tests: new\ntags: [arch]'), 'it is about arch'],
    [
      'four files, though it calls itself simple',
      ticketText({ files: ['a.js', 'b.js', 'c.js', 'd.js'] }).replace(
        'tests: new',
        'complexity: simple\ntests: new',
      ),
      '4 affected files, more than 3',
    ],
  ])('is not for a ticket that is %s', async (_name, ticket, why) => {
    const { local_first, tier } = await route(shop({}, { ticket }), 'plan');
    expect(local_first.eligible).toBe(false);
    expect(local_first.why).toContain(why);
    expect(tier).toBe('cheap');
  });

  it('is not for anything when the local model is down', async () => {
    expect(await route(shop(), 'plan', down)).toMatchObject({
      local_first: { eligible: false, why: [down.why] },
      model: 'haiku',
      agent: 'general-purpose',
    });
  });

  it.each([
    ['three of ten', 10, 3, false],
    ['two of ten', 10, 2, true],
    ['all of four, which say too little', 4, 4, true],
    ['two of five', 5, 2, false],
  ])(
    'judges the share of escalated attempts: %s',
    async (_name, totalAttempts, escalatedToCloud, eligible) => {
      const call = shop();
      const stats = { localModelStats: { totalAttempts, escalatedToCloud } };
      writeFiles(call.paths.mainRoot, { '.claude/implementer-state.json': JSON.stringify({ stats }) });
      expect((await route(call, 'plan')).local_first.eligible).toBe(eligible);
    },
  );

  it('counts an attempt once, as it begins, and goes to `balanced` after two failures at lint', async () => {
    const call = shop();
    await Promise.all([beginLocal(call, id, 'plan'), beginLocal(call, id, 'plan')]);
    expect(localStats(call)).toMatchObject({ totalAttempts: 1, escalatedToCloud: 0 });
    await failAt(call, 'lint', 2);
    const answer = await route(call);
    expect(answer.notes).toEqual(['Local failed on FEAT-001 at lint. Escalated.']);
    expect(answer).toMatchObject({
      tier: 'balanced',
      model: 'sonnet',
      full_context: true,
      escalations_left: 1,
    });
    expect(localStats(call)).toMatchObject({
      totalAttempts: 1,
      successCount: 0,
      escalatedToCloud: 1,
      failuresByType: { lint: 1 },
    });
    expect(await route(call, 'plan')).toMatchObject({ tier: 'balanced', notes: [] });
    await failAt(call, 'lint', 2);
    expect(await route(call)).toMatchObject({ tier: 'frontier', escalations_left: 0 });
    expect(localStats(call)).toMatchObject({ escalatedToCloud: 1 });
  });

  it('goes to `cheap` when it had no plan to give', async () => {
    const call = shop();
    await beginLocal(call, id, 'plan');
    await failLocal(call, id, 'plan', 'the answer is empty');
    expect(await route(call, 'plan')).toMatchObject({ tier: 'cheap', model: 'haiku' });
    expect(localStats(call)).toMatchObject({ escalatedToCloud: 1, failuresByType: { plan: 1 } });
    expect(await failLocal(call, id, 'plan', 'again')).toBeUndefined();
  });

  it('counts a success when the ticket is completed, once, and keeps what was counted before', async () => {
    const call = shop();
    writeFiles(call.paths.mainRoot, {
      '.claude/implementer-state.json': JSON.stringify({
        own: 1,
        stats: { localModelStats: { totalAttempts: 7 } },
      }),
    });
    await beginLocal(call, id, 'plan');
    writeFiles(call.paths.mainRoot, {
      [`backlog/data/pending/${id}-discount.md`]: ticketText({ status: 'completed' }),
    });
    await route(call);
    await route(call);
    expect(localStats(call)).toMatchObject({ totalAttempts: 8, successCount: 1 });
    expect(readState(call.paths.mainRoot).own).toBe(1);
  });
});

describe('what was tampered with', () => {
  it('stops nobody else: a ticket with broken evidence, an id that is none, lines that are no events', async () => {
    const call = shop();
    await beginLocal(call, 'FEAT-009', 'plan');
    await beginLocal(call, '../../x', 'plan');
    const { opsDir } = call.paths;
    writeFiles(opsDir, { 'evidence/FEAT-009.jsonl': 'broken\n', 'escalations.jsonl': '{"v":1}\n' });
    appendFileSync(path.join(opsDir, 'routing.jsonl'), 'nonsense\n{"event":"local-success"}\n');
    expect((await route(call)).notes).toEqual([
      '2 lines of the routing log cannot be read; they count for nothing',
      expect.stringContaining('the local attempt at FEAT-009 stays open'),
      expect.stringContaining('the local attempt at ../../x stays open'),
      expect.stringContaining('1 lines of'),
    ]);
  });

  it('counts what a crash has left between log and state, and nothing twice', async () => {
    const call = shop();
    await beginLocal(call, id, 'plan');
    const file = path.join(call.paths.mainRoot, '.claude/implementer-state.json');
    const before = readFileSync(file, 'utf8');
    await failLocal(call, id, 'plan', 'x');
    writeFileSync(file, before);
    await beginLocal(call, id, 'plan');
    expect(localStats(call)).toMatchObject({
      totalAttempts: 2,
      escalatedToCloud: 1,
      failuresByType: { plan: 1 },
    });
  });
});

describe('another agent', () => {
  it('is recorded with its reason, counted once, and shown', async () => {
    const call = shop();
    const choice = { ticketId: id, agentType: 'frontend', reason: 'it is a form' };
    await overrideAgent(call, choice);
    await overrideAgent(call, choice);
    expect(await route(call)).toMatchObject({
      agent_type: 'frontend',
      override: { agent_type: 'frontend', reason: 'it is a form' },
      brief: expect.stringMatching(/types\/frontend\.md$/),
    });
    expect(readState(call.paths.mainRoot)).toMatchObject({
      stats: { agentRoutingStats: { llmOverrides: 1 } },
    });
  });

  it.each([
    [{ agentType: '../../etc/passwd', reason: 'x' }, 'override-invalid'],
    [{ agentType: 'frontend', reason: undefined }, 'override-invalid'],
  ])('is refused: %j', async (choice, code) => {
    await expect(overrideAgent(shop(), { ticketId: id, ...choice })).rejects.toMatchObject({
      code,
      exitCode: 2,
    });
  });

  it('is refused, and forgotten, where the rules alone decide', async () => {
    const call = shop();
    await overrideAgent(call, { ticketId: id, agentType: 'frontend', reason: 'x' });
    const config = { ...call.config, agentRouting: { ...call.config.agentRouting, llmOverride: false } };
    expect(await route({ ...call, config })).toMatchObject({ agent_type: 'backend', override: null });
    await expect(
      overrideAgent({ ...call, config }, { ticketId: id, agentType: 'devops', reason: 'x' }),
    ).rejects.toMatchObject({ code: 'override-refused', exitCode: 1 });
  });
});

describe('the agent to start', () => {
  const agent = (name: string) => `---\nname: ${name}\ndescription: mine\n---\nbody\n`;

  it('is ours with a brief where there is none of the type', async () => {
    expect(await route(shop())).toMatchObject({
      agent: 'backlog-toolkit:implementer',
      agent_place: 'default',
      brief: expect.stringMatching(/types\/backend\.md$/),
    });
  });

  it('is the one of that name, the project before the user', async () => {
    const call = shop();
    const env = { ...call.env, CLAUDE_CONFIG_DIR: path.join(call.home, 'claude') };
    writeFiles(call.home, { 'claude/agents/any.md': agent('backend') });
    expect(await route({ ...call, env })).toMatchObject({
      agent: 'backend',
      agent_place: 'user',
      brief: null,
    });
    writeFiles(call.paths.root, { '.claude/agents/x.md': agent('backend') });
    expect(await route({ ...call, env })).toMatchObject({ agent: 'backend', agent_place: 'project' });
  });

  it('reviews as our reviewer, whatever the type', async () => {
    expect(await route(shop(), 'review')).toMatchObject({ agent: 'backlog-toolkit:reviewer', brief: null });
  });
});
