import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { backlog, backlogBin, jsonOf } from '../support/cli.ts';
import { gitEnv, tempDir, writeFiles } from '../support/temp.ts';
import { chat, json, nowhere, serve } from './support.ts';

const config = {
  version: '1.1',
  project: { name: 'my-api', stack: 'generic' },
  qualityGates: { testCommand: 'true' },
};

/** A folder with a script, and what a call needs to use it. */
function scripted(answers: unknown, files: Record<string, string> = {}) {
  const cwd = tempDir();
  const home = path.join(tempDir(), 'home');
  writeFiles(cwd, { 'script.json': JSON.stringify({ answers }), ...files });
  const env = { BACKLOG_HOME: home, BACKLOG_LLM_SCRIPT: path.join(cwd, 'script.json') };
  return { cwd, home, env };
}

function ledgerOf(folder: string): Record<string, unknown>[] {
  const text = readFileSync(path.join(folder, 'usage-ledger.jsonl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function filesBelow(folder: string): string[] {
  return existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'))
    : [];
}

describe('backlog llm-call', () => {
  it('prints the text alone on stdout and one line of account on stderr', async () => {
    const { cwd, env } = scripted([{ text: 'Hello\nthere', usage: { input_tokens: 10, output_tokens: 4 } }]);
    const result = await backlog(['llm-call', '--model', 'free', '--user', 'hi'], { cwd, env });
    expect(result).toEqual({
      exitCode: 0,
      stdout: 'Hello\nthere\n',
      stderr: 'free → scripted/free, 10 in / 4 out, $0.000030 (demo price)\n',
    });
  });

  it('with --json prints one document', async () => {
    const { cwd, env } = scripted([{ text: 'Hello' }]);
    const result = await backlog(['llm-call', '--user', 'hi', '--json'], { cwd, env });
    expect(jsonOf(result)).toMatchObject({
      schemaVersion: 1,
      text: 'Hello',
      tier: 'free',
      provider: 'scripted',
      fallback_from: null,
      price_source: 'demo',
      attempts: [{ status: 'success' }],
    });
  });

  const echo = ['user', 'file', 'stdin'].map((word) => ({ match: { contains: `from ${word}` }, text: word }));
  it.each([
    ['--user beats --file and stdin', ['--user', 'from user', '--file', 'p.txt'], 'from stdin', 'user'],
    ['--file beats stdin', ['--file', 'p.txt'], 'from stdin', 'file'],
    ['stdin is read last', [], 'from stdin', 'stdin'],
    ['--file - is stdin', ['--file', '-'], 'from stdin', 'stdin'],
  ])('%s', async (_name, args, input, expected) => {
    const { cwd, env } = scripted(echo, { 'p.txt': 'from file' });
    const result = await backlog(['llm-call', ...args], { cwd, env, input });
    expect(result.stdout).toBe(`${expected}\n`);
  });

  it.each([
    ['no prompt at all', [], 2, 'there is no prompt'],
    ['an empty one', ['--user', ' '], 2, 'there is no prompt'],
    ['a file that is not there', ['--file', 'none.txt'], 2, 'cannot read none.txt'],
    ['--model and --role', ['--user', 'x', '--model', 'free', '--role', 'r'], 2, 'exclude each other'],
    ['an unknown role', ['--user', 'x', '--role', 'r'], 2, 'there is no role "r"'],
    ['a tag without a key', ['--user', 'x', '--tag', 'oops'], 2, 'not key:value'],
    ['a tag that is a header', ['--user', 'x', '--tag', 'a:b\r\nx-evil: 1'], 2, 'not key:value'],
    ['half a token', ['--user', 'x', '--max-tokens', '0.5'], 2, 'a whole number'],
    ['too hot', ['--user', 'x', '--temperature', '3'], 2, 'from 0 to 2'],
    ['a schema that is no JSON', ['--user', 'x', '--schema', 'bad.json'], 2, 'bad.json is no JSON'],
    ['a schema with a format', ['--user', 'x', '--schema', 'format.json'], 2, '"format" is not supported'],
  ])('%s is a wrong call', async (_name, args, exitCode, words) => {
    const { cwd, env, home } = scripted([{ text: 'x' }], {
      'bad.json': '{',
      'format.json': '{"format":"date"}',
    });
    const result = await backlog(['llm-call', ...args], { cwd, env });
    expect(result.exitCode).toBe(exitCode);
    expect(result.stderr).toContain(words);
    expect(result.stderr).toContain('fix: ');
    expect(result.stdout).toBe('');
    expect(existsSync(home)).toBe(false);
  });

  it('takes a prompt of 5 MB from a file and from stdin', async () => {
    const big = `${'word '.repeat(1_000_000)}the end`;
    const { cwd, env } = scripted([{ match: { contains: 'the end' }, text: 'read' }], { 'p.txt': big });
    expect((await backlog(['llm-call', '--file', 'p.txt'], { cwd, env })).stdout).toBe('read\n');
    expect((await backlog(['llm-call'], { cwd, env, input: big })).stdout).toBe('read\n');
  });

  it('prints JSON that matches the schema, and exit 4 for an answer that does not', async () => {
    const schema = JSON.stringify({
      type: 'object',
      required: ['ok'],
      properties: { ok: { type: 'boolean' } },
    });
    const { cwd, env, home } = scripted(
      [
        { match: { contains: 'good' }, text: '```json\n{"ok": true}\n```' },
        { text: '{"ok": "yes"}', usage: { output_tokens: 5 } },
      ],
      { 's.json': schema },
    );
    const good = await backlog(['llm-call', '--user', 'good', '--schema', 's.json'], { cwd, env });
    expect(good.stdout).toBe('{"ok": true}\n');
    const bad = await backlog(['llm-call', '--user', 'x', '--schema', 's.json', '--json'], { cwd, env });
    expect(bad.exitCode).toBe(4);
    expect(jsonOf(bad).error).toMatchObject({
      code: 'llm-contract-violation',
      failure_type: 'contract-violation',
      attempts: [{ status: 'error' }],
    });
    expect(ledgerOf(home).at(-1)).toMatchObject({ failure_type: 'contract-violation', output_tokens: 5 });
  });

  it('outside a project keeps ledger and traces in the home, readable by the user only', async () => {
    const { cwd, env, home } = scripted([{ text: 'x' }]);
    await backlog(['llm-call', '--user', 'a prompt to be kept secret'], { cwd, env });
    const [record] = ledgerOf(home);
    expect(record).toMatchObject({ v: 1, source: 'llm-call', attributed_by: 'none', status: 'success' });
    expect(statSync(path.join(home, 'usage-ledger.jsonl')).mode & 0o777).toBe(0o600);
    const [trace] = filesBelow(path.join(home, 'traces'));
    expect(trace).toMatch(/^\d{8}\/[0-9a-f-]{36}-1-scripted\.json$/);
    const file = path.join(home, 'traces', trace ?? '');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain('kept secret');
  });

  it('in a project keeps them there, and the config opts in to prompts', async () => {
    const llmOps = {
      traces: { includePrompts: true },
      providers: { s: { type: 'scripted', script: 'script.json' } },
    };
    const { cwd } = scripted([{ text: 'x' }], {
      'backlog.config.json': JSON.stringify({ ...config, llmOps }),
      'sub/keep': '',
    });
    const env = { BACKLOG_HOME: path.join(tempDir(), 'home') };
    const args = ['llm-call', '--model', 's/m', '--user', 'wanted in the trace'];
    const result = await backlog(args, { cwd: path.join(cwd, 'sub'), env });
    expect(result.stdout).toBe('x\n');
    expect(ledgerOf(path.join(cwd, '.backlog-ops'))).toHaveLength(1);
    const folder = path.join(cwd, '.backlog-ops/traces');
    expect(readFileSync(path.join(folder, filesBelow(folder)[0] ?? ''), 'utf8')).toContain(
      'wanted in the trace',
    );
    expect(existsSync(env.BACKLOG_HOME)).toBe(false);
  });

  it('with an invalid config asks nobody: exit 3', async () => {
    const { cwd, env } = scripted([{ text: 'x' }], { 'backlog.config.json': '{"version": "9"}' });
    const result = await backlog(['llm-call', '--user', 'x', '--json'], { cwd, env });
    expect(result.exitCode).toBe(3);
    expect(jsonOf(result).error).toMatchObject({ code: 'config-invalid' });
  });

  it('carries the context and --tag to the gateway and into the ledger', async () => {
    const server = await serve((_seen, response) => json(response, 200, chat('x')));
    const { cwd } = scripted([]);
    const context = {
      ticket_id: 'FEAT-001',
      gate: 'plan',
      project: 'my-api',
      agent_type: 'backend',
      skill: '',
      updated_at: new Date().toISOString(),
    };
    writeFiles(cwd, { 'context.json': JSON.stringify(context) });
    const home = path.join(tempDir(), 'home');
    const env = {
      BACKLOG_HOME: home,
      LITELLM_BASE_URL: server.url,
      BACKLOG_CONTEXT_FILE: path.join(cwd, 'context.json'),
    };
    await backlog(['llm-call', '--user', 'x', '--tag', 'team:payments'], { cwd, env });
    expect(server.seen.at(-1)?.body.metadata).toEqual({
      tags: ['ticket:FEAT-001', 'gate:plan', 'project:my-api', 'agent:backend', 'team:payments'],
    });
    expect(ledgerOf(home)).toMatchObject([
      {
        ticket_id: 'FEAT-001',
        gate: 'plan',
        project: 'my-api',
        agent_type: 'backend',
        attributed_by: 'file',
      },
    ]);
  });

  it('prints the answer although neither ledger nor trace can be written', async () => {
    const { cwd, env } = scripted([{ text: 'still here' }], { blocked: 'a file, not a folder' });
    const result = await backlog(['llm-call', '--user', 'x'], {
      cwd,
      env: { ...env, BACKLOG_HOME: path.join(cwd, 'blocked') },
    });
    expect(result).toMatchObject({ exitCode: 0, stdout: 'still here\n' });
    expect(result.stderr).toMatch(/warning: the usage ledger was not written/);
    expect(result.stderr).toMatch(/warning: the trace file was not written/);
  });

  it('with nobody to ask says where it looked: exit 4', async () => {
    const cwd = tempDir();
    const env = { BACKLOG_HOME: path.join(cwd, 'home'), LITELLM_BASE_URL: nowhere, OLLAMA_HOST: nowhere };
    const result = await backlog(['llm-call', '--user', 'x'], { cwd, env });
    expect(result.exitCode).toBe(4);
    expect(result.stderr).toContain(`no Ollama answers at ${nowhere}`);
    expect(result.stderr).toContain('ollama pull');
  });

  it('Ctrl-C ends it with 130 and a cancelled record', async () => {
    const cwd = tempDir();
    const home = path.join(cwd, 'home');
    const child = { interrupt: () => {} };
    const server = await serve(({ method }, response) =>
      method === 'GET' ? json(response, 200, {}) : child.interrupt(),
    );
    const process_ = spawn(backlogBin, ['llm-call', '--user', 'x'], {
      cwd,
      env: { ...gitEnv(), BACKLOG_HOME: home, LITELLM_BASE_URL: server.url },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // The request is on its way: now, and no sooner.
    child.interrupt = () => process_.kill('SIGINT');
    const exitCode = await new Promise((resolve) => process_.on('close', resolve));
    expect(exitCode).toBe(130);
    expect(ledgerOf(home)).toMatchObject([{ status: 'cancelled', failure_type: 'cancelled' }]);
  });
});
