import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { parseConfig } from '../../../src/project/config.ts';
import { requireProject } from '../../../src/project/paths.ts';
import { deepCheck } from '../../../src/refinement/checks/index.ts';
import { openWorld, type World } from '../../../src/refinement/world.ts';
import type { Backlog } from '../../../src/tickets/backlog.ts';
import { listTickets } from '../../../src/tickets/listing.ts';
import { loadBacklog } from '../../../src/tickets/open.ts';
import { gitIn, tempDir, tempRepo, writeFiles } from '../../support/temp.ts';

export interface Parts {
  readonly title?: string;
  readonly status?: string;
  readonly priority?: string;
  readonly created?: string;
  readonly dependsOn?: readonly string[];
  readonly fields?: string;
  /** `create src/a.ts`. */
  readonly files?: readonly string[];
  readonly description?: string;
  readonly criteria?: readonly string[];
  readonly strategy?: string;
  readonly commands?: readonly string[];
  readonly more?: string;
}

/** A ticket that no check complains of until a part is replaced. */
export function ticket(id: string, parts: Parts = {}): string {
  const criteria = parts.criteria ?? [
    'A basket has a sum',
    'An empty basket costs nothing',
    'The sum is whole',
  ];
  const files = parts.files ?? ['modify src/basket.js', 'modify test/basket.test.js'];
  return `---
id: ${id}
title: ${parts.title ?? 'Sum of a basket'}
status: ${parts.status ?? 'pending'}
priority: ${parts.priority ?? 'medium'}
created: ${parts.created ?? '2026-11-20'}
updated: ${parts.created ?? '2026-11-20'}
depends_on: [${(parts.dependsOn ?? []).join(', ')}]
${parts.fields ?? 'shared_files: []'}
tests: new
---

# ${id}: ${parts.title ?? 'Sum of a basket'}

## Context

People want to know what they pay.

## Description

${parts.description ?? 'The basket says its sum.'}

## Affected Files

| File | Action | Description |
|------|--------|-------------|
${files.map((file) => `| ${file.split(' ')[1]} | ${file.split(' ')[0]} | as said |`).join('\n')}

## Acceptance Criteria

${criteria.map((text, index) => `- [ ] AC-${index + 1}: ${text}`).join('\n')}

## Test Strategy

${
  parts.strategy ??
  `### Unit Tests

- test: "should sum" → verifies AC-1, AC-2

### Integration Tests

- test: "should be whole" → verifies AC-3 to AC-20`
}

### Verification Commands

\`\`\`bash
${(parts.commands ?? ['npm test']).join('\n')}
\`\`\`

## Dependencies

None.
${parts.more ?? ''}
## History

| Date | Change | Author |
|------|--------|--------|
| 2026-11-20 | Created | ada |
`;
}

export const configText = (blocks: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    version: '1.1',
    project: { name: 'shop', stack: 'javascript' },
    backlog: { ticketPrefixes: ['FEAT', 'BUG'] },
    qualityGates: { testCommand: 'npm test', lintCommand: 'npm run lint' },
    ...blocks,
  });

export const code = {
  'package.json': JSON.stringify({
    name: 'shop',
    type: 'module',
    scripts: { test: 'node --test test/', lint: 'node lint.js' },
  }),
  '.gitignore': '.backlog-ops/\n',
  'src/basket.js':
    "import { roundCents } from './money.js';\nexport const totalCents = (items) => roundCents(items.length);\n",
  'src/money.js': 'export const roundCents = (n) => n;\n',
  'src/server.js': "import { totalCents } from './basket.js';\nroute('/api/basket/:id', totalCents);\n",
  'test/basket.test.js': "import '../src/basket.js';\n",
};

/** A repository, committed or not, of the shop's code with these tickets, `id` → text, and other files. */
export function shop(
  tickets: Readonly<Record<string, string>>,
  more: {
    readonly files?: Readonly<Record<string, string>>;
    readonly config?: Readonly<Record<string, unknown>>;
    readonly committed?: boolean;
  } = {},
): string {
  const named = Object.entries(tickets).map(([name, text]) => {
    const folder = /^status: (?:completed|obsolete|split)$/m.test(text) ? 'completed' : 'pending';
    return [`backlog/data/${folder}/${name}-ticket.md`, text];
  });
  const all = {
    'backlog.config.json': configText(more.config),
    ...code,
    ...Object.fromEntries(named),
    ...more.files,
  };
  if (more.committed) return tempRepo(all);
  const root = tempDir();
  gitIn(root, 'init', '-q', '-b', 'main');
  writeFiles(root, all);
  return root;
}

export async function worldOf(root: string): Promise<World> {
  const { paths, config } = projectOf(root);
  return openWorld(paths, config, await backlogOf(root));
}

export function backlogOf(root: string): Promise<Backlog> {
  const { paths, config } = projectOf(root);
  return loadBacklog(paths, config);
}

/** The same project with its tickets as lists have them: each check reads them anew. */
export async function listedWorldOf(root: string): Promise<World> {
  const { paths, config } = projectOf(root);
  return openWorld(paths, config, await listTickets(paths, config));
}

function projectOf(root: string) {
  const paths = requireProject(root);
  const { config } = parseConfig(readFileSync(paths.configFile, 'utf8'), paths.configFile);
  return { paths, config };
}

/** `FEAT-001 code` of every finding. */
export async function codesIn(root: string): Promise<string[]> {
  const { findings } = await deepCheck(await worldOf(root));
  expect((await deepCheck(await listedWorldOf(root))).findings).toEqual(findings);
  return findings.map(
    ({ file, code: name }) => `${path.basename(file).slice(0, file.includes('BUG-') ? 7 : 8)} ${name}`,
  );
}
