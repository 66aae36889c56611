import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import type { ProjectPaths } from '../../src/project/paths.ts';
import { changesMade } from '../../src/tickets/changes.ts';
import { editFrontMatter } from '../../src/tickets/file.ts';
import { renumberDuplicates, renumberTicket, type TicketTies } from '../../src/tickets/renumber.ts';
import {
  changeTicket,
  createTicketFile,
  moveTicket,
  openBacklog,
  settleChanges,
} from '../../src/tickets/store.ts';
import { undoLast } from '../../src/tickets/undo.ts';
import { backlog, repositoryRoot } from '../support/cli.ts';
import { script } from '../support/script.ts';
import { gitIn, tempDir, writeFiles } from '../support/temp.ts';
import { completed, config, pending, project, text } from './support.ts';

const free: TicketTies = { holds: () => undefined, mayBecome: () => true };
const clock = systemClock;

/** Every ticket file with its text. */
function all({ mainRoot }: Pick<ProjectPaths, 'mainRoot'>): Record<string, string> {
  return Object.fromEntries(
    ['pending', 'completed'].flatMap((folder) => {
      const place = path.join(mainRoot, 'backlog/data', folder);
      const names = existsSync(place) ? readdirSync(place) : [];
      return names.map((name) => [`${folder}/${name}`, readFileSync(path.join(place, name), 'utf8')]);
    }),
  );
}

const mention = `---
id: FEAT-002
title: after FEAT-001
status: pending
depends_on: [FEAT-001, FEAT-0010]
blockers: ['FEAT-001']
related_docs: [backlog/data/pending/FEAT-001-login.md]
---

# FEAT-002: after FEAT-001

Not XFEAT-001, AUDIT-FEAT-001, FEAT-0010 or FEAT-001a; but \`FEAT-001\`, (FEAT-001) and [it](FEAT-001-login.md#feat-001-title).
Not https://example.com/FEAT-001 or docs/FEAT-001.md; but ../completed/FEAT-001-login.md, ./FEAT-001.md and FEAT-001/FEAT-002.

## Dependencies

| Ticket | What it needs | Status |
|---|---|---|
| FEAT-001 | all | pending |
`;

const three = {
  [pending('FEAT-001-login.md')]: text('FEAT-001').replace(
    '\n\n## History',
    '\n\n# FEAT-001: Login\n\n## History',
  ),
  [pending('FEAT-002-b.md')]: mention,
  [completed('BUG-001-c.md')]: text('BUG-001', 'status: obsolete'),
};

describe('ticket renumber', () => {
  it('rewrites file name, front matter, heading and every mention, and nothing that only looks like one', async () => {
    const paths = project(three);
    const done = await renumberTicket(paths, config, { from: 'FEAT-001', to: 'FEAT-010', clock }, free);
    expect(done.renumbered).toMatchObject([{ from: 'FEAT-001', to: 'FEAT-010' }]);
    const now = all(paths);
    expect(Object.keys(now).sort()).toEqual([
      'completed/BUG-001-c.md',
      'pending/FEAT-002-b.md',
      'pending/FEAT-010-login.md',
    ]);
    expect(now['pending/FEAT-010-login.md']).toContain('id: FEAT-010\ntitle: Title of FEAT-010');
    expect(now['pending/FEAT-010-login.md']).toContain('# FEAT-010: Login');
    expect(now['pending/FEAT-010-login.md']).toContain('| Renumbered from FEAT-001 to FEAT-010 | backlog |');
    const lines = mention.split('\n');
    const changed = now['pending/FEAT-002-b.md']?.split('\n') ?? [];
    expect(changed).toHaveLength(lines.length);
    expect(changed[2]).toBe('title: after FEAT-010');
    expect(changed[4]).toBe('depends_on: [FEAT-010, FEAT-0010]');
    expect(changed[11]).toBe(
      'Not XFEAT-001, AUDIT-FEAT-001, FEAT-0010 or FEAT-001a; but `FEAT-010`, (FEAT-010) and [it](FEAT-010-login.md#feat-010-title).',
    );
    expect(changed[12]).toBe(
      'Not https://example.com/FEAT-001 or docs/FEAT-001.md; but ../completed/FEAT-010-login.md, ./FEAT-010.md and FEAT-010/FEAT-002.',
    );
    expect(openBacklog(paths, config).byId('FEAT-002')?.dependsOn).toEqual(['FEAT-010', 'FEAT-0010']);
  });

  it('without a new id takes the next free one, also over branches', async () => {
    const paths = project(three, { git: true });
    gitIn(paths.mainRoot, 'update-ref', 'refs/remotes/origin/theirs', 'HEAD');
    gitIn(paths.mainRoot, 'switch', '-q', '-c', 'mine');
    writeFiles(paths.mainRoot, { [pending('FEAT-007-x.md')]: text('FEAT-007') });
    gitIn(paths.mainRoot, 'add', '-A');
    gitIn(paths.mainRoot, 'commit', '-q', '-m', 'docs: a ticket');
    gitIn(paths.mainRoot, 'update-ref', 'refs/remotes/origin/mine', 'HEAD');
    gitIn(paths.mainRoot, 'switch', '-q', 'main');
    gitIn(paths.mainRoot, 'branch', '-q', '-D', 'mine');
    const taken = renumberTicket(paths, config, { from: 'FEAT-001', to: 'FEAT-007', clock }, free);
    await expect(taken).rejects.toMatchObject({ code: 'ticket-id-taken', exitCode: 1 });
    const done = await renumberTicket(paths, config, { from: 'FEAT-001', to: undefined, clock }, free);
    expect(done.renumbered).toMatchObject([{ to: 'FEAT-008' }]);
  });

  it.each([
    ['an id of another form', { to: 'FEAT-1' }, 'usage', free],
    ['a path', { to: '../FEAT-010' }, 'usage', free],
    ['a prefix of no project', { to: 'NO-010' }, 'usage', free],
    ['the id of another ticket', { to: 'FEAT-002' }, 'ticket-id-taken', free],
    ['a ticket that is held', { to: 'FEAT-010' }, 'ticket-renumber-held', { ...free, holds: () => 'so' }],
    ['no ticket', { from: 'FEAT-009', to: 'FEAT-010' }, 'ticket-not-found', free],
  ])('refuses %s and writes nothing', async (_name, wanted, code, ties) => {
    const paths = project(three);
    const before = all(paths);
    const call = { from: 'FEAT-001', clock, ...wanted };
    await expect(renumberTicket(paths, config, call, ties)).rejects.toMatchObject({ code });
    expect(all(paths)).toEqual(before);
  });

  it('leaves what was promised on evidence as it is, but for the front matter', async () => {
    const paths = project(three);
    const done = await renumberTicket(
      paths,
      config,
      { from: 'FEAT-001', to: 'FEAT-010', clock },
      { ...free, mayBecome: () => false },
    );
    expect(done.kept.map((file) => path.basename(file))).toEqual(['FEAT-002-b.md']);
    const now = all(paths)['pending/FEAT-002-b.md'];
    expect(now).toContain('depends_on: [FEAT-010, FEAT-0010]');
    expect(now).toContain('`FEAT-001`, (FEAT-001)');
  });

  it('--duplicates leaves the id to the one that was begun, and what names it', async () => {
    const paths = project({
      [pending('FEAT-001-a.md')]: text('FEAT-001', 'status: pending\ncreated: 2026-01-01'),
      [pending('FEAT-001-b.md')]: text('FEAT-001', 'status: in_progress\ncreated: 2026-02-01'),
      [pending('FEAT-001-c.md')]: text('FEAT-001', 'status: pending\ncreated: 2025-01-01'),
      [pending('FEAT-002-b.md')]: mention,
    });
    const done = await renumberDuplicates(paths, config, clock, free);
    expect(done.renumbered.map(({ to, file }) => `${to} ${path.basename(file)}`)).toEqual([
      'FEAT-003 FEAT-003-c.md',
      'FEAT-004 FEAT-004-a.md',
    ]);
    expect(all(paths)['pending/FEAT-002-b.md']).toBe(mention);
    const ids = openBacklog(paths, config).tickets.map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
    expect(await renumberDuplicates(paths, config, clock, free)).toMatchObject({ renumbered: [] });
  });

  it('killed at any step, it is done or it never was: the next writer takes a half back', async () => {
    const preload = `--require=${path.join(repositoryRoot, 'tests/gates/support/kill-at.cjs')}`;
    const run = await script(
      tempDir(),
      {
        renumberTicket: 'tickets/renumber.ts',
        requireProject: 'project/paths.ts',
        loadConfig: 'project/config.ts',
      },
      `const paths = requireProject(process.argv[2]);
      const ties = { holds: () => undefined, mayBecome: () => true };
      const wanted = { from: 'FEAT-001', to: 'FEAT-010', clock: () => new Date('2026-03-01T00:00:00Z') };
      await renumberTicket(paths, loadConfig(paths).config, wanted, ties);`,
    );
    const whole = project(three);
    await run(whole.root);
    const after = all(whole);
    const before = all(project(three));
    let deaths = 0;
    let halves = 0;
    for (let at = 5; ; at += 6) {
      const paths = project(three);
      process.env.NODE_OPTIONS = preload;
      process.env.BACKLOG_TEST_KILL_AT = String(at);
      const { exitCode } = await run(paths.root).finally(() => {
        delete process.env.NODE_OPTIONS;
        delete process.env.BACKLOG_TEST_KILL_AT;
      });
      if (exitCode !== null) break;
      deaths += 1;
      const left = all(paths);
      if (JSON.stringify(left) !== JSON.stringify(before) && JSON.stringify(left) !== JSON.stringify(after))
        halves += 1;
      await settleChanges(paths, config);
      const kept = all(paths);
      expect(kept, `killed at ${at}`).toEqual('pending/FEAT-010-login.md' in kept ? after : before);
    }
    expect(deaths).toBeGreaterThan(5);
    expect(halves).toBeGreaterThan(0);
  });
});

describe('undo', () => {
  const undo = (paths: ProjectPaths) => undoLast(paths, config, clock, async () => {});
  const make = (paths: ProjectPaths) =>
    createTicketFile(paths, config, { prefix: 'FEAT', title: 'x', render: text, journal: clock });

  it('takes back new, edit, move and renumber, the last one first, and says so when nothing is left', async () => {
    const paths = project(three);
    const states = [all(paths)];
    await make(paths);
    states.push(all(paths));
    await changeTicket(paths, config, 'FEAT-003', (now) => editFrontMatter(now, { priority: 'low' }), {
      what: 'edit FEAT-003',
      clock,
    });
    states.push(all(paths));
    await moveTicket(paths, config, 'FEAT-003', 'obsolete', clock, { journal: true });
    states.push(all(paths));
    await renumberTicket(paths, config, { from: 'FEAT-001', to: 'FEAT-010', clock }, free);
    expect(changesMade(paths).map(({ what }) => what)).toEqual([
      'renumber FEAT-001 FEAT-010',
      'move FEAT-003 obsolete',
      'edit FEAT-003',
      'new FEAT-003',
    ]);
    for (const state of states.toReversed()) {
      await undo(paths);
      expect(all(paths)).toEqual(state);
    }
    await expect(undo(paths)).rejects.toMatchObject({ code: 'undo-nothing', exitCode: 1 });
  });

  it('refuses when a file was changed since, and changes nothing', async () => {
    const paths = project(three);
    const ticket = await make(paths);
    writeFiles(paths.mainRoot, { [path.relative(paths.mainRoot, ticket.file)]: `${ticket.text}mine\n` });
    const before = all(paths);
    await expect(undo(paths)).rejects.toMatchObject({ code: 'undo-changed', exitCode: 1 });
    expect(all(paths)).toEqual(before);
  });

  it('keeps fifty changes, and reads no entry that names a file elsewhere', async () => {
    const paths = project(three);
    for (let index = 0; index < 53; index++)
      await changeTicket(paths, config, 'FEAT-001', (now) => editFrontMatter(now, { n: index }), {
        what: `edit ${index}`,
        clock,
      });
    expect(changesMade(paths)).toHaveLength(50);
    const outside = {
      v: 1,
      at: '',
      what: 'x',
      files: [{ file: '../a.md', before: 'x', after_checksum: null }],
    };
    for (const file of ['../a.md', '/pending/a.md', 'x/../../pending/a.md', 'pending/../../a.md', 'src/a.ts'])
      writeFiles(paths.opsDir, {
        'changes/99999999.json': JSON.stringify({ ...outside, files: [{ ...outside.files[0], file }] }),
      });
    await undo(paths);
    expect(existsSync(path.join(paths.mainRoot, '../a.md'))).toBe(false);
    expect(all(paths)['pending/FEAT-001-login.md']).toContain('n: 51\n');
  });

  it('through the command: of many files it names twenty and the number of the others', async () => {
    const issues = Array.from({ length: 23 }, (_, at) => JSON.stringify({ id: `b-${at}`, title: 'x' }));
    const paths = project({ 'issues.jsonl': issues.join('\n') });
    const run = (...args: string[]) => backlog(args, { cwd: paths.root });
    await run('ticket', 'import', '--from', 'beads', 'issues.jsonl');
    const { stdout } = await run('undo');
    expect(stdout.trim().split('\n')).toHaveLength(22);
    expect(stdout).toMatch(/\n {2}and 3 more: --json names all\n$/);
  });

  it('through the command: an agent cannot undo its way past a stop that a person has to lift', async () => {
    const paths = project(three, { git: true });
    const run = (env: Record<string, string>, ...args: string[]) => backlog(args, { cwd: paths.root, env });
    expect(await run({}, 'ticket', 'move', 'FEAT-001', 'review-blocked')).toMatchObject({ exitCode: 0 });
    const agent = await run({ CLAUDECODE: '1' }, 'undo', '--json');
    expect(JSON.parse(agent.stdout)).toMatchObject({ error: { code: 'person-needed' } });
    expect(await run({}, 'undo')).toMatchObject({ exitCode: 0 });
    expect(openBacklog(paths, config).byId('FEAT-001')?.status).toBe('pending');
  });
});

describe('many writers at once', () => {
  it('32 processes that make and edit tickets lose no edit and give no id twice', async () => {
    const paths = project({ [pending('FEAT-001-a.md')]: text('FEAT-001') });
    const run = await script(
      tempDir(),
      {
        'createTicketFile, changeTicket': 'tickets/store.ts',
        appendHistory: 'tickets/file.ts',
        requireProject: 'project/paths.ts',
        loadConfig: 'project/config.ts',
      },
      `const paths = requireProject(process.argv[2]);
      const { config } = loadConfig(paths);
      const clock = () => new Date();
      const render = (id) => '---\\nid: ' + id + '\\ntitle: x\\n---\\n';
      if (process.argv[3] % 2) await createTicketFile(paths, config, { prefix: 'FEAT', title: 'same', render, journal: clock });
      const row = { date: 'd', change: 'change ' + process.argv[3] + '.', author: 'a' };
      await changeTicket(paths, config, 'FEAT-001', (now) => appendHistory(now, row), { what: 'edit', clock });`,
    );
    const results = await Promise.all(
      Array.from({ length: 32 }, (_, index) => run(paths.root, String(index))),
    );
    expect(results.map(({ exitCode }) => exitCode)).toEqual(Array.from({ length: 32 }, () => 0));
    const { tickets, broken } = openBacklog(paths, config);
    expect(broken).toEqual([]);
    expect(new Set(tickets.map(({ id }) => id)).size).toBe(17);
    expect(tickets).toHaveLength(17);
    const history = openBacklog(paths, config).byId('FEAT-001')?.text ?? '';
    for (let index = 0; index < 32; index++) expect(history).toContain(`change ${index}.`);
    expect(changesMade(paths)).toHaveLength(48);
  });
});
