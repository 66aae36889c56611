import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { jsonl, record, recordsOf } from '../ledger/support.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { tempDir, writeFiles } from '../support/temp.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function project(llmOps?: object) {
  const root = tempDir();
  const cwd = path.join(root, 'my.shop');
  const home = path.join(root, 'home');
  const config = {
    version: '1.1',
    project: { name: 'shop', stack: 'generic' },
    backlog: { dataDir: 'backlog/data', templatesDir: 'backlog/templates', ticketPrefixes: ['FEAT'] },
    qualityGates: { testCommand: 'true' },
    codeRules: { source: '.claude/code-rules.md' },
    ticketValidation: {},
    ...(llmOps === undefined ? {} : { llmOps }),
  };
  writeFiles(root, { 'my.shop/backlog.config.json': JSON.stringify(config) });
  const ledger = path.join(cwd, '.backlog-ops/usage-ledger.jsonl');
  const sync = (env: Record<string, string> = {}) =>
    backlog(['cost', 'sync', '--json'], { cwd, env: { HOME: home, ...env } });
  return { root, cwd, home, ledger, sync };
}

const row = (cwd: string, requestId: string, output = 10) => ({
  type: 'assistant',
  timestamp: '2026-11-20T10:00:00.000Z',
  sessionId: 's1',
  requestId,
  cwd,
  message: {
    id: `msg_${requestId}`,
    model: 'claude-opus-5-5',
    usage: { input_tokens: 100, output_tokens: output },
  },
});

function transcript(home: string, cwd: string, name: string, ...rows: readonly unknown[]): void {
  const folder = path.join(home, '.claude/projects', cwd.replaceAll(/[^A-Za-z0-9]/g, '-'));
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), jsonl({ type: 'summary' }, ...rows));
}

describe('backlog cost sync', () => {
  it("reads the transcripts of the project's sessions and their subagents, once", async () => {
    const { root, cwd, home, ledger, sync } = project();
    transcript(home, cwd, 's1.jsonl', row(cwd, 'r1'), row(cwd, 'r1', 20), row(cwd, 'r2'));
    transcript(home, cwd, 's1/subagents/agent-a1.jsonl', { ...row(cwd, 'r3'), agentId: 'a1' });
    transcript(home, path.join(cwd, 'packages/a'), 's2.jsonl', row(path.join(cwd, 'packages/a'), 'r4'));
    // Its folder has the same name when its signs are made dashes.
    transcript(home, path.join(root, 'my-shop'), 's3.jsonl', row(path.join(root, 'my-shop'), 'r5'));
    const result = await sync();
    expect(result.exitCode).toBe(0);
    expect(jsonOf(result)).toMatchObject({ records: 4, transcripts: { sessions: 2 }, litellm: null });
    const ids = async () => (await recordsOf(ledger)).map(({ request_id }) => request_id).sort();
    expect(await ids()).toEqual(['r1', 'r2', 'r3', 'r4']);
    expect((await recordsOf(ledger)).find(({ request_id }) => request_id === 'r1')?.output_tokens).toBe(20);
    expect(jsonOf(await sync())).toMatchObject({ records: 0 });
    transcript(home, cwd, 's4.jsonl', row(cwd, 'r6'));
    expect(jsonOf(await sync())).toMatchObject({ records: 1 });
    expect(await ids()).toEqual(['r1', 'r2', 'r3', 'r4', 'r6']);
  });

  it('adds nothing to what the gateway has written, and mends the running sums', async () => {
    const { cwd, home, ledger, sync } = project();
    writeFiles(cwd, {
      '.backlog-ops/usage-ledger.jsonl': jsonl(
        record({
          request_id: 'r1',
          ticket_id: 'FEAT-001',
          gate: 'plan',
          attributed_by: 'agent',
          cost_usd: 1,
        }),
      ),
    });
    transcript(home, cwd, 's1.jsonl', row(cwd, 'r1'));
    expect((await sync()).exitCode).toBe(0);
    expect(await recordsOf(ledger)).toEqual([
      expect.objectContaining({ request_id: 'r1', ticket_id: 'FEAT-001' }),
    ]);
    const sums = JSON.parse(
      readFileSync(path.join(cwd, '.backlog-ops/cache/sums.bin'), 'latin1').split('\n')[0] ?? '',
    );
    expect(Object.keys(sums.sums.ticket)).toEqual(['FEAT-001']);
  });

  it('says so when there is nothing', async () => {
    const cwd = tempDir();
    const result = await backlog(['cost', 'sync'], { cwd, env: { HOME: path.join(cwd, 'home') } });
    expect(result.exitCode).toBe(0);
    expect(result.stdout).toContain('0 sessions');
  });
});

describe("LiteLLM's spend logs", () => {
  const day = new Date().toISOString().slice(0, 10);
  const spend = (request_id: string, more: object = {}) => ({
    request_id,
    startTime: `${day}T00:00:01Z`,
    endTime: `${day}T00:00:03Z`,
    model: 'gpt-4o',
    model_group: 'balanced',
    custom_llm_provider: 'openai',
    prompt_tokens: 1000,
    completion_tokens: 50,
    spend: 0.25,
    request_tags: ['ticket:FEAT-001', 'gate:plan', 'project:shop', 'User-Agent: x'],
    metadata: { additional_usage_values: { cache_read_input_tokens: 400 } },
    ...more,
  });

  async function litellm(rows: () => readonly object[]) {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.headers.authorization} ${request.url}`);
      const start = new URL(request.url ?? '', 'http://x').searchParams.get('start_date');
      if (request.headers.authorization !== 'Bearer sk-1') response.writeHead(401).end('{}');
      else
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify(start === day ? rows() : []));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => server.close());
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return {
      asked,
      env: { LITELLM_BASE_URL: `http://127.0.0.1:${address.port}`, LITELLM_MASTER_KEY: 'sk-1' },
    };
  }

  it('come in with their tags, tokens without those of the cache, and their price; each once', async () => {
    const { ledger, sync } = project();
    const rows = [
      spend('chat-1'),
      spend('chat-2', { request_tags: '["project:shop"]', metadata: '{}', spend: 0 }),
      spend('other', { request_tags: ['project:elsewhere'] }),
      spend('nobody', { request_tags: [] }),
      spend('bad', { startTime: 'soon' }),
    ];
    const { env, asked } = await litellm(() => rows);
    const first = await sync(env);
    expect(jsonOf(first)).toMatchObject({ records: 2, litellm: { records: 2, skipped: 2, bad_rows: 1 } });
    expect(asked).toHaveLength(30);
    expect(asked[0]).toContain('/spend/logs?summarize=false&start_date=');
    expect(await recordsOf(ledger)).toEqual([
      expect.objectContaining({
        source: 'litellm',
        message_id: 'chat-1',
        ticket_id: 'FEAT-001',
        gate: 'plan',
        input_tokens: 600,
        cache_read_tokens: 400,
        output_tokens: 50,
        cost_usd: 0.25,
        price_source: 'litellm',
        latency_ms: 2000,
      }),
      expect.objectContaining({ message_id: 'chat-2', ticket_id: null, cost_usd: null }),
    ]);
    rows.push(spend('chat-3'));
    expect(jsonOf(await sync(env))).toMatchObject({ records: 1, litellm: { records: 1 } });
    expect(asked).toHaveLength(33);
    expect(jsonOf(await sync(env))).toMatchObject({ records: 0 });
  });

  it.each(['/', '/v1', '/v1/'])(
    'are found behind an address that ends in %s, with the key that goes with it',
    async (end) => {
      const { ledger, sync } = project({ gateway: { apiKeyEnv: 'TEAM_KEY' } });
      const { env, asked } = await litellm(() => [spend('chat-1')]);
      await sync({ ...env, LITELLM_BASE_URL: `${env.LITELLM_BASE_URL}${end}`, TEAM_KEY: 'sk-other' });
      expect(asked[0]).toMatch(/^Bearer sk-1 \/spend\/logs\?/);
      expect(await recordsOf(ledger)).toHaveLength(1);
    },
  );

  it("are the gateway's record when LiteLLM's call id is its id", async () => {
    const { cwd, ledger, sync } = project();
    writeFiles(cwd, { '.backlog-ops/usage-ledger.jsonl': jsonl(record({ id: 'call-1', request_id: 'r1' })) });
    const { env } = await litellm(() => [spend('chat-1', { metadata: { litellm_call_id: 'call-1' } })]);
    await sync(env);
    expect(await recordsOf(ledger)).toEqual([
      expect.objectContaining({ id: 'call-1', request_id: 'r1', ticket_id: 'FEAT-001', cost_usd: 0.25 }),
    ]);
  });

  it('that cannot be read are named, with the way out', async () => {
    const { sync } = project();
    const { env } = await litellm(() => []);
    const result = await sync({ ...env, LITELLM_MASTER_KEY: 'wrong' });
    expect(result.exitCode).toBe(4);
    expect(jsonOf(result)).toMatchObject({
      error: { code: 'spend-logs-failed', message: expect.stringContaining('401') },
    });
    const silent = await sync({ ...env, LITELLM_BASE_URL: 'http://127.0.0.1:9' });
    expect(jsonOf(silent)).toMatchObject({
      error: { message: expect.stringMatching(/ECONNREFUSED|bad port/) },
    });
  });
});
