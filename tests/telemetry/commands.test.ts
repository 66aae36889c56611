import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { freePort } from '../e2e/support/gateway.ts';
import { project } from '../gates/support/project.ts';
import { jsonl } from '../ledger/support.ts';
import { json, message, nowhere, serve } from '../router/support.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { gitEnv, gitIn, tempDir, tempRepo, writeFiles } from '../support/temp.ts';
import { collector } from './collector.ts';

const script = { 'script.json': JSON.stringify({ answers: [{ text: 'Hello, Bearer abcdef123456' }] }) };
const mine = { mine: { type: 'scripted', script: 'script.json' } };

function shop(llmOps: object, files: Readonly<Record<string, string>> = script) {
  const root = project({ config: { version: '1.1', llmOps: { providers: mine, ...llmOps } }, files });
  const env = { BACKLOG_HOME: path.join(tempDir(), 'home'), OLLAMA_HOST: nowhere };
  return {
    root,
    env,
    call: (...args: string[]) =>
      backlog(['llm-call', '--no-fallback', '--model', 'mine/one', '--user', 'hi', ...args], {
        cwd: root,
        env,
      }),
  };
}

describe('llm-call', () => {
  it('exports its attempts, failed ones too, and says nothing of what was said', async () => {
    const server = await collector();
    const { call } = shop({ telemetry: { otlpEndpoint: server.url } });
    expect(await call()).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Hello') });
    await call('--model', 'mine/one', '--schema', 'package.json');
    expect(server.spans()[0]).toMatchObject({
      name: 'chat one',
      attributes: {
        'backlog.source': 'llm-call',
        'backlog.project': 'shop',
        'backlog.attributed_by': 'none',
      },
    });
    expect(JSON.stringify(server.seen.map(({ body }) => body))).not.toContain('Hello');
  });

  it('answers as ever when the collector is down, and says that it is', async () => {
    const { call } = shop({ telemetry: { otlpEndpoint: nowhere } });
    const result = await call();
    expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Hello') });
    expect(result.stderr).toContain('warning: telemetry: 1 span did not reach http://127.0.0.1:9');
  });

  it('ends although the collector never answers', async () => {
    const server = await serve(() => {});
    const { call } = shop({ telemetry: { otlpEndpoint: server.url } });
    expect(await call()).toMatchObject({ exitCode: 0 });
    expect(server.seen).toHaveLength(1);
  });

  it('keeps prompt and answer where that is asked for, and git does not see them', async () => {
    const root = tempRepo();
    const args = ['init', '--yes', '--name', 'shop', '--stack', 'generic', '--llmops', '--local'];
    expect(await backlog(args, { cwd: root })).toMatchObject({ exitCode: 0 });
    const before = gitIn(root, 'status', '--porcelain', '--untracked-files=all');
    const file = path.join(root, 'backlog.config.json');
    const config = JSON.parse(readFileSync(file, 'utf8'));
    config.llmOps = {
      ...config.llmOps,
      providers: { mine: { type: 'scripted', script: '.backlog-ops/script.json' } },
      logging: { chat: 'redacted' },
    };
    writeFiles(root, {
      'backlog.config.json': JSON.stringify(config),
      '.backlog-ops/script.json': script['script.json'],
    });
    const env = { BACKLOG_HOME: path.join(tempDir(), 'home'), OLLAMA_HOST: nowhere };
    const options = { cwd: root, env };
    const called = await backlog(
      [
        'llm-call',
        '--session',
        'one',
        '--model',
        'mine/one',
        '--system',
        'Be brief',
        '--user',
        'A_KEY=hunter',
      ],
      options,
    );
    expect(called).toMatchObject({ exitCode: 0 });
    await backlog(['llm-call', '--model', 'mine/none', '--no-fallback', '--user', 'no session'], options);
    expect(lines(root, 'one.jsonl').map(({ role, text }) => [role, text])).toEqual([
      ['system', 'Be brief'],
      ['user', 'A_KEY=[redacted:value]'],
      ['assistant', 'Hello, Bearer [redacted:authorization]'],
    ]);
    expect(
      readdirSync(path.join(root, '.backlog-ops/chats')).filter((name) => /^calls-/.test(name)),
    ).toHaveLength(1);
    expect(gitIn(root, 'status', '--porcelain', '--untracked-files=all')).toBe(before);
    expect(ignored(root, '.backlog-ops/chats/one.jsonl')).toBe(true);
  });

  it('keeps nothing by default', async () => {
    const { root, call } = shop({});
    await call();
    expect(existsSync(path.join(root, '.backlog-ops/chats'))).toBe(false);
  });
});

describe('a session', () => {
  const rows = [
    { type: 'user', uuid: 'u1', message: { role: 'user', content: 'my PASSWORD=hunter' } },
    {
      type: 'assistant',
      uuid: 'u2',
      message: { role: 'assistant', content: [{ type: 'text', text: 'Done' }] },
    },
  ].map((row) => ({ ...row, sessionId: 's', timestamp: '2026-11-21T11:00:00.000Z' }));

  it.each(['Stop', 'SubagentStop', 'Ingest'])('is kept once by %s', async (event) => {
    const { root, env } = shop({ logging: { chat: 'redacted' } });
    writeFiles(root, { '.backlog-ops/s.jsonl': jsonl(...rows) });
    const input = JSON.stringify({
      session_id: 's',
      hook_event_name: event,
      transcript_path: path.join(root, '.backlog-ops/s.jsonl'),
      cwd: root,
    });
    for (const _time of [1, 2]) await backlog(['hook', event], { cwd: root, env, input });
    expect(lines(root, 's.jsonl').map(({ text }) => text)).toEqual(['my PASSWORD=[redacted:value]', 'Done']);
  });
});

it('a chat log that cannot be written costs no line of the ledger', async () => {
  const { root, env } = shop({ logging: { chat: 'full' } });
  mkdirSync(path.join(root, '.backlog-ops'), { recursive: true });
  symlinkSync(tempDir(), path.join(root, '.backlog-ops/chats'));
  const usage = { input_tokens: 1, output_tokens: 1 };
  const row = {
    type: 'assistant',
    uuid: 'u1',
    sessionId: 's',
    requestId: 'req_1',
    timestamp: '2026-11-21T11:00:00.000Z',
    message: {
      id: 'msg_1',
      role: 'assistant',
      model: 'claude-opus-5-5',
      content: [{ type: 'text', text: 'Done' }],
      usage,
    },
  };
  writeFiles(root, { '.backlog-ops/s.jsonl': jsonl(row) });
  for (const event of ['Stop', 'Ingest']) {
    const transcript_path = path.join(root, '.backlog-ops/s.jsonl');
    const input = JSON.stringify({ session_id: 's', hook_event_name: event, transcript_path, cwd: root });
    expect(await backlog(['hook', event], { cwd: root, env, input })).toMatchObject({ exitCode: 0 });
  }
  expect(readFileSync(path.join(root, '.backlog-ops/usage-ledger.jsonl'), 'utf8')).toContain('req_1');
  const log = readFileSync(path.join(env.BACKLOG_HOME, 'hooks.log'), 'utf8').trimEnd().split('\n');
  expect(log.map((line) => JSON.parse(line).event)).toEqual(['Stop', 'Ingest']);
  expect(log[0]).toContain('chats is no folder of its own');
});

/** A gateway for the project, in front of `upstream`. @returns what asks it for an answer of a model */
async function gatewayFor({ root, env }: ReturnType<typeof shop>, upstream: string) {
  const port = String(await freePort());
  const enabled = await backlog(['gateway', 'enable', '--port', port, '--json'], {
    cwd: root,
    env: { ...env, ANTHROPIC_BASE_URL: upstream },
  });
  expect(enabled).toMatchObject({ exitCode: 0 });
  expect(await backlog(['gateway', 'start'], { cwd: root, env })).toMatchObject({ exitCode: 0 });
  const stop = () => backlog(['gateway', 'stop'], { cwd: root, env });
  onTestFinished(async () => {
    await stop();
  });
  const base = String(jsonOf(enabled).base_url ?? jsonOf(enabled).url);
  const ask = (model: string) =>
    fetch(`${base}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-claude-code-session-id': 'one' },
      body: JSON.stringify({ model, max_tokens: 1, messages: [{ role: 'user', content: 'secret words' }] }),
    }).then((answer) => answer.text());
  return { ask, stop };
}

describe('the gateway', () => {
  it('exports what it has forwarded, in the background, and the rest when it stops', async () => {
    const server = await collector();
    const upstream = await serve(({ body }, response) =>
      body.model === 'broken' ? json(response, 500, {}) : json(response, 200, message('hi')),
    );
    const one = shop({ telemetry: { otlpEndpoint: server.url }, logging: { chat: 'full' } });
    const { ask, stop } = await gatewayFor(one, upstream.url);
    const began = Date.now();
    await ask('claude-haiku-5-5');
    await vi.waitFor(() => expect(server.spans()).toHaveLength(1), 10_000);
    await ask('broken');
    expect(await stop()).toMatchObject({ exitCode: 0 });
    const [good, bad] = server.spans();
    expect(good).toMatchObject({
      name: 'chat claude-haiku-5-5',
      status: { code: 0 },
      attributes: {
        'backlog.source': 'gateway',
        'backlog.project': 'shop',
        'gen_ai.conversation.id': 'one',
        'gen_ai.usage.input_tokens': 20,
        'gen_ai.usage.output_tokens': 5,
      },
    });
    expect(bad).toMatchObject({
      name: 'chat broken',
      status: { code: 2, message: 'provider-error' },
      attributes: { 'http.response.status_code': 500 },
    });
    const [start, end] = [good?.startTimeUnixNano, good?.endTimeUnixNano].map((nano) => Number(nano) / 1e6);
    expect(start).toBeGreaterThanOrEqual(began - 1);
    expect(end).toBeGreaterThanOrEqual(start ?? Number.NaN);
    expect(end).toBeLessThanOrEqual(Date.now() + 1);
    expect(JSON.stringify(server.seen.map(({ body }) => body))).not.toContain('secret words');
    expect(existsSync(path.join(one.root, '.backlog-ops/chats'))).toBe(false);
  });

  it('gives the attempt before a fallback its own time', async () => {
    const server = await collector();
    const failing = await serve((_request, response) => {
      setTimeout(() => json(response, 500, {}), 200);
    });
    const fallback = await serve((_request, response) => json(response, 200, message('hi')));
    const one = shop({
      telemetry: { otlpEndpoint: server.url },
      gateway: { fallbackUpstream: fallback.url },
    });
    const { ask, stop } = await gatewayFor(one, failing.url);
    await ask('claude-haiku-5-5');
    await stop();
    const first = server.spans().find(({ attributes }) => attributes['backlog.attempt'] === 1);
    expect(first?.status.code).toBe(2);
    expect(Number(first?.endTimeUnixNano) - Number(first?.startTimeUnixNano)).toBeGreaterThan(190e6);
    expect(server.spans()).toHaveLength(2);
  });
});

function lines(root: string, name: string): Record<string, unknown>[] {
  return readFileSync(path.join(root, '.backlog-ops/chats', name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function ignored(root: string, file: string): boolean {
  try {
    execFileSync('git', ['check-ignore', '-q', file], { cwd: root, env: gitEnv() });
    return true;
  } catch {
    return false;
  }
}
