import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { isTicketName } from '../../src/tickets/backlog.ts';
import { newTicket } from '../../src/tickets/create.ts';
import { draftExample } from '../../src/tickets/draft.ts';
import { idNumber } from '../../src/tickets/ids.ts';
import { backlog } from '../support/cli.ts';
import { config, pending, project, text } from './support.ts';

const create = (paths: ReturnType<typeof project>, dependencies: readonly string[]) =>
  newTicket(
    paths,
    config,
    {
      prefix: 'FEAT',
      title: 'Health endpoint',
      draft: {
        ...draftExample,
        dependencies: dependencies.map((ticket) => ({ ticket, needs: 'its code' })),
      },
      set: {},
      author: 'backlog',
    },
    systemClock,
  );

it('a ticket is checked as a part of the backlog that it goes into', async () => {
  const paths = project({ [pending('FEAT-001-a.md')]: text('FEAT-001', 'status: pending\npriority: low') });
  const { ticket, findings } = await create(paths, ['FEAT-001']);
  expect(ticket.id).toBe('FEAT-002');
  expect(findings).toEqual([]);
});

it('an unknown dependency is told by names and the index, and no other ticket is read for it', async () => {
  const ids = Array.from({ length: 40 }, (_, at) => `FEAT-${String(at + 1).padStart(3, '0')}`);
  const paths = project({
    ...Object.fromEntries(ids.map((id) => [pending(`${id}-a.md`), text(id)])),
    // Against its own name: only its text tells.
    [pending('FEAT-100-a.md')]: text('FEAT-200'),
  });
  // The index believes a file that was not changed in the 2 s before it was read.
  await sleep(2_500);
  const run = (args: readonly string[], env: Record<string, string> = {}) =>
    backlog(args, { cwd: paths.root, env });
  expect(await run(['ticket', 'list'])).toMatchObject({ exitCode: 0 });
  const dependencies = ['FEAT-998', 'FEAT-200'].map((ticket) => ({ ticket, needs: 'its code' }));
  writeFileSync(path.join(paths.root, 'draft.json'), JSON.stringify({ ...draftExample, dependencies }));
  // Takes the file away when it is read.
  const preload = `--require=${path.join(import.meta.dirname, 'after-reading.cjs')}`;
  const { exitCode, stderr } = await run(['ticket', 'new', '--type', 'FEAT', '--from', 'draft.json'], {
    NODE_OPTIONS: preload,
    BACKLOG_TEST_FILE: 'FEAT-040-a.md',
  });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('FEAT-998');
  expect(stderr).not.toContain('FEAT-200');
  expect(existsSync(path.join(paths.root, pending('FEAT-040-a.md')))).toBe(true);
});

it('a ticket that another one waits for cannot wait for that one', async () => {
  const waiting = text('FEAT-001', 'status: pending\ndepends_on: [FEAT-002]');
  const paths = project({ [pending('FEAT-001-a.md')]: waiting });
  await expect(create(paths, ['FEAT-001'])).rejects.toMatchObject({
    code: 'ticket-invalid',
    message: expect.stringContaining('FEAT-002 → FEAT-001 → FEAT-002'),
  });
  expect(readdirSync(path.join(paths.mainRoot, 'backlog/data/pending'))).toEqual(['FEAT-001-a.md']);
});

it.each([
  ['FEAT-007-a.md', 7],
  ['feat-007.md', 7],
  ['Feat-12', 12],
  ['FEAT-000000007-a.md', 7],
  ['FEAT-0000000007-a.md', undefined],
  ['FEAT-7b.md', undefined],
  ['FEAT7.md', undefined],
  ['XFEAT-007.md', undefined],
  ['FEATURE-007.md', undefined],
])('%s has the number %s', (name, number) => {
  expect(idNumber('FEAT', name)).toBe(number);
});

it.each([
  ['FEAT-001.md', true],
  ['any name.md', true],
  ['readme-first.md', true],
  ['two\nlines.md', true],
  ['README.md', false],
  ['ReadMe.md', false],
  ['.hidden.md', false],
  ['.md', false],
  ['FEAT-001.MD', false],
  ['FEAT-001.md\n', false],
])('%j as the name of a ticket file: %s', (name, is) => {
  expect(isTicketName(name)).toBe(is);
});
