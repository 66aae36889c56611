import { expect, it } from 'vitest';
import { byFirstId, type Listing } from '../../src/tickets/backlog.ts';
import { cycleOf } from '../../src/tickets/cycles.ts';
import { compareIds } from '../../src/tickets/order.ts';
import type { ListedTicket } from '../../src/tickets/ticket.ts';

function backlog(dependsOn: Readonly<Record<string, readonly string[]>>): Listing {
  const tickets = Object.entries(dependsOn).map(
    ([id, on]): ListedTicket => ({
      ...{ id, prefix: 'T', title: '', status: 'pending', priority: 'low', tags: [], dependsOn: on },
      ...{ otherBlockers: [], splitInto: [], file: `/${id}.md`, folder: 'pending' },
    }),
  );
  return { tickets, broken: [], ...byFirstId(tickets) };
}

function chain(length: number, last: readonly string[]): Listing {
  const entries = Array.from({ length }, (_, at) => [`T-${at}`, at === 0 ? last : [`T-${at - 1}`]] as const);
  return backlog(Object.fromEntries(entries));
}

it('finds the shortest way round, and nothing for what merely waits for a cycle', () => {
  const tickets = backlog({ A: ['B', 'C'], B: ['C'], C: ['A'], D: ['A'], E: ['E'], F: ['missing'] });
  expect(['A', 'B', 'C', 'D', 'E', 'F', 'missing'].map((id) => cycleOf(id, tickets))).toEqual([
    ['A', 'C'],
    ['B', 'C', 'A'],
    ['C', 'A'],
    [],
    ['E'],
    [],
    [],
  ]);
});

// Each ticket by itself would walk the whole chain: a hundred million steps.
it('checks a chain and a ring of 20,000 tickets, and does not print the ring 20,000 times', () => {
  const open = chain(20_000, []);
  expect(open.tickets.filter(({ id }) => cycleOf(id, open).length > 0)).toEqual([]);
  const ring = chain(20_000, ['T-19999']);
  expect(ring.tickets.map(({ id }) => cycleOf(id, ring)).every(({ length }) => length === 2)).toBe(true);
  expect(cycleOf('T-7', ring)).toEqual(['T-7', '19999 more that wait for each other']);
});

it('orders ids as the collation does, which knows numbers', () => {
  const ids = [
    'FEAT-10',
    'FEAT-9',
    'FEAT-009',
    'BUG-2',
    'feat-1',
    'FEAT-2-b',
    'A-B-3',
    'A-B-12',
    'x',
    '',
    'FEAT-',
  ];
  ids.push('FEAT-1234567890123456789', 'FEAT-1234567890123456788', 'É-1');
  for (const a of ids)
    for (const b of ids)
      expect([a, b, Math.sign(compareIds(a, b))]).toEqual([
        a,
        b,
        a.localeCompare(b, 'en', { numeric: true }),
      ]);
});
