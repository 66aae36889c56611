import { appendFileSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { repositoryRoot } from '../../support/cli.ts';
import { gitIn, writeFiles } from '../../support/temp.ts';
import type { Sandbox } from './session.ts';
import { byHand, documentOf } from './shop.ts';
import type { Part, Parts } from './wave-leader.ts';

/** A small project in TypeScript: compiled, type checked, tested by Node's own runner, linted by a script. */
const files = {
  '.gitignore': 'node_modules\nout/\n',
  'package.json': `${JSON.stringify({ name: 'depot', private: true, type: 'module' }, undefined, 2)}\n`,
  'tsconfig.json': `${JSON.stringify({
    compilerOptions: {
      module: 'nodenext',
      target: 'es2022',
      strict: true,
      rootDir: '.',
      outDir: 'out',
      lib: ['es2022'],
      skipLibCheck: true,
      types: [],
    },
    include: ['src', 'test', 'types'],
  })}\n`,
  // All that the tests use of Node: the compiler runs at each gate of each ticket, and reading @types/node is most of its work.
  'types/node.d.ts': `declare module 'node:test' {
  export function test(name: string, body: () => void): void;
}
declare module 'node:assert/strict' {
  const assert: { ok(value: unknown): void };
  export default assert;
}
`,
  // A fresh worktree takes the dependencies of the main one, as an installer with a cache would.
  'scripts/setup.mjs': `import { execFileSync } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import path from 'node:path';
const common = execFileSync('git', ['rev-parse', '--path-format=absolute', '--git-common-dir'], { encoding: 'utf8' }).trim();
if (!existsSync('node_modules')) symlinkSync(path.join(path.dirname(common), 'node_modules'), 'node_modules');
`,
  'scripts/lint.mjs': `import { readdirSync, readFileSync } from 'node:fs';
let found = 0;
for (const name of readdirSync('src')) {
  readFileSync('src/' + name, 'utf8').split('\\n').forEach((line, index) => {
    const column = line.search(/\\bany\\b/);
    if (column < 0) return;
    found += 1;
    console.log('src/' + name + ':' + (index + 1) + ':' + (column + 1) + ': no any (no-any)');
  });
}
process.exitCode = found > 0 ? 1 : 0;
`,
  'src/stock.ts': `/** How many pieces of an article there are. */
export function count(pieces: readonly string[], article: string): number {
  return pieces.filter((piece) => piece === article).length;
}
`,
  'test/stock.test.ts': testOf('stock', { 'counts pieces': "stock.count(['a', 'b', 'a'], 'a') === 2" }),
};

const config = {
  version: '1.1',
  project: { name: 'depot', stack: 'typescript' },
  backlog: { ticketPrefixes: ['FEAT', 'BUG', 'SEC', 'TASK'] },
  qualityGates: {
    testCommand: 'rm -rf out && node node_modules/typescript/bin/tsc && node --test out/test/',
    typeCheckCommand: 'node node_modules/typescript/bin/tsc --noEmit',
    lintCommand: 'node scripts/lint.mjs',
  },
  worktrees: { setupCommand: 'node scripts/setup.mjs' },
  reviewPipeline: { trivial: 'agent' },
  llmOps: { cachePolicy: { sessionMaxWaves: 50 } },
};

/** A test file: name → condition on what the module exports. */
export function testOf(module: string, tests: Readonly<Record<string, string>>): string {
  const body = Object.entries(tests).map(
    ([name, condition]) => `test(${JSON.stringify(name)}, () => assert.ok(${condition}));`,
  );
  return `import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as ${module} from '../src/${module}.js';

${body.join('\n')}
`;
}

interface Wanted {
  readonly id: string;
  readonly ticket: Readonly<Record<string, unknown>>;
  readonly part: Part | undefined;
}

/** A ticket for a module of its own, or for more of a module that is there, and what is written for it. */
function feature(
  id: string,
  module: string,
  more: { readonly ticket?: object; readonly part?: Partial<Part>; readonly exports?: number } = {},
): Wanted {
  const count = more.exports ?? 1;
  const file = `src/${module}.ts`;
  const test = `test/${module}${count > 1 ? count : ''}.test.ts`;
  const name = (number: number) => `${module} ${count}, case ${number}`;
  const functions = Array.from(
    { length: count },
    (_, at) =>
      `/** Part ${at + 1} of ${module}. */\nexport const part${at + 1} = (value: number): number => value + ${at + 1};\n`,
  ).join('\n');
  const conditions = [0, 1, 2].map((value) => [
    name(value + 1),
    `${module}.part${count}(${value}) === ${value + count}`,
  ]);
  return {
    id,
    ticket: {
      type: id.split('-')[0],
      title: `Part ${count} of ${module}`,
      priority: 'medium',
      context: `The depot cannot do ${module} yet, and those who work there wait for it.`,
      description: `part${count}() of ${module} adds ${count} to its value.`,
      affected_files: [
        { path: file, action: count > 1 ? 'modify' : 'create', description: `part${count}()` },
        { path: test, action: 'create', description: 'its tests' },
      ],
      criteria: [0, 1, 2].map((value) => `part${count}(${value}) is ${value + count}`),
      tests: {
        unit: [1, 2, 3].map((number) => `test: "${name(number)}" → verifies AC-${number}`),
        integration: ['test: "counts pieces" → verifies that the stock stays as it was'],
        verification: ['node --test out/test/'],
      },
      test_mode: 'new',
      ...(id.startsWith('BUG') ? { severity: 'high', environment: 'everywhere' } : {}),
      ...more.ticket,
    },
    part: {
      plan: `1. ${test}: each criterion, failing first.\n2. ${file}.\n`,
      tries: [{ [test]: testOf(module, Object.fromEntries(conditions)), [file]: functions }],
      ...more.part,
    },
  };
}

const changes = (file: string) => ({
  verdict: 'changes-requested',
  findings: [{ severity: 'Important', confidence: 95, file, line: 1, message: 'say what it is for' }],
});

/** The same files, with one more line at the end of the code. */
function mended(wanted: Wanted, file: string, tries: number): Wanted {
  const [first = {}] = wanted.part?.tries ?? [];
  const all = Array.from({ length: tries }, (_, at) => ({
    ...first,
    [file]: `${first[file] ?? ''}// Mended ${at} times.\n`,
  }));
  return { ...wanted, part: wanted.part && { ...wanted.part, tries: [first, ...all] } };
}

function withAny(wanted: Wanted, file: string): Wanted {
  const [first = {}] = wanted.part?.tries ?? [];
  const bad = { ...first, [file]: `${first[file] ?? ''}export const loose: any = 1;\n` };
  return { ...wanted, part: wanted.part && { ...wanted.part, tries: [bad] } };
}

const twiceSentBack = mended(feature('BUG-001', 'returns'), 'src/returns.ts', 12);

/** Twelve tickets: dependencies, a shared file, a cycle, security, two rounds of review, three of lint, one that is unclear. */
export const backlogOfTwelve: readonly Wanted[] = [
  feature('FEAT-001', 'shelves'),
  feature('FEAT-002', 'pallets', { ticket: { dependencies: [{ ticket: 'FEAT-001' }] } }),
  feature('FEAT-003', 'shelves', { exports: 2, ticket: { dependencies: [{ ticket: 'FEAT-001' }] } }),
  {
    ...feature('FEAT-004', 'lorries'),
    part: undefined,
  },
  {
    ...feature('FEAT-005', 'drivers', { ticket: { dependencies: [{ ticket: 'FEAT-004' }] } }),
    part: undefined,
  },
  withAny(feature('FEAT-006', 'labels'), 'src/labels.ts'),
  feature('FEAT-007', 'routes', { part: { unclear: 'which of the two is meant' } }),
  feature('FEAT-008', 'weights'),
  feature('FEAT-009', 'stock2', {
    ticket: { dependencies: [{ ticket: 'FEAT-008' }, { ticket: 'FEAT-002' }] },
  }),
  feature('SEC-001', 'locks', { ticket: { priority: 'high' } }),
  {
    ...twiceSentBack,
    part: twiceSentBack.part && {
      ...twiceSentBack.part,
      verdicts: [changes('src/returns.ts'), changes('src/returns.ts')],
    },
  },
  feature('TASK-001', 'scales', { ticket: { priority: 'low' } }),
];

/** Where each ticket ends: its status, and whether it is completed. */
const endOfTwelve: Readonly<Record<string, string>> = {
  'FEAT-001': 'completed',
  'FEAT-002': 'completed',
  'FEAT-003': 'completed',
  'FEAT-004': 'pending',
  'FEAT-005': 'pending',
  'FEAT-006': 'lint-blocked',
  'FEAT-007': 'completed',
  'FEAT-008': 'completed',
  'FEAT-009': 'completed',
  'SEC-001': 'completed',
  'BUG-001': 'completed',
  'TASK-001': 'completed',
};

/** The depot with a committed backlog. @returns what the model writes for each ticket */
export async function openDepot(
  sandbox: Sandbox,
  wanted: readonly Wanted[] = backlogOfTwelve,
): Promise<Parts> {
  const { project } = sandbox;
  writeFiles(project, { ...files, 'backlog.config.json': `${JSON.stringify(config, undefined, 2)}\n` });
  mkdirSync(path.join(project, 'node_modules'));
  symlinkSync(
    path.join(repositoryRoot, 'node_modules/typescript'),
    path.join(project, 'node_modules/typescript'),
  );
  await documentOf(sandbox, ['init', '--yes', '--force']);
  writeFiles(project, { 'backlog.config.json': `${JSON.stringify(config, undefined, 2)}\n` });
  for (const { id, ticket } of wanted) {
    const made = await documentOf(sandbox, ['ticket', 'new', '--from', '-'], JSON.stringify(ticket));
    if (made.id !== id) throw new Error(`${id} became ${String(made.id)}`);
  }
  // A new ticket cannot name one that is not there yet: only an edit closes a circle.
  if (wanted.some(({ id }) => id === 'FEAT-005'))
    await documentOf(sandbox, ['ticket', 'edit', 'FEAT-004', '--set', 'depends_on=[FEAT-005]']);
  gitIn(project, 'add', '-A');
  gitIn(project, 'commit', '-q', '-m', 'feat: open the depot');
  return Object.fromEntries(wanted.flatMap(({ id, part }) => (part === undefined ? [] : [[id, part]])));
}

/** The user edits a file and writes another while the agents work. @returns both, as they have to be in the end */
export function busyUser({ project }: Sandbox): Readonly<Record<string, string>> {
  appendFileSync(path.join(project, 'src/stock.ts'), '// the user is busy here\n');
  writeFiles(project, { 'notes.txt': 'mine\n' });
  const read = (file: string) => [file, readFileSync(path.join(project, file), 'utf8')] as const;
  return Object.fromEntries([read('src/stock.ts'), read('notes.txt')]);
}

/** Every ticket where it has to be, the user's work untouched, nothing left behind, and `verify` content. */
export async function expectEnd(sandbox: Sandbox, users: Readonly<Record<string, string>>): Promise<void> {
  const { project } = sandbox;
  const { items } = await documentOf(sandbox, ['ticket', 'list', '--all']);
  const statuses = [items].flat().map((item) => [Object(item).id, Object(item).status]);
  expect(Object.fromEntries(statuses)).toEqual(endOfTwelve);
  for (const [file, text] of Object.entries(users))
    expect(readFileSync(path.join(project, file), 'utf8')).toBe(text);
  for (const id of Object.keys(endOfTwelve).filter((one) => endOfTwelve[one] === 'completed')) {
    const subjects = gitIn(project, 'log', '--format=%s', `--grep=complete ${id}$`).split('\n');
    expect(subjects).toEqual([`chore(backlog): complete ${id}`]);
  }
  // The main worktree, and that of the ticket which waits for a person.
  expect(gitIn(project, 'worktree', 'list', '--porcelain').match(/^worktree /gm)).toHaveLength(2);
  const verified = await byHand(sandbox, ['verify', '--no-rerun']);
  expect(verified.exitCode, verified.stdout + verified.stderr).toBe(0);
}
