import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadRouterConfig, parseRouterConfig } from '../../../src/router/lib/index.ts';
import { tempDir, writeFiles } from '../../support/temp.ts';

const good = `llm:
  default_role: writer
  providers:
    team:
      type: openrouter_http
      base_url: https://llm.example.com/v1
      api_key_env: TEAM_KEY
      model: team-large
      max_tokens: 900
      timeout: 20
    local: {type: ollama, model: "qwen3:8b", num_ctx: 16384}
    spare: {type: mock}
  roles:
    writer: {provider: team, fallback_providers: [local, spare/small]}
    judge: {provider: team, model: team-small, temperature: 0, json_mode: true, max_tokens: null, timeout: 5}
    plain: {provider: spare}
`;

function problemsOf(text: string | object): string[] {
  try {
    parseRouterConfig(text, { file: 'llm.yaml' });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.exitCode).toBe(3);
    return error.problems.map(({ line, message }) => `${line}: ${message}`);
  }
  return [];
}

/** A valid configuration with one text replaced. */
const changed = (from: string, to: string): string => {
  expect(good).toContain(from);
  return good.replace(from, to);
};

describe('the configuration', () => {
  it('fills in what roles inherit from their provider, and the usual values', () => {
    const { defaultRole, roles, providers, warnings } = parseRouterConfig(good);
    expect(defaultRole).toBe('writer');
    expect(warnings).toEqual([]);
    expect(roles.writer).toMatchObject({
      provider: 'team',
      model: 'team-large',
      temperature: 0.2,
      jsonMode: false,
      maxTokens: 900,
      timeout: 20,
      fallbackProviders: ['local', 'spare/small'],
    });
    expect(roles.judge).toMatchObject({
      model: 'team-small',
      temperature: 0,
      jsonMode: true,
      maxTokens: null,
      timeout: 5,
    });
    expect(roles.plain).toMatchObject({ model: '', temperature: 0.2, maxTokens: null, timeout: 60 });
    expect(providers.team).toMatchObject({ type: 'openai', settings: { apiKeyEnv: 'TEAM_KEY' } });
  });

  // biome-ignore lint/suspicious/noTemplateCurlyInString: the sign itself is meant
  it('keeps the name of a key variable, never its value, also where it is written as ${NAME}', () => {
    const config = parseRouterConfig(changed('api_key_env: TEAM_KEY', `api_key_env: "\${TEAM_KEY}"`));
    expect(config.providers.team?.settings.apiKeyEnv).toBe('TEAM_KEY');
  });

  it.each<[string, string | object, RegExp]>([
    ['no top-level llm', 'other: 1', /llm is missing/],
    ['an empty llm', 'llm:', /llm is missing/],
    ['an empty file', '', /llm is missing/],
    ['broken YAML', 'llm: [', /^1: no YAML/],
    ['a key twice', 'llm:\n  default_role: a\n  default_role: b', /^3: no YAML: .*unique/],
    ['no default_role', changed('  default_role: writer\n', ''), /llm\.default_role is missing/],
    ['no providers', 'llm: {default_role: a, roles: {}}', /llm\.providers is missing/],
    ['no roles', 'llm: {default_role: a, providers: {}}', /llm\.roles is missing/],
    ['a provider without type', changed('type: mock', 'model: x'), /llm\.providers\.spare\.type is missing/],
    [
      'a role without provider',
      changed('plain: {provider: spare}', 'plain: {}'),
      /plain\.provider is missing/,
    ],
    [
      'a role with an unknown provider',
      changed('{provider: spare}', '{provider: spar}'),
      /^16: .*provider "spar"/,
    ],
    ['an unknown fallback', changed('[local, ', '[lokal, '), /fallback_providers\[0\] names .*"lokal"/],
    ['an unknown default_role', changed('default_role: writer', 'default_role: writr'), /role "writr"/],
    [
      'an unknown key of llm',
      changed('  roles:', '  rolls: 1\n  roles:'),
      /llm\.rolls is no known key.*roles/,
    ],
    [
      'an unknown key of a provider',
      changed('api_key_env:', 'apikey_env:'),
      /^7: .*apikey_env is no known key; did you mean api_key_env/,
    ],
    [
      'a key of another type',
      changed('{type: mock}', '{type: mock, num_ctx: 5}'),
      /spare\.num_ctx is no known key/,
    ],
    ['an unknown key of a role', changed('temperature: 0,', 'temprature: 0,'), /did you mean temperature/],
    [
      'a hot temperature',
      changed('temperature: 0,', 'temperature: hot,'),
      /judge\.temperature must be a number/,
    ],
    ['a temperature of 3', changed('temperature: 0,', 'temperature: 3,'), /must be at most 2/],
    ['no time', changed('timeout: 5', 'timeout: 0'), /timeout must be more than 0/],
    ['a variable in a value', changed('https://llm.example.com/v1', `"\${TEAM_URL}"`), /base_url/],
    ['a variable in a model', changed('model: team-large', `model: "\${MODEL}"`), /model holds \$\{…\}/],
  ])('refuses %s', (_name, text, problem) => {
    expect(problemsOf(text).join('\n')).toMatch(problem);
  });

  it('tells all problems at once, each with its line', () => {
    const text = good
      .replace('default_role: writer', 'default_role: nobody')
      .replace('type: mock', 'typ: mock')
      .replace('temperature: 0,', 'temperature: hot,')
      .replace('[local, ', '[lokal, ');
    expect(problemsOf(text).map((line) => line.split(':')[0])).toEqual(
      expect.arrayContaining(['2', '12', '14', '15']),
    );
  });

  it('never repeats a key that was pasted into the file, and says where it belongs', () => {
    const pasted = changed('api_key_env: TEAM_KEY', 'api_key: sk-very-secret-value');
    try {
      parseRouterConfig(pasted);
      expect.unreachable();
    } catch (error) {
      expect(String(error)).not.toContain('sk-very');
      expect(error).toMatchObject({ fix: expect.stringContaining('api_key_env') });
    }
    expect(problemsOf(changed('TEAM_KEY', 'sk-very-secret-value')).join()).not.toContain('sk-very');
  });

  it('warns of a flag without effect, and takes a type that may be registered later with its own keys', () => {
    const { warnings, providers } = parseRouterConfig({
      llm: {
        default_role: 'r',
        providers: { c: { type: 'codex_cli', output_flag: '--o' }, own: { type: 'acme', depth: { a: 1 } } },
        roles: { r: { provider: 'c' } },
      },
    });
    expect(warnings.map(({ path }) => path)).toEqual(['llm.providers.c.output_flag']);
    expect(providers.own?.settings.more).toMatchObject({ depth: { a: 1 } });
  });

  it('warns of what stands beside llm, where nobody reads it', () => {
    const { warnings } = parseRouterConfig(`${good}\nrolls: {a: 1}\n`, { file: 'llm.yaml' });
    expect(warnings).toMatchObject([
      {
        path: 'rolls',
        line: good.trimEnd().split('\n').length + 2,
        message: expect.stringContaining('not read'),
      },
    ]);
  });

  it('reads a file, and names it when it is not there or wrong', () => {
    const folder = tempDir();
    writeFiles(folder, { 'llm.yaml': good, 'bad.yaml': 'llm: {}' });
    expect(loadRouterConfig(path.join(folder, 'llm.yaml')).defaultRole).toBe('writer');
    expect(() => loadRouterConfig(path.join(folder, 'none.yaml'))).toThrow(/none\.yaml.*cannot be read/);
    expect(() => loadRouterConfig(path.join(folder, 'bad.yaml'))).toThrow(/bad\.yaml:1: llm\.default_role/);
  });
});
