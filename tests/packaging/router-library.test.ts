import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksOf } from '../docs/page.ts';
import { repositoryRoot } from '../support/cli.ts';
import { gitEnv, writeFiles } from '../support/temp.ts';
import { nodeOf } from './support/nodes.ts';

let folder: string;
let project: string;

/** No registry, no cache and no configuration of this machine: what the tarball lacks cannot come from anywhere else. */
function environment(): NodeJS.ProcessEnv {
  return {
    ...gitEnv(),
    HOME: path.join(folder, 'home'),
    npm_config_cache: path.join(folder, 'cache'),
    npm_config_offline: 'true',
    npm_config_update_notifier: 'false',
    npm_config_audit: 'false',
  };
}

/** The examples of the documentation, each a program. */
const documented = blocksOf(readFileSync(path.join(repositoryRoot, 'docs/router.md'), 'utf8'))
  .filter(({ language }) => language === 'ts')
  .map(({ body, line }): [string, string] => [`line-${line}.ts`, body]);

beforeAll(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'backlog-library-')));
  project = path.join(folder, 'consumer');
  writeFiles(project, {
    'package.json': JSON.stringify({ name: 'consumer', private: true, type: 'module' }),
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        target: 'ES2022',
        lib: ['ES2023'],
        // Stricter than NodeNext: a CommonJS module may not require the types of an ES module.
        module: 'Node16',
        strict: true,
        skipLibCheck: false,
        outDir: 'out',
        // The consumer's own TypeScript and types of Node, as any project has them.
        typeRoots: [path.join(repositoryRoot, 'node_modules/@types')],
        types: ['node'],
      },
      files: ['consumer.ts', 'required.cts', ...documented.map(([name]) => name)],
    }),
    'llm.yaml': [
      'llm:',
      '  default_role: writer',
      '  providers:',
      '    broken: {type: mock, raise_timeout: true}',
      '    house: {type: house, greeting: Hello}',
      '  roles:',
      '    writer: {provider: broken, fallback_providers: [house]}',
    ].join('\n'),
    'consumer.ts': consumer,
    'required.cts': required,
    ...Object.fromEntries(documented),
  });
  const packed = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], {
    cwd: repositoryRoot,
    env: environment(),
    encoding: 'utf8',
  });
  execFileSync('npm', ['install', '--no-save', path.join(folder, packed.trim())], {
    cwd: project,
    env: environment(),
    stdio: 'ignore',
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const consumer = `
import {
  createRegistry, createRouter, loadRouterConfig, LlmRouterError, register,
  type ChatMessage, type EventSink, type LLMResponse, type Provider, type RoutingPolicy,
} from 'backlog-toolkit/router';
import { getStats, logLLMRequest, type Stats } from 'backlog-toolkit/ledger';

register('house', (name, settings): Provider => ({
  name, type: 'house', billing: 'local', local: true, timeoutMs: 1000,
  complete: async (call) => ({
    text: \`\${String(settings.more?.greeting)}, \${call.prompt.messages[0]?.content}\`,
    usage: { input_tokens: 1, output_tokens: 2, cache_read_tokens: 0, cache_write_5m_tokens: 0, cache_write_1h_tokens: 0 },
    model: 'house-1', requestId: null, messageId: null, httpStatus: null, reportedCost: undefined,
    local: true, fellBack: false, cut: false,
  }),
}));
const seen: string[] = [];
const eventSink: EventSink = { emit: ({ event, requestId }) => { seen.push(requestId + ' ' + event); } };
const policy: RoutingPolicy = { name: 'mine', choose: (role, config) => ({ providerName: config.roles[role]?.provider ?? '' }) };
const router = createRouter(loadRouterConfig('llm.yaml'), {
  eventSink, policy,
  onTokenUsage: (requestId, usage) => { seen.push(requestId + ' ' + usage.output_tokens); },
});
const messages: ChatMessage[] = [{ role: 'user', content: 'world' }];
const response: LLMResponse = await router.complete('writer', messages, { requestId: 'one', signal: AbortSignal.timeout(10_000) });
let failureType = '';
try {
  await createRouter({ llm: { default_role: 'r', providers: { m: { type: 'mock', raise_rate_limit: true } }, roles: { r: { provider: 'm' } } } })
    .complete('r', messages);
} catch (error) {
  if (error instanceof LlmRouterError) failureType = error.failureType;
}
import { mkdirSync, writeFileSync } from 'node:fs';
mkdirSync('sample', { recursive: true });
writeFileSync('sample/backlog.config.json', '{"version":"1.0","project":{"name":"sample"}}');
const where = { cwd: 'sample' };
logLLMRequest({ project_id: 'sample', chat_id: 'c1', model: 'claude-sonnet-4-5', status: 'success',
  usage: { prompt_tokens: 1000, completion_tokens: 100 } }, where);
const stats: Stats = getStats({ type: 'project', projectId: 'sample' }, {}, where);
console.log(JSON.stringify({ logged: [stats.summary.totalRequests, stats.summary.totalTokens], text: response.text, provider: response.provider, seen, failureType, types: createRegistry().available() }));
`;

/** A CommonJS module: its types come by the condition that its calls of `require` have, too. */
const required = `
import ledger = require('backlog-toolkit/ledger');
import router = require('backlog-toolkit/router');
const registry: router.ProviderRegistry = router.createRegistry();
const entry: ledger.LLMRequestLogEntry = { project_id: 'sample', chat_id: 'c2', model: '' };
let refused = '';
try {
  ledger.logLLMRequest(entry, {});
} catch (error) {
  if (error instanceof ledger.ValidationError) refused = error.code;
}
import('backlog-toolkit/router').then((imported) => {
  const same = imported.LlmRouterError === router.LlmRouterError;
  console.log(JSON.stringify({ refused, types: registry.available().length, same }));
});
`;

describe('backlog-toolkit/router, installed from the tarball', () => {
  it('compiles with its types, checked in full, the documentation included, and runs', () => {
    expect(documented.length).toBeGreaterThan(1);
    const tsc = path.join(repositoryRoot, 'node_modules/typescript/bin/tsc');
    const compiled = spawnSync(process.execPath, [tsc, '-p', project], { cwd: project, encoding: 'utf8' });
    expect(compiled.stdout).toBe('');
    expect(compiled.status).toBe(0);
    const ran = spawnSync(process.execPath, ['out/consumer.js'], {
      cwd: project,
      env: environment(),
      encoding: 'utf8',
    });
    expect(ran.stderr).toBe('');
    expect(JSON.parse(ran.stdout)).toEqual({
      logged: [1, 1100],
      text: 'Hello, world',
      provider: 'house',
      seen: [
        'one policy.choice',
        'one llm.complete.start',
        'one llm.complete.error',
        'one policy.fallback',
        'one llm.complete.start',
        'one 2',
        'one llm.complete.success',
      ],
      failureType: 'rate-limit',
      types: ['anthropic', 'claude-cli', 'cli', 'codex-cli', 'gemini-cli', 'ollama', 'openai', 'scripted'],
    });
    const traces = path.join(project, '.backlog-ops/traces');
    const [day = ''] = readdirSync(traces);
    const names = readdirSync(path.join(traces, day)).sort();
    expect(names.slice(-2)).toEqual(['one-1-broken.json', 'one-2-house.json']);
    expect(JSON.parse(readFileSync(path.join(traces, day, 'one-2-house.json'), 'utf8'))).toMatchObject({
      call_id: 'one',
      asked: 'writer',
    });
  });

  it.for(['20', '22', '24'])(
    'can be required on Node %s without the loader of ES modules',
    (major, context) => {
      const node = nodeOf(major);
      if (node === undefined)
        return context.skip(`no Node ${major} here; put one into BACKLOG_TEST_NODES=${major}=/path/to/node`);
      // Up to Node 20.18 no ES module can be required; newer ones have it switched off to be as those are.
      const flag = 'experimental-require-module';
      const knows = spawnSync(node, ['-p', `process.allowedNodeEnvironmentFlags.has('--${flag}')`], {
        encoding: 'utf8',
      });
      const args = knows.stdout.trim() === 'true' ? [`--no-${flag}`] : [];
      const ran = spawnSync(node, [...args, 'out/required.cjs'], {
        cwd: project,
        env: environment(),
        encoding: 'utf8',
      });
      expect(ran.stderr).toBe('');
      expect(JSON.parse(ran.stdout)).toEqual({ refused: 'invalid-model', types: 8, same: true });
    },
  );

  it('has no way in but the library and its own description', () => {
    const asked = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', "await import('backlog-toolkit/dist/main.cjs')"],
      { cwd: project, encoding: 'utf8' },
    );
    expect(asked.stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });
});
