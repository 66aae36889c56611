import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseRouterConfig } from '../../src/router/lib/index.ts';
import { configTemplate } from '../../src/router/lib/template.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { tempDir, writeFiles } from '../support/temp.ts';
import { litellm } from './doctor/support.ts';
import { json, nowhere, serve } from './support.ts';

/** A user without anything: no key, no proxy, no Ollama, a home of its own. */
function user(more: Record<string, string> = {}) {
  const cwd = tempDir();
  const home = path.join(cwd, 'home');
  const env = { BACKLOG_HOME: home, OLLAMA_HOST: nowhere, LITELLM_BASE_URL: '', ...more };
  return { cwd, home, run: (...args: string[]) => backlog(args, { cwd, env }) };
}

const config = `llm:
  default_role: r
  providers:
    m: {type: mock}
    keyed: {type: openai, base_url: "https://llm.example.invalid/v1", api_key_env: TEAM_KEY, model: x}
  roles:
    r: {provider: m}
    team: {provider: m, fallback_providers: [keyed]}
`;

describe('llm template', () => {
  it('prints a configuration that is valid and that the doctor takes', async () => {
    const { cwd, run } = user();
    const printed = await run('llm', 'template');
    expect(printed).toMatchObject({ exitCode: 0, stderr: '' });
    expect(parseRouterConfig(printed.stdout).warnings).toEqual([]);
    expect(jsonOf(await run('llm', 'template', '--json')).template).toBe(printed.stdout);
    writeFiles(cwd, { 'llm.yaml': printed.stdout });
    expect(await run('llm', 'doctor', '--config', 'llm.yaml', '--role', 'test')).toMatchObject({
      exitCode: 0,
    });
  });

  it('explains every key that a configuration may have', () => {
    for (const key of [
      ...[
        'default_role',
        'type',
        'base_url',
        'base_url_env',
        'api_key_env',
        'headers',
        'model',
        'timeout',
        'num_ctx',
      ],
      ...['max_tokens', 'temperature', 'json_mode', 'fallback_providers', 'command', 'args', 'model_flag'],
      ...['response_format', 'text_field', 'response_text', 'raise_timeout', 'raise_cancelled'],
    ])
      expect(configTemplate, key).toContain(key);
  });
});

describe('llm doctor --config', () => {
  it.each<[string, string[], string | undefined, number, RegExp]>([
    ['a healthy role', ['--role', 'r'], config, 0, /warning .*TEAM_KEY is not set/],
    ['a key that a fallback provider lacks', ['--role', 'team'], config, 1, /error .*TEAM_KEY is not set/],
    ['all roles', [], config, 1, /role {2}team → m, then keyed \(dry run\)/],
    ['a role that is not there', ['--role', 'nobody'], config, 1, /no role "nobody"/],
    ['an invalid file', [], config.replace('mock', 'mock, modle: x'), 1, /llm\.yaml:4: .*did you mean model/],
    ['an empty file', [], 'llm:\n', 1, /llm is missing or empty/],
    ['a missing file', [], undefined, 1, /cannot be read/],
    ['an unknown type', [], config.replace('mock', 'mook'), 1, /type "mook" is none of ours/],
    [
      'an unknown type that no role uses',
      ['--role', 'r'],
      config.replace('openai,', 'opnai,').replace('base_url: "https://llm.example.invalid/v1", ', ''),
      0,
      /warning .*"opnai"/,
    ],
  ])('%s', async (_name, args, text, exitCode, words) => {
    const { cwd, run } = user();
    if (text !== undefined) writeFiles(cwd, { 'llm.yaml': text });
    const result = await run('llm', 'doctor', '--config', 'llm.yaml', ...args);
    expect(result.stdout).toMatch(words);
    expect(result.exitCode).toBe(exitCode);
  });

  it('asks nobody and leaves no trace', async () => {
    const server = await serve((_seen, response) => json(response, 200, {}));
    const { cwd, run } = user({ TEAM_KEY: 'sk-secret' });
    writeFiles(cwd, { 'llm.yaml': config.replace('https://llm.example.invalid/v1', server.url) });
    const result = await run('llm', 'doctor', '--config', 'llm.yaml', '--json');
    expect(result.exitCode).toBe(0);
    expect(jsonOf(result)).toMatchObject({ schemaVersion: 1, healthy: true, errors: 0 });
    expect(server.seen).toEqual([]);
    expect(result.stdout).not.toContain('sk-secret');
    expect((await run('llm', 'trace')).exitCode).toBe(1);
  });

  it('--role alone is a wrong call', async () => {
    expect(await user().run('llm', 'doctor', '--role', 'r')).toMatchObject({ exitCode: 2 });
  });
});

describe('llm doctor', () => {
  it('is healthy with warnings where nothing is installed, each with its fix', async () => {
    const { run } = user();
    const result = await run('llm', 'doctor', '--json');
    expect(result.exitCode).toBe(0);
    const { findings, healthy } = jsonOf(result);
    expect(healthy).toBe(true);
    expect(findings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          check: 'ollama',
          severity: 'warning',
          fix: expect.stringContaining('ollama pull'),
        }),
        expect.objectContaining({ check: 'hooks', severity: 'warning' }),
      ]),
    );
  });

  it('ends with 4 when only what it asks is silent, and with 1 when something is wrong here', async () => {
    expect((await user({ LITELLM_BASE_URL: nowhere }).run('llm', 'doctor')).exitCode).toBe(4);
    const proxy = await litellm({ version: '1.82.8' });
    const bad = await user(proxy.env).run('llm', 'doctor');
    expect(bad.exitCode).toBe(1);
    expect(bad.stdout).toMatch(/error {2}litellm-version .*1\.82\.8 must not run/);
  });

  it('reads the project: an invalid configuration is a finding, and a gateway that is not enabled too', async () => {
    const { cwd, run } = user();
    const project = {
      version: '1.1',
      project: { name: 'x', stack: 'generic' },
      qualityGates: { testCommand: 'true' },
    };
    writeFiles(cwd, { 'backlog.config.json': JSON.stringify(project) });
    const fine = await run('llm', 'doctor');
    expect(fine.exitCode).toBe(0);
    expect(fine.stdout).toMatch(/warning {2}gateway .*\n {4}fix: run `backlog gateway enable`/);
    writeFiles(cwd, { 'backlog.config.json': JSON.stringify({ ...project, llmOps: { tier: {} } }) });
    const broken = await run('llm', 'doctor');
    expect(broken.exitCode).toBe(1);
    expect(broken.stdout).toMatch(/error {2}config .*tier/);
  });

  it('says when the session that calls it has no hooks', async () => {
    const { run } = user();
    expect((await run('llm', 'doctor', '--session', 'abc')).stdout).toMatch(/warning {2}hooks .*no stamp/);
  });
});

describe('llm trace', () => {
  const trace = (id: string, ts: string, more: object = {}) =>
    JSON.stringify({
      v: 1,
      call_id: id,
      asked: 'judge',
      record: {
        ts,
        provider: 'team',
        attempt: 1,
        model: 'large',
        status: 'success',
        latency_ms: 812,
        cost_usd: 0.5,
        ...more,
      },
    });

  it('lists the newest attempts first by their own time, with provider, model, outcome, time and cost', async () => {
    const { cwd, run } = user();
    const failed = { status: 'error', failure_type: 'timeout', attempt: 2, cost_usd: null };
    writeFiles(cwd, {
      '.backlog-ops/traces/20261120/b-1-team.json': trace('bbbbbbbb-1', '2026-11-20T23:00:00.000Z'),
      '.backlog-ops/traces/20261121/a-1-team.json': trace('aaaaaaaa-1', '2026-11-21T10:00:00.000Z'),
      '.backlog-ops/traces/20261121/0-2-team.json': trace('cccccccc-1', '2026-11-21T09:00:00.000Z', failed),
      '.backlog-ops/traces/20261121/x.json': '{"half',
    });
    const result = await run('llm', 'trace');
    expect(result.stdout.trim().split('\n')).toEqual([
      'aaaaaaaa 2026-11-21T10:00:00Z judge team a1 large OK 812 ms $0.5000',
      'cccccccc 2026-11-21T09:00:00Z judge team a2 large ERROR timeout 812 ms cost unknown',
      'bbbbbbbb 2026-11-20T23:00:00Z judge team a1 large OK 812 ms $0.5000',
    ]);
    expect(result.stderr).toContain('x.json');
    const last = jsonOf(await run('llm', 'trace', '--last', '1', '--json'));
    expect(last).toMatchObject({
      items: [{ call_id: 'aaaaaaaa-1' }],
      broken: [{ file: expect.stringMatching(/x\.json$/) }],
    });
  });

  it('finds what llm-call wrote, inside and outside a project', async () => {
    const { cwd, run } = user({ BACKLOG_LLM_SCRIPT: 'script.json' });
    writeFiles(cwd, { 'script.json': '{"answers": [{"text": "hi"}]}' });
    await run('llm-call', '--user', 'hello');
    expect((await run('llm', 'trace')).stdout).toMatch(/^\w{8} \S+ free scripted a1 free OK \d+ ms \$/);
  });

  it('an empty folder has none, a missing one is exit 1, and --dir names another', async () => {
    const { cwd, run } = user();
    expect(await run('llm', 'trace')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('fix:') });
    mkdirSync(path.join(cwd, 'elsewhere/traces'), { recursive: true });
    for (const dir of ['elsewhere', 'elsewhere/traces'])
      expect(await run('llm', 'trace', '--dir', dir)).toMatchObject({
        exitCode: 0,
        stdout: 'No traces found.\n',
      });
    expect(await run('llm', 'trace', '--last', '0')).toMatchObject({ exitCode: 2 });
  });
});
