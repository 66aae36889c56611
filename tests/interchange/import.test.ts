import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ImportForm } from '../../src/interchange/foreign.ts';
import { type ImportReport, importTickets } from '../../src/interchange/import.ts';
import { readSource } from '../../src/interchange/source.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { ProjectPaths } from '../../src/project/paths.ts';
import { openBacklog } from '../../src/tickets/store.ts';
import { undoLast } from '../../src/tickets/undo.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { corpusFiles, corpusFolder } from '../support/corpus.ts';
import { tempDir, writeFiles } from '../support/temp.ts';
import { config, project } from '../tickets/support.ts';

function from(paths: ProjectPaths, form: ImportForm, place: string, dryRun = false): Promise<ImportReport> {
  const options = { form, prefix: undefined, dryRun, clock: systemClock };
  return importTickets(paths, config, readSource(form, place), options);
}

async function imported(form: ImportForm, content: string | Readonly<Record<string, string>>) {
  const folder = tempDir();
  writeFiles(folder, typeof content === 'string' ? { source: content } : content);
  const place = typeof content === 'string' ? path.join(folder, 'source') : folder;
  const paths = project();
  const report = await from(paths, form, place);
  const backlog = openBacklog(paths, config);
  expect(backlog.broken).toEqual([]);
  const again = await from(paths, form, place);
  expect(again).toMatchObject({ imported: [], already: { length: report.imported.length } });
  expect(again.already.filter(({ otherTitle }) => otherTitle !== undefined)).toEqual([]);
  return { paths, report, backlog, ticket: (id: string) => backlog.byId(id), place };
}

describe('the corpus of real Backlog.md files', () => {
  const corpus = corpusFolder();
  it('is imported with every file accounted for, and once', async ({ skip }) => {
    if (corpus === undefined) return skip('the corpus is not here: see tests/tickets/corpus.test.ts');
    const paths = project();
    const report = await from(paths, 'backlog-md', corpus);
    const places = [
      ...report.imported.map(({ place }) => place),
      ...report.refused.map(({ place }) => place),
      ...report.ignored.map(({ place }) => place),
    ];
    expect(places.sort()).toEqual(
      corpusFiles(corpus)
        .map((file) => path.relative(corpus, file))
        .sort(),
    );
    expect(report).toMatchObject({
      found: 682,
      imported: { length: 671 },
      refused: [],
      ignored: { length: 11 },
    });
    const { tickets, broken } = openBacklog(paths, config);
    expect(broken).toEqual([]);
    expect(new Set(tickets.map(({ id }) => id)).size).toBe(671);
    expect(tickets.filter(({ status }) => status === 'completed')).toHaveLength(575);
    // Every dependency that is kept leads somewhere.
    const ids = new Set(tickets.map(({ id }) => id));
    const dangling = tickets.filter(
      ({ dependsOn, folder }) => folder === 'completed' && dependsOn.some((id) => !ids.has(id)),
    );
    expect(dangling).toEqual([]);
    const again = await from(paths, 'backlog-md', corpus);
    expect(again).toMatchObject({ imported: [], already: { length: 671 } });
    expect(again.already.filter(({ otherTitle }) => otherTitle !== undefined)).toEqual([]);
    await undoLast(paths, config, systemClock, async () => {});
    expect(openBacklog(paths, config).tickets).toEqual([]);
  });
});

describe('Backlog.md', () => {
  const task = (id: string, more = '', body = '') =>
    `---\nid: ${id}\ntitle: Title of ${id}\nstatus: To Do\nassignee: []\ncreated_date: '2025-08-03'\nlabels: [cli]\ndependencies: []\n${more}---\n${body}`;

  it('keeps ids, dependencies, status, criteria, text, labels, dates and assignees', async () => {
    const { ticket, report } = await imported('backlog-md', {
      'tasks/a.md': task(
        'FEAT-12',
        'priority: high\nordinal: 1000\nparent_task_id: FEAT-3\n',
        '\n## Description\n\n<!-- SECTION:DESCRIPTION:BEGIN -->\nSee task-3.1 and FEAT-3.\n<!-- SECTION:DESCRIPTION:END -->\n\n## Acceptance Criteria\n<!-- AC:BEGIN -->\n- [x] #1 it works\n- [ ] #2 it is fast\n<!-- AC:END -->\n\n## Implementation Notes\n\n```\n## no heading\n```\n',
      )
        .replace('dependencies: []', 'dependencies: [FEAT-3, task-3.1, task-99]')
        .replace('assignee: []', 'assignee:\n  - @ada\n  - @bob'),
      'tasks/b.md': task('FEAT-3').replace('To Do', 'In Progress'),
      'tasks/c.md': task('task-3.1'),
      'completed/d.md': task('FEAT-4').replace('To Do', 'Done'),
      'archive/tasks/e.md': task('FEAT-5'),
      'drafts/f.md': task('DRAFT-6'),
      'docs/g.md': task('FEAT-7'),
      'readme.md': '# hello\n',
    });
    const first = ticket('FEAT-12');
    expect(first).toMatchObject({
      title: 'Title of FEAT-12',
      priority: 'high',
      tags: ['cli'],
      criteria: [
        { id: 'AC-1', text: 'it works', checked: true },
        { id: 'AC-2', text: 'it is fast', checked: false },
      ],
      fields: {
        created: '2025-08-03',
        assignee: '@ada, @bob',
        parent: 'FEAT-3',
        imported_from: 'backlog-md:FEAT-12',
        imported_fields: { ordinal: 1000, dependencies: ['task-99'] },
      },
    });
    const part = report.imported.find(({ from: name }) => name === 'task-3.1')?.id ?? '';
    expect(part).toMatch(/^FEAT-\d{3}$/);
    expect(first?.dependsOn).toEqual(expect.arrayContaining(['FEAT-3', part]));
    expect(first?.otherBlockers).toEqual(['waits for task-99, which was not imported']);
    expect(first?.text).toContain(`See ${part} and FEAT-3.`);
    expect(first?.text).toContain('```\n## no heading\n```');
    expect(ticket('FEAT-3')).toMatchObject({ status: 'in_progress', folder: 'pending' });
    expect(ticket('FEAT-4')).toMatchObject({ status: 'completed', folder: 'completed' });
    expect(ticket('FEAT-5')).toMatchObject({ status: 'obsolete', folder: 'completed' });
    expect(ticket('DRAFT-6')?.otherBlockers).toEqual(['draft where it was imported from']);
    expect(report).toMatchObject({
      missingPrefixes: ['DRAFT'],
      ignored: [{ place: 'docs/g.md' }, { place: 'readme.md' }],
    });
    expect(report.unmapped.map(({ what }) => what).join('\n')).toMatch(
      /task-99[\s\S]*ordinal|ordinal[\s\S]*task-99/,
    );
  });

  it('two tasks with one id both come, the second under a new one', async () => {
    const { report, backlog } = await imported('backlog-md', {
      'tasks/a.md': task('FEAT-1'),
      'tasks/b.md': task('FEAT-1'),
    });
    expect(report.imported.map(({ id }) => id)).toEqual(['FEAT-1', 'FEAT-002']);
    expect(backlog.byId('FEAT-002')?.fields.imported_from).toBe('backlog-md:FEAT-1 (tasks/b.md)');
  });

  it('follows no link, and reads no folder that is named like a task', async () => {
    const folder = tempDir();
    writeFiles(folder, { 'outside.md': task('FEAT-1'), 'in/tasks/x.md/y': '' });
    symlinkSync(path.join(folder, 'outside.md'), path.join(folder, 'in/tasks/link.md'));
    const report = await from(project(), 'backlog-md', path.join(folder, 'in'));
    expect(report).toMatchObject({ imported: [], ignored: [{ place: 'tasks/link.md' }] });
  });
});

describe('Task Master', () => {
  it('reads tags, subtasks and both kinds of dependencies', async () => {
    const master = {
      tasks: [
        {
          id: 1,
          title: 'Base',
          status: 'done',
          dependencies: [],
          priority: 'high',
          description: 'd',
          details: 'how',
          testStrategy: 'so',
        },
        {
          id: 2,
          title: 'More',
          status: 'deferred',
          dependencies: [1],
          subtasks: [
            { id: 1, title: 'Part one', status: 'pending', dependencies: [] },
            { id: 2, title: 'Part two', status: 'in-progress', dependencies: [1, '1'] },
          ],
        },
      ],
    };
    const side = { tasks: [{ id: 1, title: 'Elsewhere', status: 'cancelled', dependencies: [] }] };
    const { report, ticket } = await imported('task-master', JSON.stringify({ master, side }));
    const id = (name: string) => report.imported.find(({ from: one }) => one === name)?.id ?? '';
    expect([id('1'), id('2')]).toEqual(['FEAT-001', 'FEAT-002']);
    expect(ticket(id('1'))).toMatchObject({ status: 'completed', priority: 'high' });
    expect(ticket(id('1'))?.sections.map(({ title }) => title)).toEqual([
      'Description',
      'Dependencies',
      'Test Strategy',
      'Implementation Notes',
      'History',
    ]);
    expect(ticket(id('2'))?.otherBlockers).toEqual(['deferred where it was imported from']);
    expect(ticket(id('2.2'))).toMatchObject({
      status: 'in_progress',
      dependsOn: [id('2.1'), id('1')],
      fields: { parent: id('2') },
    });
    expect(ticket(id('side/1'))).toMatchObject({ status: 'obsolete', tags: ['side'] });
    expect((await imported('task-master', JSON.stringify(master))).report.imported).toHaveLength(4);
  });
});

describe('Beads', () => {
  it('reads an issue a line, with hashed ids, typed links and comments', async () => {
    const lines = [
      {
        id: 'bd-a1b2',
        title: 'Epic',
        issue_type: 'feature',
        status: 'open',
        priority: 0,
        description: 'see bd-a1b2.1',
        created_at: '2025-11-02T10:00:00Z',
      },
      {
        id: 'bd-a1b2.1',
        title: 'Part',
        issue_type: 'bug',
        status: 'blocked',
        priority: 4,
        acceptance_criteria: '- one\n- two',
        labels: ['x'],
        dependencies: [
          { issue_id: 'bd-a1b2.1', depends_on_id: 'bd-a1b2', type: 'parent-child' },
          { issue_id: 'bd-a1b2.1', depends_on_id: 'bd-9', type: 'blocks' },
          { issue_id: 'bd-a1b2.1', depends_on_id: 'bd-9', type: 'related' },
        ],
        comments: [{ author: 'ada', text: 'hello', created_at: '2025-11-03T10:00:00Z' }],
      },
      {
        id: 'bd-9',
        title: 'Closed',
        status: 'closed',
        closed_at: '2025-12-01T00:00:00Z',
        close_reason: 'done',
      },
      { id: 'bd-10', title: 'Gone', status: 'tombstone' },
    ];
    const text = `\ufeff${lines.map((one) => JSON.stringify(one)).join('\r\n')}\r\n{"id":\r\n`;
    const { report, ticket } = await imported('beads', text);
    expect(report.imported.map(({ id }) => id)).toEqual(['FEAT-001', 'BUG-001', 'BD-9']);
    expect(ticket('FEAT-001')).toMatchObject({ priority: 'critical', fields: { created: '2025-11-02' } });
    expect(ticket('FEAT-001')?.text).toContain('see BUG-001');
    expect(ticket('BUG-001')).toMatchObject({
      priority: 'low',
      tags: ['x'],
      dependsOn: ['BD-9'],
      fields: { parent: 'FEAT-001', imported_fields: { links: ['related:bd-9'] } },
    });
    expect(ticket('BUG-001')?.criteria.map((one) => one.text)).toEqual(['one', 'two']);
    expect(ticket('BUG-001')?.text).toContain('## Comment by ada, 2025-11-03T10:00:00Z');
    expect(ticket('BD-9')).toMatchObject({ status: 'completed', fields: { completed: '2025-12-01' } });
    expect(report).toMatchObject({ refused: [{ line: 5 }], ignored: [{ place: 'source:4' }] });
  });
});

describe('GitHub', () => {
  it('keeps numbers, labels, people and reasons, and leaves pull requests out', async () => {
    const { report, ticket } = await imported(
      'github-json',
      JSON.stringify([
        {
          number: 7,
          title: 'Crash',
          body: 'as in #8\r\n',
          state: 'OPEN',
          labels: [{ name: 'bug' }, { name: 'priority: high' }],
          assignees: [{ login: 'ada' }],
          createdAt: '2025-01-02T00:00:00Z',
          url: 'https://example.com/issues/7',
        },
        {
          number: 8,
          title: 'Old',
          body: null,
          state: 'CLOSED',
          stateReason: 'NOT_PLANNED',
          labels: [],
          assignees: [],
        },
        { number: 9, title: 'Done', state: 'closed', state_reason: 'completed', milestone: { title: 'v1' } },
        { number: 10, title: 'A pull request', state: 'open', pull_request: {} },
        'nonsense',
      ]),
    );
    expect(report.imported.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'BUG-007 pending',
      'FEAT-008 obsolete',
      'FEAT-009 completed',
    ]);
    expect(ticket('BUG-007')).toMatchObject({
      priority: 'high',
      fields: { assignee: 'ada', imported_from: 'github-json:7' },
    });
    expect(ticket('BUG-007')?.text).toContain('as in FEAT-008');
    expect(report).toMatchObject({
      refused: [{ place: 'source[4]' }],
      ignored: [{ reason: 'a pull request' }],
    });
  });
});

describe('CSV', () => {
  it('reads what trackers write: any column order, quoted line ends, repeated columns', async () => {
    const { ticket, report } = await imported(
      'csv',
      '\ufeffSummary,Issue key,Status,Labels,Labels,Description,Sprint,Depends on\r\n"A ""quoted"", title",FEAT-5,To Do,one,two,"first\r\nsecond",7,FEAT-6\r\nB,FEAT-6,Shipped?,,,,,\r\n,,,,,,,\r\n',
    );
    expect(ticket('FEAT-5')).toMatchObject({
      title: 'A "quoted", title',
      tags: ['one', 'two'],
      dependsOn: ['FEAT-6'],
      fields: { imported_fields: { sprint: '7' } },
    });
    expect(ticket('FEAT-5')?.text).toContain('first\nsecond');
    expect(report.unmapped).toContainEqual(
      expect.objectContaining({ id: 'FEAT-6', what: expect.stringContaining('Shipped?') }),
    );
    expect(report.refused).toMatchObject([{ line: 5 }]);
  });
});

describe('hostile input', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  it.each<[ImportForm, string]>([
    ['github-json', ''],
    ['github-json', deep],
    ['github-json', '{"number":{"a":1},"title":[1],"labels":7,"assignees":"x","body":{"__proto__":{"x":1}}}'],
    [
      'task-master',
      '{"master":{"tasks":[{"id":"../../x","title":"t","subtasks":"no","dependencies":{"a":1}},[],null]}}',
    ],
    ['task-master', '[]'],
    ['beads', '{"id":"../../../etc/passwd","title":"t","dependencies":[1,{"type":7}],"comments":"x"}'],
    ['beads', `{"id":"a","title":"${'x'.repeat(100_000)}","__proto__":{"polluted":1}}`],
    ['csv', 'title,id\n"never closed,1\n'],
    ['csv', `title,fields\n${'a,'.repeat(50_000)}\n`],
    ['csv', 'title,fields,body\nx,"{""id"":""../../x"",""status"":""completed"",""x y"":1}",# h\n'],
    [
      'json',
      '{"tickets":[{"fields":{"id":"FEAT-1","title":"t","__proto__":1,"imported_from":7},"body":"---\\nid: x\\n---\\n```"}]}',
    ],
    ['backlog-md', '---\nid: ../../x\ntitle: "## t\\n---"\nstatus: !!js/function x\n---\n## A\n```\n<!-- \n'],
    ['backlog-md', '---js\nprocess.exit(1)\n---\n'],
  ])('%s %# writes nothing elsewhere, and every ticket that comes can be read', async (form, content) => {
    const folder = tempDir();
    writeFiles(folder, { [form === 'backlog-md' ? 'x.md' : 'x']: content });
    const paths = project();
    const before = readdirSync(path.dirname(paths.mainRoot)).length;
    const report = await from(paths, form, form === 'backlog-md' ? folder : path.join(folder, 'x'));
    const backlog = openBacklog(paths, config);
    expect(backlog.broken).toEqual([]);
    expect(backlog.tickets).toHaveLength(report.imported.length);
    for (const { file } of report.imported) {
      expect(path.relative(paths.mainRoot, file)).toMatch(
        /^backlog\/data\/(pending|completed)\/[A-Z]+-\d+-[a-z0-9-]+\.md$/,
      );
      expect(existsSync(file)).toBe(true);
    }
    expect(readdirSync(paths.mainRoot).sort()).toEqual(
      expect.arrayContaining(['.gitignore', 'backlog.config.json']),
    );
    expect(readdirSync(path.dirname(paths.mainRoot)).length).toBeGreaterThanOrEqual(before);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('a dry run writes nothing', async () => {
    const folder = tempDir();
    writeFiles(folder, { x: '{"id":"FEAT-1","title":"t"}' });
    const paths = project();
    expect(await from(paths, 'beads', path.join(folder, 'x'), true)).toMatchObject({
      imported: [{ id: 'FEAT-1' }],
    });
    expect(existsSync(path.join(paths.mainRoot, 'backlog'))).toBe(false);
  });
});

describe('what cannot be taken over as it is', () => {
  it('is refused where a file is in another encoding, and other files are imported', async () => {
    const folder = tempDir();
    writeFiles(folder, {
      'tasks/a.md': Buffer.from('---\nid: BACK-1\ntitle: Caf\u00e9\n---\n', 'latin1'),
      'tasks/b.md': '---\nid: BACK-2\ntitle: Tea\n---\n',
      'table.csv': Buffer.from('\ufefftitle\r\nTea\r\n', 'utf16le'),
    });
    expect(() => readSource('csv', path.join(folder, 'table.csv'))).toThrowError(
      expect.objectContaining({ code: 'import-encoding', exitCode: 2 }),
    );
    expect(await from(project(), 'backlog-md', folder)).toMatchObject({
      imported: [{ from: 'BACK-2' }],
      refused: [{ place: 'tasks/a.md', reason: expect.stringContaining('UTF-8') }],
    });
  });

  it('is told by its place in the source, when a ticket would be too large', async () => {
    const folder = tempDir();
    writeFiles(folder, { x: `{"id":"a","title":"t","description":"${'x'.repeat(5_000_000)}"}` });
    const { refused } = await from(project(), 'beads', path.join(folder, 'x'));
    expect(refused).toMatchObject([
      { place: 'x', line: 1, reason: expect.stringMatching(/^\d+ bytes/), fix: 'mend x:1 and import again' },
    ]);
  });

  it('is told when it is cut or left out: deep values, cells without a heading', async () => {
    const deep = JSON.parse(`${'['.repeat(30)}1${']'.repeat(30)}`);
    const { report, ticket } = await imported(
      'beads',
      JSON.stringify({
        id: 'FEAT-1',
        title: 't',
        metadata: deep,
        lists: [
          [1, 2],
          [null, 3],
        ],
      }),
    );
    expect(report.unmapped.map(({ what }) => what)).toContain('`metadata` is nested too deeply, and was cut');
    expect(ticket('FEAT-1')?.fields.imported_fields).toMatchObject({
      lists: [
        [1, 2],
        [null, 3],
      ],
    });
    const csv = await imported('csv', 'id,title,Comment,Comment\nFEAT-1,t,first,second,third\n');
    expect(csv.ticket('FEAT-1')?.fields.imported_fields).toEqual({ comment: ['first', 'second'] });
    expect(csv.report.unmapped.map(({ what }) => what)).toContain(
      'it has more cells than there are headings: 1 left out',
    );
  });

  it('a table with semicolons is told how to be saved', () => {
    const folder = tempDir();
    writeFiles(folder, { x: 'title;status\na;open\n' });
    expect(readSource('csv', path.join(folder, 'x')).refused).toMatchObject([
      { fix: expect.stringContaining('semicolons') },
    ]);
  });

  it('a day that no calendar has is no date', async () => {
    const { ticket } = await imported(
      'beads',
      '{"id":"FEAT-1","title":"t","created_at":"2024-02-31T00:00:00Z"}',
    );
    expect(ticket('FEAT-1')?.fields).toMatchObject({ imported_fields: { created: '2024-02-31T00:00:00Z' } });
  });

  it('the last number that an id can have leaves the others an id of their own', async () => {
    const { report } = await imported(
      'beads',
      [
        '{"id":"FEAT-999999999","title":"a"}',
        '{"id":"?","title":"b","issue_type":"feature"}',
        '{"id":"??","title":"c","issue_type":"feature"}',
      ].join('\n'),
    );
    expect(report.imported.map(({ id }) => id)).toEqual(['FEAT-999999999', 'FEAT-001', 'FEAT-002']);
  });
});

describe('two sources with the same ids', () => {
  const issue = (title: string) => JSON.stringify([{ number: 7, title, body: 'As it says.', state: 'open' }]);

  it('are told by their titles, and kept apart by a name', async () => {
    const folder = tempDir();
    writeFiles(folder, {
      'api.json': issue(`Add  a page ${'x'.repeat(300)}`),
      'web.json': issue('Add a menu'),
    });
    const root = project().mainRoot;
    const run = (...args: string[]) =>
      backlog(['ticket', 'import', '--from', 'github-json', ...args], { cwd: root });
    expect((await run(path.join(folder, 'api.json'))).exitCode).toBe(0);
    const unchanged = await run(path.join(folder, 'api.json'), '--json');
    expect(jsonOf(unchanged)).toMatchObject({ items: [], already: [{ from: '7', other_title: null }] });
    const same = await run(path.join(folder, 'web.json'), '--json');
    expect(jsonOf(same)).toMatchObject({ items: [], already: [{ from: '7', other_title: 'Add a menu' }] });
    expect(same.stderr).toContain('--source <name>');
    const named = await run(path.join(folder, 'web.json'), '--source', 'web', '--json');
    expect(jsonOf(named)).toMatchObject({ items: [{ from: '7' }], already: [] });
    const again = await run(path.join(folder, 'web.json'), '--source', 'web', '--json');
    expect(jsonOf(again)).toMatchObject({ items: [], already: [{ from: '7', other_title: null }] });
    expect(again.stderr).not.toContain('another title');
    const wrong = await run(path.join(folder, 'web.json'), '--source', 'a b');
    expect([wrong.exitCode, wrong.stderr.split('\n')[0]]).toEqual([2, 'error: "a b" is no name of a source']);
  });
});
