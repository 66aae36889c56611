import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { configText, project } from '../gates/support/project.ts';
import { chat, type Handler, json, nowhere, serve } from '../router/support.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { gitIn, tempDir, writeFiles } from '../support/temp.ts';

const id = 'FEAT-001';

/** Ollama with one model that answers `text`; a status other than 200 refuses every question. */
const ollama =
  (text: string, status = 200): Handler =>
  ({ path: asked }, response) =>
    asked === '/api/tags'
      ? json(response, 200, { models: [{ name: 'qwen3:8b' }] })
      : json(response, status, status === 200 ? chat(text, { model: 'qwen3:8b' }) : { error: 'no' });

async function lab(handler?: Handler) {
  const root = project({ config: { version: '1.1' } });
  const env = {
    BACKLOG_HOME: path.join(tempDir(), 'home'),
    HOME: tempDir(),
    LITELLM_BASE_URL: nowhere,
    OLLAMA_HOST: handler === undefined ? nowhere : (await serve(handler)).url,
  };
  const run = (args: readonly string[], input?: string) =>
    backlog(args, { cwd: root, env, ...(input === undefined ? {} : { input }) });
  const stats = async () => {
    const { state } = jsonOf(await run(['state', 'show', '--json']));
    return Object(Object(state).stats).localModelStats;
  };
  return { root, run, stats };
}

describe('the plan of an eligible ticket', () => {
  const ask = ['llm-call', '--model', 'free', '--no-fallback', '--system', 'Plan it', '--user', 'the ticket'];

  it('is written by the local model and handed in; the attempt is counted as it begins', async () => {
    const { run, stats } = await lab(ollama('1. tests\n2. code'));
    await run(['ticket', 'start', id]);
    const routed = jsonOf(await run(['route', id, '--gate', 'plan', '--json']));
    expect(routed).toMatchObject({ tier: 'free', dispatch: 'llm-call', local_first: { eligible: true } });
    await run(['context', 'set', id, 'plan', 'implementer']);
    const answer = await run(ask);
    expect(answer).toMatchObject({ exitCode: 0, stdout: '1. tests\n2. code\n' });
    expect(await stats()).toMatchObject({ totalAttempts: 1, escalatedToCloud: 0 });
    const gate = await run(['gate', 'run', 'plan', '--ticket', id, '--from', '-'], answer.stdout);
    expect(gate.exitCode).toBe(0);
  });

  it.each([
    ['refuses', ollama('', 500)],
    ['says nothing', ollama('')],
  ])('goes to a paid model when the local one %s, which is counted', async (_name, handler) => {
    const { run, stats } = await lab(handler);
    await run(['context', 'set', id, 'plan', 'implementer']);
    const answer = await run(ask);
    expect(answer.exitCode).toBe(4);
    expect(answer.stdout).toBe('');
    expect(answer.stderr).toContain('Local failed on FEAT-001 at plan. Escalated.');
    expect(await stats()).toMatchObject({
      totalAttempts: 1,
      escalatedToCloud: 1,
      failuresByType: { plan: 1 },
    });
    expect(jsonOf(await run(['route', id, '--gate', 'plan', '--json']))).toMatchObject({ model: 'haiku' });
  });

  it('counts nothing for other gates, and nothing outside a ticket', async () => {
    const { run } = await lab(ollama('hello'));
    await run(ask);
    await run(['context', 'set', id, 'review', 'reviewer']);
    await run(ask);
    expect((await run(['state', 'show'])).exitCode).toBe(3);
  });
});

describe('backlog route', () => {
  it('says whom to start', async () => {
    const { run } = await lab();
    const { stdout } = await run(['route', id]);
    expect(stdout).toContain('FEAT-001 implement: backlog-toolkit:implementer (model: sonnet)');
    expect(stdout).toContain('discipline  tests-first: the program looks for a red run');
  });

  it('follows the configuration where the ticket lies, and not that of the worktree around the call', async () => {
    const { root, run } = await lab();
    const worktree = path.join(tempDir(), 'elsewhere');
    gitIn(root, 'worktree', 'add', '-q', worktree);
    writeFiles(worktree, {
      'backlog.config.json': configText({
        version: '1.1',
        llmOps: { routing: { entryModelImplement: 'frontier' } },
      }),
    });
    expect(jsonOf(await run(['route', id, '--json', '--cwd', worktree]))).toMatchObject({ tier: 'balanced' });
  });

  it.each([
    [['route'], 2, 'usage'],
    [['route', 'FEAT-099'], 3, 'ticket-not-found'],
    [['route', id, '--gate', 'dance'], 2, 'usage'],
    [['route', id, '--reason', 'x'], 2, 'usage'],
    [['route', id, '--escalate'], 2, 'escalation-needs-reason'],
    [['route', id, '--escalate', '--reason', 'x', '--override', 'y'], 2, 'usage'],
    [['route', id, '--override', 'frontend'], 2, 'override-invalid'],
    [['route', 'FEAT-001', '--skills'], 2, 'usage'],
  ])('%j exits %d (%s) and records nothing', async (args, exitCode, code) => {
    const { run } = await lab();
    const result = await run([...args, '--json']);
    expect(result.exitCode).toBe(exitCode);
    expect(jsonOf(result)).toMatchObject({ error: { code } });
    expect((await run(['state', 'show'])).exitCode).toBe(3);
  });

  it('records an override and an escalation, and the wave says both', async () => {
    const { run } = await lab();
    await run(['route', id, '--override', 'frontend', '--reason', 'it is a form']);
    await run(['route', id, '--escalate', '--reason', 'subtle rounding']);
    const again = jsonOf(await run(['route', id, '--escalate', '--reason', 'more', '--json']));
    expect(again).toMatchObject({
      model: 'opus',
      escalation: { reason: 'subtle rounding' },
      escalations_left: 0,
    });
    const { tickets } = jsonOf(await run(['wave', 'start', '--json']));
    expect(tickets).toMatchObject([
      {
        id,
        agent_type: 'frontend',
        agent: 'backlog-toolkit:implementer',
        brief: expect.stringMatching(/types\/frontend\.md$/),
        model: 'opus',
        disciplines: [
          { name: 'tests-first', file: expect.any(String), why: expect.any(String) },
          { name: 'frontend' },
        ],
        override: { reason: 'it is a form' },
        gates: {
          plan: { tier: 'cheap', model: 'haiku', dispatch: 'agent' },
          review: { tier: 'cheap', model: 'haiku', agent: 'backlog-toolkit:reviewer' },
          commit: { agent: null },
        },
      },
    ]);
    const { items } = jsonOf(await run(['wave', 'status', '--json']));
    expect(items).toMatchObject([{ agent_type: 'frontend', override: 'it is a form' }]);
    expect((await run(['wave', 'status'])).stdout).toContain('FEAT-001: agent frontend: it is a form');
  });
});
