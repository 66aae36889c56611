import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { isTicketName } from '../../src/tickets/backlog.ts';
import { newTicket } from '../../src/tickets/create.ts';
import { draftExample } from '../../src/tickets/draft.ts';
import { idNumber } from '../../src/tickets/ids.ts';
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
