import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { draftExample } from '../../src/tickets/draft.ts';
import { backlog, type CliResult, jsonOf } from '../support/cli.ts';
import { tempRepo, writeFiles } from '../support/temp.ts';

const config =
  '{"version":"1.0","project":{"name":"shop"},"backlog":{"ticketPrefixes":["FEAT","BUG","TASK","IDEA"]}}\n';
const project = (files: Readonly<Record<string, string>> = {}) =>
  tempRepo({ 'backlog.config.json': config, 'package.json': '{}', ...files });
const pending = (cwd: string) =>
  existsSync(path.join(cwd, 'backlog/data/pending'))
    ? readdirSync(path.join(cwd, 'backlog/data/pending')).sort()
    : [];
const run = (cwd: string, ...args: string[]) => backlog(args, { cwd });
const create = (cwd: string, draft: unknown): Promise<CliResult> =>
  backlog(['ticket', 'new', '--from', '-', '--json'], { cwd, input: JSON.stringify(draft) });
const codes = async (cwd: string, id: string) => (await findings(cwd, id)).map(({ code }) => code);
async function findings(
  cwd: string,
  id: string,
): Promise<{ code: string; line: number; file: string; fix: string }[]> {
  const { items } = jsonOf(await run(cwd, 'ticket', 'validate', id, '--json'));
  return Array.isArray(items) ? items : [];
}

describe('ticket new', () => {
  it.each([
    ['FEAT', 'FEAT-001-say-hello.md'],
    ['BUG', 'BUG-001-say-hello.md'],
    ['TASK', 'TASK-001-say-hello.md'],
    ['IDEA', 'IDEA-001-say-hello.md'],
  ])('with a title alone writes a draft of a %s that validate calls incomplete', async (type, name) => {
    const cwd = project();
    const done = await run(cwd, 'ticket', 'new', '--type', type, '--title', 'Say hello');
    expect([done.exitCode, done.stdout]).toEqual([0, `backlog/data/pending/${name}\n`]);
    const checked = await run(cwd, 'ticket', 'validate', `${type}-001`);
    expect(checked.exitCode).toBe(1);
    expect(checked.stdout).toContain('the section "context" says nothing yet');
  });

  it('from JSON writes a whole ticket: valid, no template text left', async () => {
    const cwd = project();
    const done = await create(cwd, draftExample);
    expect(done.exitCode, done.stderr).toBe(0);
    expect(jsonOf(done)).toMatchObject({ id: 'FEAT-001', findings: [] });
    const text = readFileSync(path.join(cwd, 'backlog/data/pending/FEAT-001-health-endpoint.md'), 'utf8');
    expect(text).not.toMatch(/<!--|<[a-z]+>|\{\{/);
    expect((await run(cwd, 'ticket', 'validate', '--all')).exitCode).toBe(0);
  });

  it('says which pending tickets have the same title, whatever its letters', async () => {
    const cwd = project();
    const make = (title: string) => run(cwd, 'ticket', 'new', '--type', 'FEAT', '--title', title, '--json');
    expect(jsonOf(await make('Health endpoint'))).toMatchObject({ same_title: [] });
    const again = await make('health  Endpoint');
    expect(jsonOf(again)).toMatchObject({ id: 'FEAT-002', same_title: ['FEAT-001'] });
    expect(again.stderr).toContain('FEAT-001 has the same title');
    expect(jsonOf(await make('検索'))).toMatchObject({ same_title: [] });
    expect(jsonOf(await make('通知'))).toMatchObject({ same_title: [] });
    expect(jsonOf(await make('検索'))).toMatchObject({ id: 'FEAT-005', same_title: ['FEAT-003'] });
    await run(cwd, 'ticket', 'move', 'FEAT-001', 'obsolete');
    expect(jsonOf(await make('Health endpoint'))).toMatchObject({ same_title: ['FEAT-002'] });
  });

  it('an unknown key is answered with all keys, or with the one that was meant', async () => {
    const cwd = project();
    const done = await create(cwd, { ...draftExample, howto: 'x' });
    expect(done).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('implementation_notes') });
    const near = await create(cwd, { ...draftExample, contextt: 'x' });
    expect(near.stderr).toContain('did you mean "context"?');
    expect(near.stderr).not.toContain('implementation_notes');
  });

  it('--from help prints a form that is accepted', async () => {
    const cwd = project();
    const { stdout } = await run(cwd, 'ticket', 'new', '--from', 'help');
    expect((await create(cwd, JSON.parse(stdout))).exitCode).toBe(0);
  });

  it('tells every problem of the JSON at once, and writes nothing', async () => {
    const cwd = project();
    const done = await create(cwd, { ...draftExample, priority: 'urgent', titel: 'x', criteria: [] });
    expect(done.exitCode).toBe(2);
    for (const part of ['priority', 'did you mean "title"', 'criteria']) expect(done.stderr).toContain(part);
    expect(pending(cwd)).toEqual([]);
  });

  it('refuses a ticket that would not be valid, and writes nothing', async () => {
    const cwd = project();
    const done = await create(cwd, { ...draftExample, criteria: ['only one'] });
    expect([done.exitCode, pending(cwd)]).toEqual([1, []]);
    expect(done.stderr).toContain('1 acceptance criteria, at least 3');
  });

  it('values cannot break the structure', async () => {
    const cwd = project();
    const title = 'A: "quoted" title #1, with | bars\u2028and more';
    const done = await create(cwd, {
      ...draftExample,
      title,
      description: '# Big\n\n## Acceptance Criteria\n\n- [ ] AC-9: forged\n\nSetext\n---\n\n```\nopen fence',
      affected_files: [{ path: 'src/a|b.js', action: 'modify', description: 'x | y\n| z | create | |' }],
    });
    expect(done.exitCode, done.stderr).toBe(0);
    const shown = jsonOf(await run(cwd, 'ticket', 'show', 'FEAT-001', '--json'));
    expect(shown).toMatchObject({
      title: title.replaceAll(/\s+/g, ' ').includes('bars')
        ? expect.stringContaining('A: "quoted" title #1')
        : title,
    });
    expect(shown.criteria).toHaveLength(3);
    expect(shown.affected_files).toMatchObject([{ path: 'src/a|b.js', action: 'modify' }]);
  });

  it('refuses a prefix that the project does not have', async () => {
    const done = await run(project(), 'ticket', 'new', '--type', 'NOPE', '--title', 'x');
    expect(done.exitCode).toBe(2);
  });
});

describe('ticket validate', () => {
  const valid = async (cwd: string) => {
    await create(cwd, draftExample);
    return path.join(cwd, 'backlog/data/pending/FEAT-001-health-endpoint.md');
  };
  const edit = async (from: string | RegExp, to: string): Promise<string[]> => {
    const cwd = project();
    const file = await valid(cwd);
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(from);
    writeFiles(cwd, { [path.relative(cwd, file)]: text.replace(from, to) });
    return codes(cwd, 'FEAT-001');
  };

  it.each([
    ['an unknown status', /status: pending/, 'status: Bogus', 'ticket-status'],
    ['an unknown priority', /priority: medium/, 'priority: urgent', 'ticket-priority'],
    ['a missing section', /## Context\n/, '## Contextual\n', 'ticket-section-missing'],
    ['a section with a comment only', /The load balancer[^\n]*/, '<!-- later -->', 'ticket-section-empty'],
    ['a placeholder', /The load balancer[^\n]*/, 'TBD', 'ticket-section-empty'],
    [
      'a heading inside a code block',
      /## Context\n\n(The load[^\n]*)/,
      '```\n## Context\n\n$1\n```',
      'ticket-section-missing',
    ],
    ['too few criteria', /- \[ \] AC-3[^\n]*\n/, '', 'ticket-criteria'],
    ['a criterion twice', /AC-3:/, 'AC-2:', 'ticket-criterion-duplicate'],
    ['no verification command', /npm test/, '', 'ticket-verification'],
    ['a path out of the project', /src\/health\.js/, '../../etc/passwd', 'ticket-file-outside'],
    ['an unknown dependency', /depends_on: \[\]/, 'depends_on: [FEAT-099]', 'ticket-dependency-unknown'],
    ['a dependency on itself', /depends_on: \[\]/, 'depends_on: [FEAT-001]', 'ticket-dependency-cycle'],
    ['tests: none with code', /tests: new/, 'tests: none', 'ticket-tests-none'],
    ['completed by hand', /status: pending/, 'status: completed', 'ticket-folder'],
  ])('finds %s', async (_name, from, to, code) => {
    expect(await edit(from, to)).toContain(code);
  });

  it.each(['docs/health.md', 'public/site.css', 'LICENSE'])('takes %s for no code', async (file) => {
    const cwd = project();
    const affected = [{ path: file, action: 'modify', description: 'words' }];
    const done = await create(cwd, { ...draftExample, test_mode: 'none', affected_files: affected });
    expect(done.exitCode, done.stderr).toBe(0);
  });

  it('asks for no test of a ticket without code, and says in its own words what to add to a change of structure', async () => {
    const tests = { ...draftExample.tests, unit: [], integration: [] };
    const affected = [{ path: 'docs/health.md', action: 'modify', description: 'words' }];
    const cwd = project();
    const none = { ...draftExample, tests, test_mode: 'none', affected_files: affected };
    expect((await create(cwd, none)).exitCode).toBe(0);
    const existing = await create(cwd, { ...draftExample, tests, test_mode: 'existing' });
    expect(existing.exitCode).toBe(1);
    expect(existing.stderr).toContain('say which tests hold what must not change');
  });

  it('names only the members of a cycle, and file and line of each finding', async () => {
    const cwd = project();
    for (let count = 0; count < 3; count += 1) await create(cwd, draftExample);
    await run(cwd, 'ticket', 'edit', 'FEAT-001', '--set', 'depends_on=[FEAT-002]');
    await run(cwd, 'ticket', 'edit', 'FEAT-002', '--set', 'depends_on=[FEAT-001]');
    await run(cwd, 'ticket', 'edit', 'FEAT-003', '--set', 'depends_on=[FEAT-001]');
    expect(await codes(cwd, 'FEAT-001')).toEqual(['ticket-dependency-cycle']);
    expect(await codes(cwd, 'FEAT-003')).toEqual([]);
    expect((await findings(cwd, 'FEAT-002'))[0]).toMatchObject({
      file: expect.stringMatching(/FEAT-002/),
      line: 10,
      fix: expect.any(String),
    });
  });
});

describe('ticket list', () => {
  it('shows and counts a broken file, prints the rest, and exits 3', async () => {
    const cwd = project();
    await create(cwd, draftExample);
    writeFiles(cwd, { 'backlog/data/pending/FEAT-002-broken.md': '---\nid: [\n---\n' });
    const done = await run(cwd, 'ticket', 'list');
    expect(done.exitCode).toBe(3);
    expect(done.stdout).toMatch(/FEAT-001[\s\S]*1 broken file[\s\S]*FEAT-002-broken\.md:\d+:/);
    expect(jsonOf(await run(cwd, 'ticket', 'list', '--json'))).toMatchObject({
      items: [{ id: 'FEAT-001' }],
      broken: [{ line: expect.any(Number) }],
    });
  });

  it('filters: alternatives within a kind, all kinds together', async () => {
    const cwd = project();
    await create(cwd, draftExample);
    await create(cwd, { ...draftExample, type: 'BUG', priority: 'high', tags: ['ui'] });
    await create(cwd, { ...draftExample, type: 'TASK', priority: 'low' });
    const ids = async (...args: string[]) => {
      const { items } = jsonOf(await run(cwd, 'ticket', 'list', '--json', ...args));
      return Array.isArray(items) ? items.map(({ id }) => id) : [];
    };
    expect(await ids('--type', 'BUG', '--type', 'TASK')).toEqual(['BUG-001', 'TASK-001']);
    expect(await ids('--type', 'BUG', '--priority', 'low')).toEqual([]);
    expect(await ids('--tag', 'ui')).toEqual(['BUG-001']);
    expect(await ids('--text', 'LOAD BALANCER')).toHaveLength(3);
    expect(await ids('--ready')).toEqual(['BUG-001', 'FEAT-001', 'TASK-001']);
  });
});

describe('every ticket command', () => {
  it.each([
    [['list'], 0],
    [['show', 'FEAT-001'], 0],
    [['validate', 'FEAT-001'], 1],
    [['edit', 'FEAT-001', '--set', 'priority=high'], 0],
    [['new', '--type', 'FEAT', '--title', 'x'], 0],
  ])('%j says once on stderr what the configuration warns of', async (args, exitCode) => {
    const cwd = project({ 'backlog.config.json': config.replace('"1.0",', '"1.0","llmOps":{},') });
    await run(cwd, 'ticket', 'new', '--type', 'FEAT', '--title', 'first');
    const done = await run(cwd, 'ticket', ...args, '--json');
    expect([done.exitCode, done.stderr.match(/^warning: backlog\.config\.json:1: /gm)]).toEqual([
      exitCode,
      ['warning: backlog.config.json:1: '],
    ]);
    expect(jsonOf(done).schemaVersion).toBe(1);
  });

  it.each([
    [['--status', 'pendign'], 'did you mean pending?'],
    [['--priority', 'hgih'], 'did you mean high?'],
    [['--type', 'FAET'], 'did you mean FEAT?'],
    [['--type', 'NOPE'], 'pass one of: FEAT'],
  ])('list %j is a wrong call, not an empty list', async (flags, fix) => {
    const done = await run(project(), 'ticket', 'list', ...flags);
    expect([done.exitCode, done.stdout]).toEqual([2, '']);
    expect(done.stderr).toContain(fix);
  });

  it('list finds tickets by a status that only they have, in any case', async () => {
    const cwd = project();
    writeFiles(cwd, { 'backlog/data/pending/FEAT-001-a.md': '---\nid: FEAT-001\nstatus: Open\n---\n' });
    const { items } = jsonOf(await run(cwd, 'ticket', 'list', '--status', 'open', '--json'));
    expect(items).toHaveLength(1);
    expect((await run(cwd, 'ticket', 'list', '--status', 'OBSOLETE')).exitCode).toBe(0);
  });

  it('names a broken file from where it is called, and its place once', async () => {
    const cwd = project({ 'src/a.js': '' });
    writeFiles(cwd, { 'backlog/data/pending/FEAT-002-broken.md': 'no fence' });
    const below = path.join(cwd, 'src');
    const file = '../backlog/data/pending/FEAT-002-broken.md';
    for (const command of [['ticket', 'list'], ['ticket', 'validate'], []]) {
      expect(jsonOf(await run(below, ...command, '--json')).broken).toMatchObject([
        { file, line: 1, message: expect.stringContaining(`${file}:1: `) },
      ]);
      const text = (await run(below, ...command)).stdout;
      expect(text.match(/^.*FEAT-002-broken\.md:1.*$/gm), text).toEqual([
        expect.stringMatching(/^ {2}\.\.\/backlog\/data\/pending\/FEAT-002-broken\.md:1: \S/),
      ]);
    }
  });
});

describe('ticket edit and move', () => {
  it('changes one line', async () => {
    const cwd = project();
    await create(cwd, draftExample);
    const file = path.join(cwd, 'backlog/data/pending/FEAT-001-health-endpoint.md');
    const before = readFileSync(file, 'utf8').split('\n');
    await run(cwd, 'ticket', 'edit', 'FEAT-001', '--set', 'priority=high');
    const after = readFileSync(file, 'utf8').split('\n');
    expect(after.filter((line, index) => line !== before[index])).toEqual(['priority: high']);
  });

  it.each([
    [['edit', 'FEAT-001', '--set', 'id=FEAT-002'], 2],
    [['edit', 'FEAT-001', '--set', 'status=completed'], 2],
    [['edit', 'FEAT-001', '--set', 'priority=urgent'], 2],
    [['edit', 'FEAT-001', '--set', '__proto__=x'], 2],
    [['edit', 'FEAT-001', '--set', 'status=obsolete'], 2],
    [['edit', 'FEAT-001', '--set', 'title="two\\nlines"'], 2],
    [['new', '--type', 'FEAT', '--title', 'two\nlines'], 2],
    [['new', '--type', 'FEAT', '--title', '\u001b[2J'], 2],
    [['new', '--type', 'FEAT', '--title', 'x'.repeat(201)], 2],
    [['new', '--type', 'FEAT', '--title', 'x', '--set', 'title="two\\nlines"'], 2],
    [['new', '--type', 'FEAT', '--title', 'x', '--set', 'status=obsolete'], 2],
    [['new', '--type', 'FEAT', '--title', 'x', '--set', '__proto__=x'], 2],
    [['edit', 'FEAT-001'], 2],
    [['move', 'FEAT-001', 'completed'], 1],
    [['move', 'FEAT-001', 'nowhere'], 2],
    [['show', 'FEAT-404'], 3],
  ])('%j is refused', async (args, exitCode) => {
    const cwd = project();
    await create(cwd, draftExample);
    const file = path.join(cwd, 'backlog/data/pending/FEAT-001-health-endpoint.md');
    const before = readFileSync(file, 'utf8');
    const done = await run(cwd, 'ticket', ...args);
    expect([done.exitCode, done.stderr]).toEqual([exitCode, expect.stringMatching(/^error: .*\nfix: /s)]);
    expect([readFileSync(file, 'utf8'), pending(cwd)]).toEqual([before, ['FEAT-001-health-endpoint.md']]);
  });

  it.each([
    ['[a, b]', ['a', 'b']],
    ['no', 'no'],
    ['3', 3],
    ['~', null],
    ['# a heading', '# a heading'],
    ['fix it # now', 'fix it # now'],
    ['&anchor text', '&anchor text'],
    ['*alias', '*alias'],
    ['&x [*x]', '&x [*x]'],
    ['!!js/function x', '!!js/function x'],
    ['!important', '!important'],
    ['a: b', 'a: b'],
    ['"quoted"', 'quoted'],
  ])('--set phase=%s gives %j', async (raw, expected) => {
    const cwd = project();
    await create(cwd, draftExample);
    for (const key of ['phase', 'constructor'])
      expect(await run(cwd, 'ticket', 'edit', 'FEAT-001', '--set', `${key}=${raw}`)).toMatchObject({
        exitCode: 0,
      });
    const shown = jsonOf(await run(cwd, 'ticket', 'show', 'FEAT-001', '--json'));
    expect(shown.fields).toMatchObject({ phase: expected, constructor: expected });
  });

  it('obsolete moves the file to completed/', async () => {
    const cwd = project();
    await create(cwd, draftExample);
    expect((await run(cwd, 'ticket', 'move', 'FEAT-001', 'obsolete')).exitCode).toBe(0);
    expect([
      pending(cwd),
      existsSync(path.join(cwd, 'backlog/data/completed/FEAT-001-health-endpoint.md')),
    ]).toEqual([[], true]);
  });
});
