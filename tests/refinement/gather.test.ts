import { expect, it } from 'vitest';
import { gatherFacts, PASSES } from '../../src/refinement/refine/gather.ts';
import { backlogOf, listedWorldOf, shop, ticket, worldOf } from './support/shop.ts';

const missing = 'modify src/none.js';

it('tells a fault once that two checks see, and of its progress for each ticket', async () => {
  const root = shop({
    'FEAT-001': ticket('FEAT-001', { files: [missing], description: 'Calls `notThere()`.' }),
    'FEAT-002': ticket('FEAT-002'),
  });
  const world = await worldOf(root);
  const { tickets } = await backlogOf(root);
  let told = 0;
  const { findings } = await gatherFacts(world, {
    tickets,
    pending: tickets,
    onTicket: () => {
      told += 1;
    },
  });
  expect(told).toBe(PASSES * 2);
  const about = (word: string) => findings.filter(({ message }) => message.includes(word));
  expect(about('src/none.js').map(({ code }) => code)).toEqual(['completeness-file-missing']);
  expect(about('notThere')).toHaveLength(1);
});

it('finds the same in tickets that are read again as in tickets that are held', async () => {
  const root = shop({
    'FEAT-001': ticket('FEAT-001', { files: [missing], description: 'Calls `notThere()`, as FEAT-002.' }),
    'FEAT-002': ticket('FEAT-002'),
    'FEAT-003': ticket('FEAT-003'),
    'FEAT-004': ticket('FEAT-004').replace('status: pending', 'status: completed'),
  });
  const [held, listed] = [await worldOf(root), await listedWorldOf(root)];
  const factsOf = (world: typeof held) => {
    const pending = world.backlog.tickets.filter(({ folder }) => folder === 'pending');
    return gatherFacts(world, { tickets: pending, pending });
  };
  const facts = await factsOf(held);
  expect(facts.duplicates).not.toEqual([]);
  expect(facts.findings).not.toEqual([]);
  expect(await factsOf(listed)).toEqual(facts);
});

it('tells of every long part, the search for duplicates too, and of no more steps than it has announced', async () => {
  const root = shop({ 'FEAT-001': ticket('FEAT-001'), 'FEAT-002': ticket('FEAT-002') });
  const world = await worldOf(root);
  const parts: { label: string; total: number; done: number }[] = [];
  const watch = {
    begin: (label: string, total: number) => void parts.push({ label, total, done: 0 }),
    advance: (by = 1) => {
      const part = parts.at(-1);
      if (part !== undefined) part.done += by;
    },
  };
  const { tickets } = await backlogOf(root);
  const { duplicates } = await gatherFacts(world, { tickets, pending: tickets, watch });
  expect(parts.map(({ label, total }) => [label, total])).toEqual([
    ['looking for finished work', 2],
    ['looking for duplicates', 4],
    ['reading pairs', duplicates.length],
  ]);
  for (const { total, done } of parts) {
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThanOrEqual(total);
  }
});
