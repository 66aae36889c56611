import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { BacklogError } from '../../src/platform/errors.ts';
import {
  loadConfig,
  minNewTests,
  parseConfig,
  requiredGates,
  waiversAllowed,
} from '../../src/project/config.ts';
import { requireProject } from '../../src/project/paths.ts';
import { tempDir, writeFiles } from '../support/temp.ts';

const least = { version: '1.0', project: { name: 'sample' } };
const withKeys = (keys: object): string => JSON.stringify({ ...least, ...keys });

/** `line path` of every problem, or an empty list. */
function problemsOf(text: string): string[] {
  return details(text).map(({ line, path: where }) => `${line} ${where}`);
}

function details(text: string): { line: number; path: string; message: string; fix: string }[] {
  const error = failureOf(text);
  return error === undefined ? [] : JSON.parse(JSON.stringify(error.details?.problems));
}

function failureOf(text: string): BacklogError | undefined {
  try {
    parseConfig(text);
    return undefined;
  } catch (error) {
    if (error instanceof BacklogError) return error;
    throw error;
  }
}

describe('what is read', () => {
  it('needs a version and a name, and fills in everything else', () => {
    const { config, warnings } = parseConfig(JSON.stringify(least));
    expect(warnings).toEqual([]);
    expect(config).toMatchObject({
      profile: 'standard',
      project: { name: 'sample', stack: 'generic' },
      backlog: { dataDir: 'backlog/data', ticketPrefixes: ['TASK', 'BUG', 'FEAT', 'IDEA'] },
      qualityGates: { baseline: 'new-only' },
      codeRules: { source: '.claude/code-rules.md' },
      ticketValidation: { minAcceptanceCriteria: 3, requireTestStrategy: true },
      ticketConstraints: { maxAffectedFiles: 5, maxEstimatedTokens: 100_000 },
      git: { bookkeepingCommit: true },
      reviewPipeline: { confidenceThreshold: 80, maxReviewRounds: 3 },
      llmOps: { billing: 'unknown', traces: { includePrompts: false } },
    });
    expect(config.qualityGates.testCommand).toBeUndefined();
  });

  it('keeps the text as it is, with a byte order mark and CRLF', () => {
    const text = `\uFEFF${JSON.stringify(least, null, 2).replaceAll('\n', '\r\n')}`;
    expect(parseConfig(text).text).toBe(text);
  });

  it.each([
    ['backlog/data', 'backlog/data'],
    ['./backlog//data/', 'backlog/data'],
    ['a/../b', 'b'],
    ['work\\tickets', 'work/tickets'],
    ['.tickets', '.tickets'],
    ['..tickets/x', '..tickets/x'],
  ])('takes the folder %j as %j', (written, read) => {
    expect(parseConfig(withKeys({ backlog: { dataDir: written } })).config.backlog.dataDir).toBe(read);
  });

  it.each([
    '',
    '.',
    './',
    '..',
    '../x',
    'a/../..',
    '/abs',
    'C:\\x',
    'C:x',
    '\\\\server\\share',
    '.git',
    '.GIT/x',
    '.backlog-ops/x',
    'a\nb',
    'a\0b',
  ])('refuses the folder %j', (dataDir) => {
    expect(problemsOf(withKeys({ backlog: { dataDir } }))).toEqual(['1 backlog.dataDir']);
    expect(problemsOf(withKeys({ backlog: { templatesDir: dataDir } }))).toEqual(['1 backlog.templatesDir']);
    expect(problemsOf(withKeys({ codeRules: { source: dataDir } }))).toEqual(['1 codeRules.source']);
  });

  it.each([
    ['light', ['implement', 'lint', 'commit'], 'new-only', true],
    ['standard', ['plan', 'implement', 'lint', 'review', 'commit'], 'new-only', true],
    ['strict', ['plan', 'implement', 'lint', 'review', 'commit'], 'strict', false],
  ])('profile %s', (profile, gates, baseline, waivers) => {
    const { config } = parseConfig(withKeys({ profile }));
    expect(requiredGates(config)).toEqual(gates);
    expect(config.qualityGates.baseline).toBe(baseline);
    expect(waiversAllowed(config)).toBe(waivers);
  });

  it('lets strict win over a baseline that says otherwise, and says so', () => {
    const { config, warnings } = parseConfig(
      withKeys({ profile: 'strict', qualityGates: { baseline: 'new-only' } }),
    );
    expect(config.qualityGates.baseline).toBe('strict');
    expect(warnings.map(({ message }) => message)).toEqual([
      'qualityGates.baseline is overruled: profile strict asks for strict',
    ]);
  });

  it('has the test files of the stack, unless they are named', () => {
    const filesOf = (keys: object) => parseConfig(withKeys(keys)).config.qualityGates.testFiles;
    expect(filesOf({ project: { name: 'x', stack: 'go' } })).toEqual(['**/*_test.go', '**/testdata/**']);
    expect(filesOf({ project: { name: 'x', stack: 'cobol' } })).toContain('**/*.test.*');
    expect(filesOf({ qualityGates: { testFiles: ['spec/**'] } })).toEqual(['spec/**']);
  });

  it.each([
    ['by default', {}, [2, 1, 3, 2, 2]],
    ['as set by prefix', { ticketValidation: { minTests: { SEC: 5, BUG: 0 } } }, [5, 0, 3, 2, 2]],
    [
      'by the older name, which wins',
      { ticketValidation: { minTests: { SEC: 5 } }, qualityGates: { minNewTests: { SEC: 4 } } },
      [4, 1, 3, 2, 2],
    ],
  ])('knows how many new tests a prefix needs, %s', (_what, keys, expected) => {
    const { config } = parseConfig(withKeys(keys));
    const wanted = ['SEC', 'BUG', 'FEAT', 'TASK', 'constructor'].map((prefix) =>
      minNewTests(config, { prefix, trivial: false }),
    );
    expect(wanted).toEqual(expected);
  });

  it('asks a trivial ticket for one test at most', () => {
    const { config } = parseConfig(withKeys({ ticketValidation: { minTests: { FEAT: 4, BUG: 0 } } }));
    const wanted = ['FEAT', 'BUG', 'TASK'].map((prefix) => minNewTests(config, { prefix, trivial: true }));
    expect(wanted).toEqual([1, 0, 1]);
  });

  it.each([
    ['a text', 'no eval', true],
    ['a pattern', { rule: 'no eval', pattern: '\\beval\\(', files: ['src/**'] }, true],
    ['a command', { rule: 'no cycles', command: 'npx --no -- madge .' }, true],
    ['a file limit', { rule: 'short files', maxFileLines: 300 }, true],
    ['a limit of the change', { rule: 'small changes', maxLines: 400 }, true],
    ['a pattern that is none', { rule: 'x', pattern: '(' }, false],
    ['two checks in one', { rule: 'x', pattern: 'a', command: 'b' }, false],
    ['no check', { rule: 'x' }, false],
    ['no rule', { pattern: 'a' }, false],
    ['an empty text', ' ', false],
  ])('takes as a code rule: %s', (_what, rule, valid) => {
    const read = () => parseConfig(withKeys({ codeRules: { hardGates: [rule], softGates: [rule] } }));
    if (valid) expect(read().config.codeRules.hardGates).toEqual([rule]);
    else expect(read).toThrow(/codeRules.hardGates/);
  });
});

describe('what is refused', () => {
  it('reports all problems at once, each with its line, in the order of the file', () => {
    const text = `{
  "version": "2.0",
  "project": { "name": " ", "stak": "go" },
  "backlog": {
    "ticketPrefixes": ["FEAT", "feat"],
    "dataDir": ".."
  },
  "backlog": {},
  "ticketValidation": { "minAcceptanceCriteria": 0 },
  "reviewPipeline": { "confidenceThreshold": "80" },
  "llmOps": { "budgets": { "day": { "warn": 2 } } }
}`;
    expect(problemsOf(text)).toEqual([
      '2 version',
      '3 project.name',
      '3 project.stak',
      '8 backlog',
      '9 ticketValidation.minAcceptanceCriteria',
      '10 reviewPipeline.confidenceThreshold',
      '11 llmOps.budgets.day.limit',
    ]);
    const error = failureOf(text);
    expect(error).toMatchObject({
      code: 'config-invalid',
      exitCode: 3,
      file: 'backlog.config.json',
      line: 2,
    });
    expect(error?.message).toContain(
      'backlog.config.json has 7 problems\n  backlog.config.json:2: version must be',
    );
  });

  it.each([
    [
      { qualityGates: { testComand: 'x' } },
      'qualityGates.testComand is no known key; did you mean testCommand?',
      'rename it to testCommand',
    ],
    [
      { qualitygates: {} },
      'qualitygates is no known key; did you mean qualityGates?',
      'rename it to qualityGates',
    ],
    [
      { llmOps: { registry: { path: 'x' } } },
      'llmOps.registry.path is no known key; did you mean source?',
      'rename it to source',
    ],
    [{ zebra: 1 }, 'zebra is no known key', 'take it out; docs/config.md lists the keys'],
    [
      { profile: 'stric' },
      'profile must be one of "light", "standard", "strict", is "stric"',
      'set it to "strict"',
    ],
    [{ project: {} }, 'project.name is missing', 'add it, with a text'],
    [{ project: null }, 'project must be an object { … }, is null', 'give it an object { … }'],
    [{ backlog: { ticketPrefixes: [] } }, 'backlog.ticketPrefixes must have at least 1 item', 'add to it'],
    [
      { backlog: { ticketPrefixes: ['BUG', 'BUG'] } },
      'backlog.ticketPrefixes has the same prefix twice',
      'correct it',
    ],
    [
      { ticketValidation: { minAcceptanceCriteria: 1.5 } },
      'ticketValidation.minAcceptanceCriteria must be a whole number, is 1.5',
      'give it a whole number',
    ],
    [
      { llmOps: { budgets: { day: { limit: 1, warn: 2 } } } },
      'llmOps.budgets.day.warn must not be above hardStop',
      'correct it',
    ],
    [
      { llmOps: { tiers: { free: ['qwen'] } } },
      'llmOps.tiers.free[0] must be "provider/model", such as "ollama/qwen3:8b"',
      'correct it',
    ],
    [
      { llmOps: { gateway: { baseURL: 'http://user:secret@host' } } },
      'llmOps.gateway.baseURL must be an http:// or https:// URL without a user name or password',
      'correct it',
    ],
    [
      { llmOps: { providers: { 'a/b': { type: 'openai' } } } },
      'llmOps.providers["a/b"] is no provider name: letters, digits, . _ -',
      'rename this key',
    ],
  ])('%j', (keys, message, fix) => {
    expect(details(withKeys(keys)).map((item) => [item.message, item.fix])).toEqual([[message, fix]]);
  });

  it('never repeats a key that was pasted where its variable belongs', () => {
    const secret = 'sk-ant-123-abc';
    const error = failureOf(
      withKeys({ llmOps: { providers: { a: { type: 'anthropic', apiKeyEnv: secret } } } }),
    );
    expect(error?.message).toContain('never the key itself');
    expect(JSON.stringify([error?.message, error?.details])).not.toContain(secret);
  });

  it.each([
    ['cheap', true],
    ['ollama/qwen3:8b', true],
    [['cheap', 'openrouter/meta/llama'], true],
    [[], false],
    ['qwen', false],
    [3, false],
  ])('a role may be %j: %s', (role, may) => {
    expect(problemsOf(withKeys({ version: '1.1', llmOps: { roles: { judge: role } } })).length).toBe(
      may ? 0 : 1,
    );
  });

  it('takes keys of their own in agentRouting and reviewPipeline, at every level', () => {
    const text = withKeys({
      agentRouting: { extra: 1, rules: [{ pattern: 'BUG*', agent: 'x', extra: 1 }] },
      reviewPipeline: {
        extra: 1,
        frontierReview: { extra: 1 },
        reviewers: [{ name: 'a', agent: 'b', extra: 1 }],
      },
    });
    expect(problemsOf(text)).toEqual([]);
  });

  it('says where the JSON breaks', () => {
    expect(failureOf('{\n  "version": "1.0",\n}')).toMatchObject({
      code: 'config-invalid',
      line: 3,
      message: 'backlog.config.json:3: is no JSON: a comma before }, which JSON does not allow',
    });
  });

  it.each([
    ['ten megabytes', `{"a": "${'x'.repeat(10_000_000)}"}`, 'is too large'],
    ['a million brackets', '['.repeat(1_000_000), 'nested deeper'],
    [
      'ten thousand unknown keys',
      `{${Array.from({ length: 10_000 }, (_, n) => `"${'k'.repeat(60)}${n}":0`).join(',')}}`,
      'and 9982 more',
    ],
    ['an unknown key of a megabyte', `{"${'k'.repeat(1_000_000)}":0}`, '…'],
    [
      'another prototype',
      '{"__proto__": {"version": "1.0"}, "constructor": 1}',
      '__proto__ is not allowed as a key',
    ],
    ['a list', '[]', '(document) must be an object'],
    ['nothing', '', 'the file is empty'],
  ])('is not overwhelmed by %s', (_name, text, message) => {
    const error = failureOf(text);
    expect(error?.code).toBe('config-invalid');
    expect(error?.message).toContain(message);
    expect(error?.message.length).toBeLessThan(10_000);
  });
});

describe('what has no effect yet', () => {
  it('is named once for a whole block, with its line', () => {
    const text = `{"version": "1.1", "project": {"name": "x"},
"sentinel": {"enabled": true, "installGitHook": false},
"reviewPipeline": {"confidenceThreshold": 70},
"ticketConstraints": {"maxAffectedFiles": 3},
"llmOps": {"gateway": {"baseURL": "http://localhost:1"}, "ragPolicy": {"topK": 5, "vectorStore": "qdrant"}}}`;
    expect(parseConfig(text).warnings.map(({ line, message }) => `${line} ${message}`)).toEqual([
      '2 sentinel has no effect yet',
      '5 llmOps.ragPolicy.vectorStore has no effect yet',
    ]);
  });

  it('is named by the key where others of the block act', () => {
    const { warnings } = parseConfig(
      withKeys({
        version: '1.1',
        llmOps: { cachePolicy: { sessionMaxWaves: 2, providerPromptCaching: true } },
      }),
    );
    expect(warnings.map(({ path: where }) => where)).toEqual(['llmOps.cachePolicy.providerPromptCaching']);
  });

  it('says that llmOps belongs to version 1.1, and reads it all the same', () => {
    const { config, warnings } = parseConfig(withKeys({ llmOps: { billing: 'plan' } }));
    expect(config.llmOps.billing).toBe('plan');
    expect(warnings.map(({ fix }) => fix)).toEqual(['set version to "1.1"']);
  });
});

describe('a project', () => {
  it('is found from below, and its file is named as seen from there', () => {
    const root = tempDir();
    writeFiles(root, { 'backlog.config.json': '{}', 'src/deep/x': '' });
    const cwd = path.join(root, 'src/deep');
    expect(() => loadConfig(requireProject(cwd), cwd)).toThrow(
      expect.objectContaining({ file: path.join('..', '..', 'backlog.config.json') }),
    );
  });

  it('says that the file is no text', () => {
    const root = tempDir();
    writeFiles(root, { 'backlog.config.json': new Uint8Array([0x7b, 0xff, 0xfe]) });
    expect(() => loadConfig(requireProject(root), root)).toThrow('is no UTF-8 text');
  });

  it.each(['backlog', 'backlog/data'])('refuses %s as a link that leads out of the project', (link) => {
    const [root, elsewhere] = [tempDir(), tempDir()];
    writeFiles(root, {
      'backlog.config.json': `{\n"version": "1.0",\n"project": {"name": "x"},\n"backlog": {\n"dataDir": "backlog/data"}}`,
    });
    mkdirSync(path.dirname(path.join(root, link)), { recursive: true });
    symlinkSync(elsewhere, path.join(root, link));
    expect(() => loadConfig(requireProject(root), root)).toThrow(
      expect.objectContaining({
        code: 'config-invalid',
        line: 5,
        message: expect.stringContaining('backlog.dataDir is a link that leads out of the project'),
      }),
    );
  });

  it('takes a link that stays inside', () => {
    const root = tempDir();
    writeFiles(root, { 'backlog.config.json': JSON.stringify(least), 'work/x': '' });
    symlinkSync('work', path.join(root, 'backlog'));
    expect(loadConfig(requireProject(root), root).config.project.name).toBe('sample');
    writeFileSync(path.join(root, 'backlog.config.json'), '');
    expect(() => loadConfig(requireProject(root), root)).toThrow('the file is empty');
  });
});
