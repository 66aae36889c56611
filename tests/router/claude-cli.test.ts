import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { callModel } from '../../src/router/route.ts';
import { repositoryRoot } from '../support/cli.ts';
import { tempDir, writeFiles } from '../support/temp.ts';
import { ask, type Handler, json, lab, serve } from './support.ts';

const result = {
  type: 'result',
  subtype: 'success',
  is_error: false,
  result: 'the answer',
  stop_reason: 'end_turn',
  total_cost_usd: 0.0125,
  usage: {
    input_tokens: 11,
    output_tokens: 7,
    cache_read_input_tokens: 100,
    cache_creation_input_tokens: 35,
    cache_creation: { ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 5 },
  },
  modelUsage: { 'claude-haiku-5-5': { costUSD: 0.0125 } },
};

/** A `claude` that writes down how it was called and answers what it is told to. */
function standIn(answer: unknown, exitCode = 0) {
  const folder = tempDir();
  const seen = path.join(folder, 'seen.json');
  writeFiles(folder, {
    'answer.txt': typeof answer === 'string' ? answer : JSON.stringify(answer),
    claude: `#!${process.execPath}
const fs = require('node:fs');
const args = process.argv.slice(2);
const system = fs.readFileSync(args[args.indexOf('--system-prompt-file') + 1], 'utf8');
const input = fs.readFileSync(0, 'utf8');
fs.writeFileSync(${JSON.stringify(seen)}, JSON.stringify({ args, env: process.env, cwd: process.cwd(), system, input }));
process.stdout.write(fs.readFileSync(${JSON.stringify(path.join(folder, 'answer.txt'))}));
process.exitCode = ${exitCode};
`,
  });
  chmodSync(path.join(folder, 'claude'), 0o755);
  return {
    env: { PATH: `${folder}${path.delimiter}${process.env.PATH}` },
    seen: (): { args: string[]; env: Record<string, string>; cwd: string; system: string; input: string } =>
      JSON.parse(readFileSync(seen, 'utf8')),
  };
}

describe('claude-cli', () => {
  it('gives prompt and system prompt whole, by stdin and file, with our hooks off and no trace of the caller', async () => {
    const client = standIn(result);
    const { deps, records } = lab({
      env: { ...client.env, CLAUDECODE: '1', CLAUDE_CODE_SESSION_ID: 'caller', HOME: '/nonexistent' },
    });
    const answer = await callModel(
      ask('claude-cli/haiku', {
        system: 'Be short',
        messages: [{ role: 'user', content: '-p --version is not an option here' }],
        tags: ['ticket:FEAT-001'],
        maxTokens: 77,
      }),
      deps,
    );
    expect(answer.text).toBe('the answer');
    const seen = client.seen();
    expect(seen.input).toBe('-p --version is not an option here');
    expect(seen.system).toBe('Be short');
    expect(seen.args).toEqual(expect.arrayContaining(['-p', '--output-format', 'json', '--model', 'haiku']));
    expect(seen.args.join(' ')).not.toContain('Be short');
    expect(JSON.parse(seen.args.at(-1) ?? '')).toMatchObject({ disableAllHooks: true });
    expect(seen.env).toMatchObject({ BACKLOG_HOOKS: 'off', CLAUDE_CODE_MAX_OUTPUT_TOKENS: '77' });
    expect(seen.env).not.toHaveProperty('CLAUDECODE');
    expect(seen.env).not.toHaveProperty('CLAUDE_CODE_SESSION_ID');
    // Where its requests go is not known to be ours, so no tags.
    expect(seen.env).not.toHaveProperty('ANTHROPIC_CUSTOM_HEADERS');
    expect(existsSync(seen.cwd)).toBe(false);
    expect(records[0]).toMatchObject({
      provider: 'claude-cli',
      model: 'claude-haiku-5-5',
      input_tokens: 11,
      cache_read_tokens: 100,
      cache_write_5m_tokens: 30,
      cache_write_1h_tokens: 5,
      cost_usd: 0.0125,
      price_source: 'claude-cli',
      billing: 'unknown',
    });
  });

  it('keeps the history of a conversation', async () => {
    const client = standIn(result);
    const { deps } = lab({ env: client.env });
    const messages = [
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'two' },
      { role: 'user', content: 'three' },
    ] as const;
    await callModel(ask('claude-cli/haiku', { messages }), deps);
    expect(client.seen().input).toBe('User:\none\n\nAssistant:\ntwo\n\nUser:\nthree');
  });

  it.each([
    [
      'a rate limit',
      { api_error_status: 429, api_error_type: 'rate_limit_error', result: 'slow' },
      'rate-limit',
    ],
    [
      'a spent budget',
      { api_error_status: 402, api_error_type: 'billing_error', result: 'no' },
      'provider-error',
    ],
    [
      'a prompt that is too long',
      { terminal_reason: 'blocking_limit', result: 'Prompt is too long' },
      'provider-error',
    ],
    ['no login', { result: 'Not logged in · Please run /login' }, 'provider-error'],
  ])('classifies %s', async (_name, more, type) => {
    const client = standIn({ ...result, is_error: true, ...more }, 1);
    const { deps, records } = lab({ env: client.env });
    await expect(callModel(ask('claude-cli/haiku'), deps)).rejects.toMatchObject({ code: `llm-${type}` });
    expect(records[0]).toMatchObject({ failure_type: type, cost_usd: null });
  });

  it.each([
    ['text that is no JSON', 'Welcome!', 'llm-invalid-response'],
    ['an empty answer', { ...result, result: '' }, 'llm-invalid-response'],
  ])('takes %s for an invalid response', async (_name, answer, code) => {
    const { deps } = lab({ env: standIn(answer).env });
    await expect(callModel(ask('claude-cli/haiku'), deps)).rejects.toMatchObject({ code });
  });

  it('leaves no file behind, also when it fails', async () => {
    const count = () => readdirSync(tmpdir()).filter((name) => name.startsWith('backlog-claude-')).length;
    const before = count();
    const { deps } = lab({ env: standIn('x', 1).env });
    await expect(callModel(ask('claude-cli/haiku'), deps)).rejects.toThrow();
    expect(count()).toBe(before);
  });
});

/** The Messages API as a stream, as Claude Code asks for it. */
const streaming: Handler = ({ body }, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': 'req_1' });
  const send = (type: string, data: object) =>
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  const usage = { input_tokens: 11, output_tokens: 7 };
  send('message_start', {
    message: { id: 'm', type: 'message', role: 'assistant', model: body.model, content: [], usage },
  });
  send('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
  send('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'from the API' } });
  send('content_block_stop', { index: 0 });
  send('message_delta', { delta: { stop_reason: 'end_turn' }, usage });
  send('message_stop', {});
  response.end();
};

describe('claude-cli with the real client', () => {
  const bin = path.join(repositoryRoot, 'node_modules/.bin');

  async function realClient(handler: Handler) {
    const server = await serve((seen, response, incoming) =>
      seen.path.startsWith('/v1/messages?') || seen.path === '/v1/messages'
        ? handler(seen, response, incoming)
        : json(response, 404, {}),
    );
    const home = tempDir();
    const ran = path.join(home, 'hook-ran');
    const hook = [{ hooks: [{ type: 'command', command: `touch ${ran}` }] }];
    writeFiles(home, {
      '.claude/settings.json': JSON.stringify({
        hooks: { SessionStart: hook, Stop: hook, SessionEnd: hook },
      }),
      '.claude/CLAUDE.md': 'REMEMBER-THE-MILK',
      'secret.txt': 'CONTENT-OF-A-FILE',
    });
    const made = lab({
      env: {
        PATH: `${bin}${path.delimiter}${process.env.PATH}`,
        HOME: home,
        ANTHROPIC_BASE_URL: server.url,
        ANTHROPIC_API_KEY: 'sk-ant-dummy-for-tests',
        HTTPS_PROXY: server.url,
        NO_PROXY: '127.0.0.1',
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        CLAUDE_CODE_MAX_RETRIES: '0',
      },
    });
    return { server, home, ran, ...made };
  }

  it('runs no hook, attaches no file, takes no command, and carries the tags to this machine', async () => {
    const { deps, records, server, home, ran } = await realClient(streaming);
    const answer = await callModel(
      ask('claude-cli/haiku', {
        system: 'Be short',
        messages: [{ role: 'user', content: `/cost @${home}/secret.txt` }],
        tags: ['ticket:FEAT-001'],
      }),
      deps,
    );
    expect(answer.text).toBe('from the API');
    const [request] = server.seen;
    const sent = JSON.stringify(request?.body);
    expect(sent).toContain('Be short');
    expect(sent).toContain('/cost @');
    expect(sent).not.toMatch(/CONTENT-OF-A-FILE|REMEMBER-THE-MILK/);
    expect(request?.body.tools).toEqual([]);
    expect(request?.headers['x-litellm-tags']).toBe('ticket:FEAT-001');
    expect(existsSync(ran)).toBe(false);
    expect(records[0]).toMatchObject({
      status: 'success',
      input_tokens: 11,
      output_tokens: 7,
      billing: 'api',
    });
    expect(records[0]?.cost_usd).toBeGreaterThan(0);
  });

  it('says why it was refused', async () => {
    const { deps, records } = await realClient((_seen, response) =>
      json(response, 402, { type: 'error', error: { type: 'billing_error', message: 'budget is spent' } }),
    );
    await expect(callModel(ask('claude-cli/haiku'), deps)).rejects.toMatchObject({
      message: expect.stringContaining('budget is spent'),
    });
    expect(records[0]).toMatchObject({ http_status: 402, failure_type: 'provider-error' });
  });
});
