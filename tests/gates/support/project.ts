import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { GateCall } from '../../../src/gates/call.ts';
import { GitFacts } from '../../../src/gates/git-facts.ts';
import { parseConfig } from '../../../src/project/config.ts';
import { requireProject } from '../../../src/project/paths.ts';
import { gitEnv, gitIn, tempDir, tempRepo, writeFiles } from '../../support/temp.ts';

/** A small shop, tested by Node's own runner, linted by a script of a few lines: nothing has to be installed. */
export const shop = {
  '.gitignore': '.backlog-ops/\nnode_modules/\n',
  'package.json': `${JSON.stringify({ name: 'shop', type: 'module', scripts: { test: 'node --test test/' } })}\n`,
  'src/basket.js': 'export const total = (items) => items.length;\n',
  'test/basket.test.js': testFile('../src/basket.js', { 'counts items': 'total([1, 2]) === 2' }),
  'lint.js': `import { readdirSync, readFileSync } from 'node:fs';
let found = 0;
for (const name of readdirSync('src')) {
  readFileSync('src/' + name, 'utf8').split('\\n').forEach((line, index) => {
    if (line.startsWith('var ')) {
      found += 1;
      console.log('src/' + name + ':' + (index + 1) + ': use const (no-var)');
    }
  });
}
process.exitCode = found > 0 ? 1 : 0;
`,
};

/**
 * A test command: all files by Node's own runner in one process, in a third of the time of `node --test`, which starts one for
 * each. For tests of what comes after a test run.
 */
export const inOneProcess = `node --input-type=module -e '
import { readdirSync } from "node:fs";
import { test } from "node:test";
for (const name of readdirSync("test"))
  await import("./test/" + name).catch((error) => test(name, () => { throw error; }));
'`;

/** A node:test file: name → condition on what `basket.js` exports. */
export function testFile(from: string, tests: Readonly<Record<string, string>>): string {
  const body = Object.entries(tests).map(
    ([name, condition]) => `test(${JSON.stringify(name)}, () => assert.ok(${condition}));`,
  );
  return `import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport * as basket from '${from}';\nconst { total } = basket;\n${body.join('\n')}\n`;
}

export function configText(changes: Readonly<Record<string, unknown>> = {}): string {
  return `${JSON.stringify(
    {
      version: '1.0',
      project: { name: 'shop', stack: 'javascript' },
      qualityGates: {
        testCommand: 'node --test test/',
        lintCommand: 'node lint.js',
        minNewTests: { FEAT: 1 },
      },
      ...changes,
    },
    undefined,
    2,
  )}\n`;
}

export interface TicketParts {
  readonly id?: string;
  readonly status?: string;
  readonly tests?: string;
  readonly dependsOn?: readonly string[];
  readonly criteria?: readonly string[];
  readonly files?: readonly string[];
}

/** A ticket file that says everything a ticket has to say. */
export function ticketText(parts: TicketParts = {}): string {
  const { id = 'FEAT-001', status = 'pending', tests = 'new', dependsOn = [] } = parts;
  const criteria = parts.criteria ?? [
    'A basket of 5000 cents costs 4500',
    'A basket of 100 costs 100',
    'It is rounded',
  ];
  const files = parts.files ?? ['src/basket.js', 'test/discount.test.js'];
  return `---
id: ${id}
title: Discount on large baskets
status: ${status}
priority: high
created: 2026-11-21
updated: 2026-11-21
assignee: unassigned
blockers: []
depends_on: [${dependsOn.join(', ')}]
shared_files: []
related_docs: []
estimated_tokens: 12000
scope_boundary: src
tests: ${tests}
phase: one
---
# ${id}: Discount on large baskets

## Context

Customers who buy a lot pay the full price today.

## Description

total() takes 10 % off from 5000 cents on.

## Affected Files

| File | Action | Description |
|---|---|---|
${files.map((file) => `| ${file} | ${file.startsWith('test') ? 'create' : 'modify'} | the discount |`).join('\n')}

## Acceptance Criteria

${criteria.map((text, index) => `- [ ] AC-${index + 1}: ${text}`).join('\n')}

## Test Strategy

### Unit Tests

- test: "takes 10 % off" → verifies AC-1

### Integration Tests

- test: "adds up" → verifies AC-2

### Verification Commands

\`\`\`bash
npm test
\`\`\`

## Dependencies

| Ticket | What it needs | Status |
|---|---|---|
${dependsOn.map((one) => `| ${one} | its code | pending |`).join('\n')}

## Implementation Notes

Prices are in cents.

## History

| Date | Change | Author |
|---|---|---|
| 2026-11-21 | Created | Ada |
`;
}

export const ticketPath = (id = 'FEAT-001'): string => `backlog/data/pending/${id}-discount.md`;

/** A committed project with one ticket. */
export function project(
  options: {
    readonly files?: Readonly<Record<string, string>>;
    readonly config?: Readonly<Record<string, unknown>>;
    readonly ticket?: TicketParts;
  } = {},
): string {
  return tempRepo({
    ...shop,
    'backlog.config.json': configText(options.config),
    'backlog/data/completed/.gitkeep': '',
    [ticketPath(options.ticket?.id)]: ticketText(options.ticket),
    ...options.files,
  });
}

/** A call from a plain terminal in a project, unless `changes` say otherwise. */
export function callIn(root: string, changes: Partial<GateCall> = {}): GateCall {
  const paths = requireProject(root);
  const notes: string[] = [];
  return {
    paths,
    config: parseConfig(configOf(paths.configFile)).config,
    env: { ...gitEnv(), GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'user.name', GIT_CONFIG_VALUE_0: 'Ada' },
    home: path.join(tempDir(), 'home'),
    clock: () => new Date(),
    caller: { insideClaudeCode: false, sessionId: undefined, agentId: undefined, stamp: undefined },
    signal: new AbortController().signal,
    note: (text) => notes.push(text),
    confirm: undefined,
    facts: new GitFacts(),
    ...changes,
  };
}

/** A call from a Claude Code session whose SessionStart hook ran. */
export function callOfSession(root: string, sessionId: string, changes: Partial<GateCall> = {}): GateCall {
  const call = callIn(root);
  writeFiles(call.home, { [`contexts/${sessionId}/session.json`]: '{}' });
  return {
    ...call,
    caller: { insideClaudeCode: true, sessionId, agentId: undefined, stamp: undefined },
    ...changes,
  };
}

/** Commits everything outside the books. */
export function commitAll(root: string, message: string): string {
  gitIn(root, 'add', '-A');
  gitIn(root, 'commit', '-q', '-m', message);
  return gitIn(root, 'rev-parse', 'HEAD');
}

/** The discount, done right: new tests and the code that makes them pass. */
export const discount = {
  'src/basket.js':
    'export const total = (items) => items.length;\nexport const price = (sum) => (sum < 5000 ? sum : Math.round(sum * 0.9));\n',
  'test/discount.test.js': testFile('../src/basket.js', { 'takes 10 % off': 'basket.price(5000) === 4500' }),
};

function configOf(file: string): string {
  return readFileSync(file, 'utf8');
}
