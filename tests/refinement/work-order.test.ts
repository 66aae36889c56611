import fc from 'fast-check';
import { expect, it } from 'vitest';
import { WorkOrder } from '../../src/refinement/checks/work-order.ts';
import { byFirstId } from '../../src/tickets/backlog.ts';
import type { ListedTicket } from '../../src/tickets/ticket.ts';

const idOf = (number: number): string => `FEAT-${number}`;

function listed(number: number, dependsOn: readonly number[]): ListedTicket {
  const id = idOf(number);
  return {
    id,
    prefix: 'FEAT',
    title: id,
    status: 'pending',
    priority: 'low',
    tags: [],
    dependsOn: dependsOn.map(idOf),
    otherBlockers: [],
    splitInto: [],
    file: `/p/pending/${id}.md`,
    folder: 'pending',
  };
}

it('knows of every pair of up to 150 tickets what following the dependencies tells', () => {
  const graph = fc
    .integer({ min: 1, max: 150 })
    .chain((size) =>
      fc.array(fc.array(fc.nat(size - 1), { maxLength: 2 }), { minLength: size, maxLength: size }),
    );
  fc.assert(
    fc.property(graph, (needs) => {
      // Each waits for lower numbers alone: without cycles, every ticket has a place.
      const on = needs.map((numbers, own) => numbers.filter((number) => number < own));
      const tickets = on.map((numbers, own) => listed(own, numbers));
      const order = new WorkOrder(tickets.toReversed(), { tickets, broken: [], ...byFirstId(tickets) });
      const before = on.map(() => new Set<number>());
      for (const [own, numbers] of on.entries())
        for (const number of numbers)
          for (const one of [number, ...(before[number] ?? [])]) before[own]?.add(one);
      for (const [later, known] of before.entries())
        for (const earlier of on.keys())
          expect(order.isBefore(idOf(earlier), idOf(later))).toBe(known.has(earlier));
    }),
    { numRuns: 30 },
  );
});
