import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { appendHistory, editFrontMatter } from '../../src/tickets/file.ts';
import { loadBacklog } from '../../src/tickets/open.ts';
import { blockedTickets, readyTickets } from '../../src/tickets/ready.ts';
import {
  changeTicket,
  closeTicket,
  createTicketFile,
  moveTicket,
  openBacklog,
  requireTicket,
} from '../../src/tickets/store.ts';
import { tempDir, writeFiles } from '../support/temp.ts';
import { completed, config, pending, project, text } from './support.ts';

describe('opening the backlog', () => {
  it('reads both folders and reports every file that is no ticket', async () => {
    const paths = project({
      [pending('FEAT-001-a.md')]: text('FEAT-001'),
      [pending('FEAT-002-js.md')]: '---js\nprocess.exit(9)\n---\n',
      [pending('FEAT-003-latin.md')]: Buffer.from('---\nid: FEAT-003\ntitle: \xe9\n---\n', 'latin1'),
      [pending('FEAT-005-yaml.md')]: '---\nid: FEAT-005\nassignee: @ada\n---\n',
      [pending('README.md')]: '# about\n',
      [completed('BUG-001-b.md')]: text('BUG-001', 'status: completed'),
    });
    mkdirSync(path.join(paths.mainRoot, pending('FEAT-004-folder.md')));
    symlinkSync('/etc/hostname', path.join(paths.mainRoot, pending('FEAT-006-link.md')));
    symlinkSync('nowhere.md', path.join(paths.mainRoot, pending('FEAT-007-dangling.md')));
    symlinkSync('FEAT-001-a.md', path.join(paths.mainRoot, pending('FEAT-008-inside.md')));
    for (const backlog of [openBacklog(paths, config), await loadBacklog(paths, config)]) {
      expect(backlog.tickets.map(({ id, folder }) => `${id} ${folder}`)).toEqual([
        'FEAT-001 pending',
        'FEAT-001 pending',
        'BUG-001 completed',
      ]);
      expect(backlog.broken.map(({ file, line, code }) => [path.basename(file), line, code])).toEqual([
        ['FEAT-002-js.md', 1, 'ticket-frontmatter-language'],
        ['FEAT-003-latin.md', 3, 'ticket-not-utf8'],
        ['FEAT-004-folder.md', 1, 'ticket-not-a-file'],
        ['FEAT-005-yaml.md', 3, 'ticket-yaml'],
        ['FEAT-006-link.md', 1, 'ticket-link-outside'],
        ['FEAT-007-dangling.md', 1, 'ticket-not-a-file'],
      ]);
      for (const { file, message, fix } of backlog.broken) {
        expect(message).toContain(`${file}:`);
        expect(message).not.toContain(paths.mainRoot);
        expect(fix).not.toBe('');
      }
    }
  });

  it('a backlog without folders is empty', () => {
    expect(openBacklog(project(), config)).toMatchObject({ tickets: [], broken: [] });
  });

  it('a data folder that is a link out of the project is refused', () => {
    const paths = project({ 'backlog/.gitkeep': '' });
    symlinkSync(tempDir(), path.join(paths.mainRoot, 'backlog/data'));
    expect(() => openBacklog(paths, config)).toThrow(expect.objectContaining({ code: 'data-dir-outside' }));
  });

  it('a ticket that is missing, broken or there twice is named', () => {
    const backlog = openBacklog(
      project({
        [pending('FEAT-001-a.md')]: text('FEAT-001'),
        [pending('FEAT-001-b.md')]: text('FEAT-001'),
        [pending('FEAT-002-js.md')]: '---js\n1\n---\n',
      }),
      config,
    );
    const refused = (code: string, line?: number) =>
      expect.objectContaining({ code, exitCode: 3, ...(line ? { line } : {}) });
    expect(() => requireTicket(backlog, 'FEAT-001')).toThrow(refused('ticket-duplicate-id'));
    expect(() => requireTicket(backlog, 'FEAT-002')).toThrow(refused('ticket-broken', 1));
    expect(() => requireTicket(backlog, 'FEAT-009')).toThrow(refused('ticket-not-found'));
    expect(backlog.byId('FEAT-001')?.file).toContain('FEAT-001-a.md');
  });
});

describe('changing tickets', () => {
  it('changes made at the same time are all kept', async () => {
    const paths = project({ [pending('FEAT-001-a.md')]: text('FEAT-001') });
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        changeTicket(paths, config, 'FEAT-001', (now) =>
          appendHistory(now, { date: 'd', change: `change ${index}`, author: 'a' }),
        ),
      ),
    );
    const [ticket] = openBacklog(paths, config).tickets;
    expect(ticket?.text.match(/change \d+/g)?.sort()).toEqual(
      Array.from({ length: 20 }, (_, index) => `change ${index}`).sort(),
    );
  });

  it.each([
    ['another id', (now: string) => now.replace('id: FEAT-001', 'id: FEAT-002'), 'ticket-id-mismatch'],
    ['broken front matter', (now: string) => now.replace('status', 'id'), 'ticket-yaml'],
  ])('a change to %s writes nothing', async (_name, change, code) => {
    const paths = project({ [pending('FEAT-001-a.md')]: text('FEAT-001') });
    await expect(changeTicket(paths, config, 'FEAT-001', change)).rejects.toMatchObject({ code });
    expect(readFileSync(path.join(paths.mainRoot, pending('FEAT-001-a.md')), 'utf8')).toBe(text('FEAT-001'));
  });

  it('moving to a closed status moves the file, and back again', async () => {
    const paths = project({ [pending('FEAT-001-a.md')]: text('FEAT-001') });
    const at = (name: string) => existsSync(path.join(paths.mainRoot, name));
    const moved = await moveTicket(paths, config, 'FEAT-001', 'obsolete');
    expect(moved).toMatchObject({ status: 'obsolete', folder: 'completed' });
    expect([at(pending('FEAT-001-a.md')), at(completed('FEAT-001-a.md'))]).toEqual([false, true]);
    const back = await moveTicket(paths, config, 'FEAT-001', 'pending');
    expect(back).toMatchObject({ text: text('FEAT-001'), folder: 'pending' });
    expect([at(pending('FEAT-001-a.md')), at(completed('FEAT-001-a.md'))]).toEqual([true, false]);
  });

  it('a change takes away what a killed writer has left, and nothing else', async () => {
    const dead = spawnSync('true').pid;
    const living = `.FEAT-001-a.md.${process.pid}-0a1b2c3d-1.tmp`;
    const paths = project({
      [pending('FEAT-001-a.md')]: text('FEAT-001'),
      [pending(`.FEAT-002-b.md.${dead}-0a1b2c3d-1.tmp`)]: 'torn',
      [completed(`..FEAT-003-c.md.${dead}-0a1b2c3d-1.tmp.${dead}-0a1b2c3e-2.tmp`)]: 'torn',
      [pending(living)]: 'being written',
      [pending('.notes.tmp')]: 'mine',
    });
    await moveTicket(paths, config, 'FEAT-001', 'in_progress');
    const names = (folder: string) => readdirSync(path.join(paths.mainRoot, folder)).sort();
    expect(names(pending(''))).toEqual([living, '.notes.tmp', 'FEAT-001-a.md']);
    expect(names(completed(''))).toEqual([]);
  });

  it('moving says on which day, where the ticket has such a line', async () => {
    const paths = project({
      [pending('FEAT-001-a.md')]: text('FEAT-001', 'status: pending\nupdated: 2020-01-01'),
    });
    const moved = await moveTicket(
      paths,
      config,
      'FEAT-001',
      'in_progress',
      () => new Date('2026-11-21T23:00:00Z'),
    );
    expect(moved.text).toBe(text('FEAT-001', 'status: in_progress\nupdated: 2026-11-21'));
  });

  it.each(['pending', 'obsolete', 'split'] as const)(
    'a completed ticket does not become %s',
    async (status) => {
      const paths = project({ [completed('FEAT-001-a.md')]: text('FEAT-001', 'status: completed') });
      const change = (now: string) => now.replace('status: completed', `status: ${status}`);
      for (const refused of [
        moveTicket(paths, config, 'FEAT-001', status),
        changeTicket(paths, config, 'FEAT-001', change),
      ])
        await expect(refused).rejects.toMatchObject({ code: 'ticket-completed', exitCode: 1 });
      expect(openBacklog(paths, config).tickets[0]).toMatchObject({
        status: 'completed',
        folder: 'completed',
      });
    },
  );

  it('a status written by hand into a ticket that was never completed can be set back', async () => {
    const paths = project({ [pending('FEAT-001-a.md')]: text('FEAT-001', 'status: completed') });
    expect(await moveTicket(paths, config, 'FEAT-001', 'pending')).toMatchObject({ folder: 'pending' });
  });

  it('a change of the status that would leave the file in the wrong folder is refused', async () => {
    const paths = project({ [pending('FEAT-001-a.md')]: text('FEAT-001') });
    const change = (now: string) => now.replace('status: pending', 'status: split');
    await expect(changeTicket(paths, config, 'FEAT-001', change)).rejects.toMatchObject({
      code: 'ticket-status-moves',
      fix: 'backlog ticket move FEAT-001 split',
    });
  });

  it('moving to completed is refused and says which command does it', async () => {
    const paths = project({ [pending('FEAT-001-a.md')]: text('FEAT-001') });
    await expect(moveTicket(paths, config, 'FEAT-001', 'completed')).rejects.toMatchObject({
      code: 'ticket-move-completed',
      fix: 'backlog ticket complete FEAT-001',
    });
    expect(openBacklog(paths, config).tickets[0]).toMatchObject({ status: 'pending', folder: 'pending' });
  });

  it('closing can be repeated, also after the file was moved and the text was not written', async () => {
    const close = (now: string) => editFrontMatter(now, { status: 'completed', commit: 'abc' });
    const paths = project({ [completed('FEAT-001-a.md')]: text('FEAT-001') });
    const once = await closeTicket(paths, config, 'FEAT-001', close);
    expect(once).toMatchObject({ status: 'completed', folder: 'completed', fields: { commit: 'abc' } });
    expect((await closeTicket(paths, config, 'FEAT-001', close)).text).toBe(once.text);
  });

  it('closing never replaces another file and needs a closed status', async () => {
    const paths = project({
      [pending('FEAT-001-a.md')]: text('FEAT-001'),
      [completed('FEAT-001-a.md')]: text('FEAT-777'),
    });
    const close = (now: string) => editFrontMatter(now, { status: 'completed' });
    await expect(closeTicket(paths, config, 'FEAT-001', close)).rejects.toMatchObject({
      code: 'ticket-file-exists',
    });
    await expect(closeTicket(paths, config, 'FEAT-001', (now) => now)).rejects.toMatchObject({
      code: 'ticket-not-closed',
    });
    expect(openBacklog(paths, config).tickets.map((one) => one.text)).toEqual([
      text('FEAT-001'),
      text('FEAT-777'),
    ]);
  });

  it('a folder that is a link out of the data folder gets no ticket', async () => {
    const outside = tempDir();
    const paths = project({ 'backlog/data/completed/.gitkeep': '' });
    symlinkSync(outside, path.join(paths.mainRoot, 'backlog/data/pending'));
    writeFileSync(path.join(outside, 'BUG-001-x.md'), text('BUG-001'));
    await expect(
      createTicketFile(paths, config, { prefix: 'FEAT', title: 'x', render: text }),
    ).rejects.toMatchObject({ code: 'data-dir-outside' });
    expect(readdirSync(outside)).toEqual(['BUG-001-x.md']);
    const { tickets, broken } = openBacklog(paths, config);
    expect([tickets, broken.map(({ code }) => code)]).toEqual([[], ['ticket-link-outside']]);
  });

  it('a file that was written by others between two openings is kept whole', async () => {
    const paths = project({ [pending('FEAT-001-a.md')]: text('FEAT-001') });
    writeFiles(paths.mainRoot, { [pending('FEAT-001-a.md')]: text('FEAT-001', 'status: pending\nby: hand') });
    await changeTicket(paths, config, 'FEAT-001', (now) => editFrontMatter(now, { status: 'in_progress' }));
    const file = path.join(paths.mainRoot, pending('FEAT-001-a.md'));
    expect(readFileSync(file, 'utf8')).toBe(text('FEAT-001', 'status: in_progress\nby: hand'));
    expect(lstatSync(file).isFile()).toBe(true);
  });
});

describe('what can be started', () => {
  it('tells the ready ones by urgency, and of the others what they wait for', () => {
    const backlog = openBacklog(
      project({
        [pending('FEAT-001-a.md')]: text('FEAT-001', 'status: pending\npriority: low'),
        [pending('FEAT-002-a.md')]: text(
          'FEAT-002',
          'status: pending\npriority: high\ndepends_on: [BUG-001]',
        ),
        [pending('FEAT-003-a.md')]: text('FEAT-003', 'status: pending\ndepends_on: [FEAT-001, FEAT-099]'),
        [pending('FEAT-004-a.md')]: text('FEAT-004', 'status: pending\nblockers: [waiting for legal]'),
        [pending('FEAT-005-a.md')]: text('FEAT-005', 'status: in_progress'),
        [pending('FEAT-006-a.md')]: text('FEAT-006', 'status: pending\ndepends_on: [BUG-002]'),
        [pending('FEAT-007-a.md')]: text('FEAT-007', 'status: pending\ndepends_on: [BUG-003]'),
        [completed('BUG-001-a.md')]: text('BUG-001', 'status: completed'),
        [completed('BUG-002-a.md')]: text('BUG-002', 'status: obsolete'),
        [completed('BUG-003-a.md')]: text('BUG-003', 'status: split\nsplit_into: [BUG-001, FEAT-005]'),
      }),
      config,
    );
    expect(readyTickets(backlog).map(({ id }) => id)).toEqual(['FEAT-002', 'FEAT-001']);
    expect(blockedTickets(backlog).map(({ ticket, reasons }) => [ticket.id, ...reasons])).toEqual([
      ['FEAT-003', 'FEAT-001 is not completed', 'FEAT-099 is not in the backlog'],
      ['FEAT-004', 'waiting for legal'],
      ['FEAT-006', 'BUG-002 is obsolete, so it will never be completed'],
      ['FEAT-007', 'FEAT-005 is not completed'],
    ]);
  });
});
