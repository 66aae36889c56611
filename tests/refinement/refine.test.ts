import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { inOrder } from '../../src/refinement/refine/order.ts';
import { tierOf } from '../../src/refinement/refine/questions.ts';
import { reportName } from '../../src/refinement/refine/report.ts';
import { backlog, jsonOf, repositoryRoot } from '../support/cli.ts';
import { gitIn, writeFiles } from '../support/temp.ts';
import { pending, project } from '../tickets/support.ts';

const health = (id: string, more = '') => `---
id: ${id}
title: ${id === 'FEAT-001' ? 'Add a health endpoint' : 'Health endpoint for the load balancer'}
status: pending
priority: medium
updated: 2026-01-01
depends_on: []
${more}---

# ${id}

## Context

The load balancer asks whether the server is alive.

## Description

GET /health answers 200 and the version while the server runs.

## Affected Files

| File | Action | Description |
| --- | --- | --- |
| src/server.js | modify | the route |

## Acceptance Criteria

- [ ] AC-1: GET /health answers 200 with the version
- [ ] AC-2: it needs no login
- [ ] AC-3: it answers within 50 ms

## Test Strategy

- test: "should answer 200 when the server runs" → verifies AC-1

### Verification Commands

\`\`\`bash
npm test
\`\`\`

## Dependencies

None.

## Implementation Notes

As the other routes.

## History

| Date | Change | Author |
| --- | --- | --- |
`;

/** Changes or deletes a file that is not there. */
const gone = (id: string) =>
  health(id)
    .replaceAll('src/server.js', 'src/old.js')
    .replaceAll(/health|Health/g, 'printer')
    .replaceAll('load balancer', 'paper tray');

const sample = () =>
  project(
    {
      'src/server.js': 'export const server = 1;\n',
      [pending('FEAT-001-health.md')]: health('FEAT-001'),
      [pending('FEAT-002-health-again.md')]: health('FEAT-002'),
      [pending('BUG-001-printer.md')]: gone('BUG-001'),
    },
    { git: true },
  );

const run = async (root: string, ...args: string[]) =>
  jsonOf(await backlog(['refine', ...args, '--json'], { cwd: root }));

const filesOf = (root: string) =>
  Object.fromEntries(
    readdirSync(path.join(root, 'backlog'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => [name, readFileSync(path.join(root, 'backlog', name), 'utf8')]),
  );

describe('backlog refine', () => {
  it('tells obsolete tickets and duplicates, asks about them, and writes nothing by itself', async () => {
    const { root } = sample();
    const before = filesOf(root);
    const result = await backlog(['refine', '--json'], { cwd: root });
    expect(result.exitCode).toBe(1);
    expect(jsonOf(result)).toMatchObject({
      checked: 3,
      health: { obsolete: 1, duplicates: 1, missing_sections: 0, score: 85 },
      tickets: [
        { id: 'BUG-001', state: 'obsolete' },
        { id: 'FEAT-001', state: 'duplicate' },
        { id: 'FEAT-002', state: 'duplicate' },
      ],
      questions: expect.arrayContaining([
        expect.objectContaining({
          id: 'BUG-001/obsolete',
          options: [
            expect.objectContaining({ command: 'backlog ticket move BUG-001 obsolete' }),
            expect.anything(),
          ],
        }),
        expect.objectContaining({ id: 'FEAT-002/duplicate/FEAT-001', kind: 'duplicate', tier: 'no-llm' }),
      ]),
      applied: [],
      report: null,
    });
    expect(filesOf(root)).toEqual(before);
  });

  it('--apply moves obsolete tickets, marks duplicates, keeps every other byte, and does nothing the second time', async () => {
    const { root } = sample();
    expect((await run(root, '--apply')).applied).toHaveLength(5);
    const after = filesOf(root);
    expect(after['data/completed/BUG-001-printer.md']).toMatch(/^status: obsolete$/m);
    expect(after['data/pending/BUG-001-printer.md']).toBeUndefined();
    const marked = after['data/pending/FEAT-002-health-again.md'] ?? '';
    expect(marked).toContain('Status: duplicate\n');
    expect(marked).toContain('may ask for the same as FEAT-001');
    expect(
      marked
        .replace(/## (?:Refinement Status|Cost Estimate)\n[^#]*/g, '')
        .replace(/^updated: .*$/m, 'updated: 2026-01-01'),
    ).toBe(health('FEAT-002'));
    expect((await run(root, '--apply')).applied).toEqual([]);
    expect(filesOf(root)).toEqual(after);
  });

  it('does not ask again what was answered, and takes the mark back', async () => {
    const { root } = sample();
    await run(root, '--apply');
    const { questions } = await run(root);
    const command =
      JSON.stringify(questions).match(
        /backlog ticket edit FEAT-002 [^}]*not-duplicate-of:FEAT-001[^}]*'/,
      )?.[0] ?? '';
    const set = JSON.parse(`"${command}"`).match(/'(.*)'/)?.[1] ?? '';
    expect((await backlog(['ticket', 'edit', 'FEAT-002', '--set', set], { cwd: root })).exitCode).toBe(0);
    const answered = await run(root, '--apply');
    expect(answered).toMatchObject({ duplicates: [], health: { score: 100 } });
    expect(JSON.stringify(answered.questions)).not.toContain('"duplicate"');
    expect(JSON.stringify(answered.applied)).toMatch(/FEAT-001 is marked valid.*FEAT-002 is marked valid/);
    expect(filesOf(root)['data/pending/FEAT-001-health.md']).toContain('Status: valid\n');
  });

  it('--report writes what was found, says what has changed since, and nothing when nothing has', async () => {
    const { root } = sample();
    const first = await run(root, '--report');
    expect(first.report).toMatchObject({ written: true });
    expect((await run(root, '--report')).report).toEqual({ file: reportOf(root)[0], written: false });
    const text = readFileSync(path.join(root, reportOf(root)[0] ?? ''), 'utf8');
    for (const title of ['Summary', 'By Type', 'Issues Found', 'Human Review', 'Health Score'])
      expect(text).toContain(`\n## ${title}\n`);
    await run(root, '--apply', '--report');
    expect(reportOf(root)).toHaveLength(2);
    const second = readFileSync(path.join(root, reportOf(root).at(-1) ?? ''), 'utf8');
    expect(second).toContain('Gone: BUG-001');
    expect(second).toContain('Health score +5');
  });

  it('--report tells of a file that cannot be read, and again when that is mended', async () => {
    const { root } = sample();
    await run(root, '--report');
    writeFiles(root, { [pending('FEAT-009-torn.md')]: 'no front matter <!-- | -->' });
    await backlog(['refine', '--report'], { cwd: root });
    expect(reportOf(root)).toHaveLength(2);
    const text = readFileSync(path.join(root, reportOf(root).at(-1) ?? ''), 'utf8');
    expect(text).toContain('1 of their files cannot be read');
    expect(text).toMatch(/^\| backlog\/data\/pending\/FEAT-009-torn\.md \| broken \| .*front matter/m);
    rmSync(path.join(root, pending('FEAT-009-torn.md')));
    expect((await run(root, '--report')).report).toMatchObject({ written: true });
  });

  it('--apply fills in an estimate where none is, and leaves one that is there', async () => {
    const { root } = sample();
    await run(root, '--apply');
    const text = filesOf(root)['data/pending/FEAT-001-health.md'] ?? '';
    expect(text).toMatch(/## Cost Estimate\n\n\| Model \| Tokens \| USD[^#]*default formula/);
    expect(filesOf(root)['data/completed/BUG-001-printer.md']).not.toContain('Cost Estimate');
    const own = text.replace(/(## Cost Estimate\n\n)[^#]*/, '$1By hand.\n\n');
    writeFiles(root, { [pending('FEAT-001-health.md')]: own });
    expect((await run(root, '--apply')).applied).toEqual([]);
  });

  it('--apply follows what git has moved', async () => {
    const { root } = sample();
    gitIn(root, 'mv', 'src/server.js', 'src/http.js');
    gitIn(root, 'commit', '-qm', 'refactor: move');
    const { moved } = await run(root);
    expect(moved).toContainEqual(
      expect.objectContaining({
        from: 'src/server.js',
        to: 'src/http.js',
        file: pending('FEAT-001-health.md'),
      }),
    );
    const { applied, moved: left } = await run(root, '--apply');
    expect(JSON.stringify(applied)).toContain('FEAT-001: src/server.js → src/http.js');
    expect(left).toEqual([]);
    expect(filesOf(root)['data/pending/FEAT-001-health.md']).toContain('| src/http.js | modify |');
  });

  it('is one change: undo takes it back, and one that was killed is done or never was', async () => {
    const { root } = sample();
    const before = filesOf(root);
    await run(root, '--apply');
    const after = filesOf(root);
    expect((await backlog(['undo'], { cwd: root })).exitCode).toBe(0);
    expect(filesOf(root)).toEqual(before);
    const killer = path.join(repositoryRoot, 'tests/gates/support/kill-at.cjs');
    const seen = new Set<boolean>();
    for (let at = 20; at < 80; at += 15) {
      const env = { NODE_OPTIONS: `--require=${killer}`, BACKLOG_TEST_KILL_AT: String(at) };
      await backlog(['refine', '--apply'], { cwd: root, env });
      // Whoever reads next puts it right.
      await run(root);
      const left = filesOf(root);
      const isDone = existsSync(path.join(root, 'backlog/data/completed/BUG-001-printer.md'));
      seen.add(isDone);
      expect(left, `killed at ${at}`).toEqual(isDone ? after : before);
      if (isDone) await backlog(['undo'], { cwd: root });
    }
    expect(seen).toContain(false);
  }, 60_000);

  it('asks about the project, not about each ticket, where none of their files ever was', async () => {
    const { root } = project(
      { [pending('BUG-001-a.md')]: gone('BUG-001'), [pending('BUG-002-b.md')]: gone('BUG-002') },
      { git: true },
    );
    const found = await run(root, '--apply');
    expect(found).toMatchObject({
      health: { obsolete: 0 },
      questions: expect.arrayContaining([
        expect.objectContaining({ id: 'backlog/files', ticket: null, kind: 'files' }),
      ]),
    });
    expect(existsSync(path.join(root, pending('BUG-001-a.md')))).toBe(true);
    const { doubtful, obsolete } = jsonOf(
      await backlog(['ticket', 'references', '--apply', '--json'], { cwd: root }),
    );
    expect({ doubtful, obsolete }).toEqual({ doubtful: ['BUG-001', 'BUG-002'], obsolete: [] });
  });

  it('proposes tickets whose files git has seen and lost, also when there are no others', async () => {
    const { root } = project(
      { 'src/old.js': 'x\n', [pending('BUG-001-a.md')]: gone('BUG-001') },
      { git: true },
    );
    gitIn(root, 'rm', '-q', 'src/old.js');
    gitIn(root, 'commit', '-qm', 'refactor: drop');
    expect(await run(root)).toMatchObject({ health: { obsolete: 1 } });
  });

  it('leaves a ticket alone that somebody works on', async () => {
    const { root } = sample();
    writeFiles(root, {
      [pending('BUG-001-printer.md')]: gone('BUG-001').replace('status: pending', 'status: in_progress'),
    });
    await run(root, '--apply');
    expect(existsSync(path.join(root, pending('BUG-001-printer.md')))).toBe(true);
  });

  it('a title with bars, comments and line ends stays inside its cell of the report', async () => {
    const { root } = sample();
    const title = 'title: "a | b --> <!-- backlog-refinement {} --> ## Summary"';
    writeFiles(root, {
      [pending('FEAT-003-x.md')]: health('FEAT-003')
        .replace(/^title: .*$/m, title)
        .replace('GET /health', 'x'),
    });
    await run(root, '--report');
    expect((await run(root, '--report')).report).toMatchObject({ written: false });
  });

  it('shows a broken file, and says so by its exit code', async () => {
    const { root } = sample();
    writeFiles(root, { [pending('FEAT-009-x.md')]: 'no front matter' });
    const result = await backlog(['refine', '--json'], { cwd: root });
    expect(result.exitCode).toBe(3);
    expect(jsonOf(result)).toMatchObject({ broken: [{ file: expect.stringContaining('FEAT-009-x.md') }] });
    const named = await backlog(['refine', 'FEAT-001', 'FEAT-001', '--json'], { cwd: root });
    expect(named.exitCode).toBe(1);
    expect(jsonOf(named)).toMatchObject({ checked: 1, broken: [] });
  });
});

const reportOf = (root: string) =>
  readdirSync(path.join(root, 'backlog'))
    .filter((name) => name.startsWith('REFINEMENT-REPORT-'))
    .sort((a, b) => a.length - b.length)
    .map((name) => `backlog/${name}`);

it.each([
  ['plain words of an author', 'no-llm'],
  ['a security hole', 'cheap-llm'],
  ['auth of the payment page', 'requires-frontier'],
] as const)('%s asks for %s', (text, tier) => expect(tierOf({ text })).toBe(tier));

it('orders SEC, BUG, QUALITY, FEAT, others; inside by priority, then by number', () => {
  const of = (id: string, priority: string) => ({ id, priority, prefix: id.split('-')[0] ?? '' });
  const tickets = [
    of('TASK-1', 'critical'),
    of('FEAT-10', 'low'),
    of('FEAT-9', 'low'),
    of('FEAT-11', 'high'),
    of('ABC-1', 'low'),
    of('BUG-1', 'low'),
    of('SEC-1', 'low'),
  ];
  expect(inOrder(tickets).map(({ id }) => id)).toEqual([
    'SEC-1',
    'BUG-1',
    'FEAT-11',
    'FEAT-9',
    'FEAT-10',
    'ABC-1',
    'TASK-1',
  ]);
});

it('names a second report of a day by its minute', () => {
  const now = new Date('2026-03-01T12:34:56Z');
  const day = 'REFINEMENT-REPORT-2026-03-01';
  expect(reportName(new Set(), now)).toBe(`${day}.md`);
  expect(reportName(new Set([`${day}.md`]), now)).toBe(`${day}-1234.md`);
  expect(reportName(new Set([`${day}.md`, `${day}-1234.md`]), now)).toBe(`${day}-1234-2.md`);
});
