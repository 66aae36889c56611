import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byUrgency } from '../../src/waves/order.ts';
import { PathSet } from '../../src/waves/path-set.ts';
import { candidate, idsOf, planOf } from './support.ts';

describe('planning waves', () => {
  it('puts a ticket after what it waits for', () => {
    const plan = planOf([candidate('A-2', { waitsFor: ['A-1'] }), candidate('A-1')]);
    expect(idsOf(plan)).toEqual([['A-1'], ['A-2']]);
    expect(plan.waves[1]?.tickets[0]?.rationale).toContain('; after A-1');
  });

  it('keeps two tickets that touch one file apart, and says which file', () => {
    const files = ['src/a.ts'];
    const plan = planOf([candidate('A-1', { files }), candidate('A-2', { files: ['./src//a.ts'] })]);
    expect(idsOf(plan)).toEqual([['A-1'], ['A-2']]);
    expect(plan.waves[1]?.tickets[0]?.rationale).toContain('./src//a.ts is taken');
  });

  it.each([
    ['src/api/', 'src/api/user.ts'],
    ['src/**/*.ts', 'src/api/user.ts'],
    ['SRC/A.ts', 'src/a.ts'],
    ['src\\a.ts', 'src/a.ts'],
    ['src/b/../a.ts', 'src/a.ts'],
    ['**', 'anything'],
  ])('takes %s and %s for one place', (one, other) => {
    const set = new PathSet();
    set.add(one);
    expect(set.meets(other)).toBe(true);
    const back = new PathSet();
    back.add(other);
    expect(back.meets(one)).toBe(true);
  });

  it('keeps src/a and src/ab.ts apart', () => {
    const set = new PathSet();
    set.add('src/a');
    expect(set.meets('src/ab.ts')).toBe(false);
  });

  it('has at most max-slots slots in a wave, the most urgent first', () => {
    const plan = planOf(
      [
        candidate('FEAT-1', { priority: 'low' }),
        candidate('FEAT-2', { priority: 'critical' }),
        candidate('FEAT-3', { priority: 1 }),
      ],
      { maxSlots: 2 },
    );
    expect(idsOf(plan)).toEqual([['FEAT-2', 'FEAT-3'], ['FEAT-1']]);
  });

  it('orders by priority, then SEC BUG QUALITY FEAT and the rest, then by number', () => {
    const ids = ['X-1', 'FEAT-10', 'FEAT-2', 'QUALITY-1', 'BUG-1', 'SEC-1'].map((id) => candidate(id));
    const urgent = candidate('ZZZ-9', { priority: 'critical' });
    expect([...ids, urgent].toSorted(byUrgency).map(({ id }) => id)).toEqual([
      'ZZZ-9',
      'SEC-1',
      'BUG-1',
      'QUALITY-1',
      'FEAT-2',
      'FEAT-10',
      'X-1',
    ]);
  });

  it('skips a cycle, what waits for it, and what waits for a ticket that is not there, each with its reason', () => {
    const plan = planOf([
      candidate('C-1', { waitsFor: ['C-2'] }),
      candidate('C-2', { waitsFor: ['C-1'] }),
      candidate('D-1', { waitsFor: ['C-2'] }),
      candidate('E-1', { waitsFor: ['X-9'] }),
      candidate('S-1', { waitsFor: ['S-1'] }),
      candidate('A-1'),
    ]);
    expect(idsOf(plan)).toEqual([['A-1']]);
    expect(plan.skipped).toEqual([
      { id: 'C-1', reason: 'circular dependency: C-1 → C-2 → C-1' },
      { id: 'C-2', reason: 'circular dependency: C-1 → C-2 → C-1' },
      { id: 'D-1', reason: 'waits for C-2, which is skipped' },
      { id: 'E-1', reason: 'X-9 is missing' },
      { id: 'S-1', reason: 'circular dependency: S-1 → S-1' },
    ]);
  });

  it('plans nothing beside work in progress on the same files', () => {
    const plan = planOf(
      [candidate('A-1', { files: ['src/a.ts'] }), candidate('A-2', { waitsFor: ['A-1'] })],
      {
        occupied: [{ id: 'B-1', files: ['src/'] }],
      },
    );
    expect(plan.waves).toEqual([]);
    expect(plan.skipped.map(({ reason }) => reason)).toEqual([
      'shares src/a.ts with B-1, which is being worked on',
      'shares src/a.ts with B-1, which is being worked on',
    ]);
  });

  it('lets small tickets alike share a slot, three at most', () => {
    const alike = ['DOC-1', 'DOC-2', 'DOC-3', 'DOC-4'].map((id) =>
      candidate(id, { files: [`docs/${id}.md`], actions: ['modify'] }),
    );
    const plan = planOf([...alike, candidate('DOC-5', { files: ['src/e.md'], actions: ['modify'] })], {
      maxSlots: 2,
    });
    expect(plan.waves.map(({ tickets }) => tickets.map(({ id, batch }) => [id, batch]))).toEqual([
      [
        ['DOC-1', 'DOC-1'],
        ['DOC-2', 'DOC-1'],
        ['DOC-3', 'DOC-1'],
        ['DOC-4', null],
      ],
      [['DOC-5', null]],
    ]);
  });

  const paths = ['a.ts', 'src/a.ts', 'src/b.ts', 'src/', 'lib/c.py', 'lib/**', 'README.md'];
  const backlog = fc
    .array(
      fc.record({
        waits: fc.array(fc.nat({ max: 40 }), { maxLength: 3 }),
        files: fc.uniqueArray(fc.constantFrom(...paths), { maxLength: 3 }),
        priority: fc.constantFrom('critical', 'high', 'medium', 'low', 7, 'odd'),
      }),
      { maxLength: 40 },
    )
    .map((rows) =>
      rows.map(({ waits, files, priority }, index) =>
        candidate(`T-${index}`, { waitsFor: [...new Set(waits)].map((on) => `T-${on}`), files, priority }),
      ),
    );

  it('never holds two tickets in a wave that share a file or wait for each other, and loses none', () => {
    fc.assert(
      fc.property(backlog, fc.integer({ min: 1, max: 5 }), (tickets, maxSlots) => {
        const plan = planOf(tickets, { maxSlots });
        const byId = new Map(tickets.map((ticket) => [ticket.id, ticket]));
        const done = new Set<string>();
        for (const wave of plan.waves) {
          const taken = new PathSet();
          const slots = new Set(wave.tickets.map(({ id, batch }) => batch ?? id));
          expect(slots.size).toBeLessThanOrEqual(maxSlots);
          for (const { id } of wave.tickets) {
            const ticket = byId.get(id);
            expect(ticket?.waitsFor.every((on) => done.has(on))).toBe(true);
            expect(ticket?.files.some((file) => taken.meets(file))).toBe(false);
            for (const file of ticket?.files ?? []) taken.add(file);
          }
          for (const { id } of wave.tickets) done.add(id);
        }
        const all = [...done, ...plan.skipped.map(({ id }) => id)].toSorted();
        expect(all).toEqual([...byId.keys()].toSorted());
        expect(planOf(tickets.toReversed(), { maxSlots }).waves).toEqual(plan.waves);
      }),
      { numRuns: 300 },
    );
  });
});
