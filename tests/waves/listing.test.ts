import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { overviewOf } from '../../src/gates/overview.ts';
import { indexFile } from '../../src/tickets/index-file.ts';
import { listTickets, wholeTicket, wholeTickets } from '../../src/tickets/listing.ts';
import { openBacklog } from '../../src/tickets/store.ts';
import type { ListedTicket } from '../../src/tickets/ticket.ts';
import { planBacklog, planListing } from '../../src/waves/backlog-plan.ts';
import { completed, config, pending, project } from '../tickets/support.ts';

// What is planned and shown from the index of tickets is what is planned and shown from their files.

const word = <T>(...values: T[]) => fc.constantFrom(...values);
/** Mostly the first, so that much of the backlog can be planned. */
const mostly = <T>(first: T, ...odd: T[]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(first) }, { weight: 1, arbitrary: word(...odd) });
const ticket = fc.record({
  status: mostly('pending', 'in_progress', 'needs-investigation', 'review-blocked', 'split', 'odd'),
  priority: word('critical', 'low', '2', '.inf', '.nan', '"1"', "''", '[a]'),
  waits: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 1 }),
  blockers: mostly('[]', '[the customer]', '[FEAT-002, a word]'),
  tags: word('[]', '[SECURITY]', '[a, "b: c"]'),
  files: fc.uniqueArray(word('src/a.ts', 'src/b.ts', 'docs/', '`src/ü.ts`', 'src/**'), { maxLength: 3 }),
  action: word('create', 'modify', 'nothing'),
  more: mostly(
    '',
    'shared_files: [src/a.ts]\n',
    'complexity: trivial\n',
    'complexity: { a: 1 }\n',
    '  broken\n',
  ),
  done: mostly(false, true),
});
type Written = typeof ticket extends fc.Arbitrary<infer T> ? T : never;

function textOf(id: string, one: Written): string {
  const ids = one.waits.map((number) => `FEAT-00${number}`);
  const rows = one.files.map((file) => `| ${file} | ${one.action} | why |\n`).join('');
  const history = '## History\n\n| Date | Change | Author |\n|---|---|---|\n';
  const opened = '| 2026-01-01 | Needs investigation: what is it? | a |\n';
  return `---
id: ${id}
title: Title of ${id}
status: ${one.status}
priority: ${one.priority}
tags: ${one.tags}
depends_on: [${ids.join(', ')}]
blockers: ${one.blockers}
${one.more}---

## Affected Files

| File | Action | Description |
|---|---|---|
${rows}
${history}${opened}`;
}

it('answers the same from the index as from the files', async () => {
  const check = async (tickets: readonly Written[]) => {
    const files = tickets.map((one, index) => {
      const id = `FEAT-00${(index % 8) + 1}`;
      return [(one.done ? completed : pending)(`${id}-${index}.md`), textOf(id, one)] as const;
    });
    const paths = project({ ...Object.fromEntries(files), '.backlog-ops/.keep': '' });
    const clock = () => new Date('2026-06-01T00:00:00Z');
    const call = { paths, config, clock };
    const reserved = new Map([
      [
        'FEAT-003',
        {
          ticket_id: 'FEAT-003',
          session_id: 's1',
          agent_id: null,
          owner: { name: 'A', host: 'h', process: null },
          expires_at: '2027-01-01T00:00:00Z',
        },
      ],
    ]);
    const whole = openBacklog(paths, config);
    // Taken for old enough, so that the index keeps them.
    const options = { worthWriting: 1, grain: -1e6 };
    for (const wanted of [
      { maxSlots: 3 },
      { maxSlots: 2, reserved },
      { maxSlots: 1, ids: ['FEAT-001', 'FEAT-404'] },
    ]) {
      const plan = planBacklog(call, whole, wanted);
      // The first writes the index, the second reads it.
      for (let turn = 0; turn < 2; turn += 1) {
        const listing = await listTickets(paths, config, options);
        const listed = await planListing(call, listing, wanted, (some: readonly ListedTicket[]) =>
          wholeTickets(some, paths, config),
        );
        expect(listed).toEqual(plan);
        expect(existsSync(indexFile(paths.opsDir))).toBe(true);
      }
    }
    const read = (one: ListedTicket) => wholeTicket(one, paths, config);
    const byFiles = await overviewOf(paths.opsDir, whole, {
      config,
      now: clock(),
      whole: async (one) => whole.tickets.find(({ file }) => file === one.file),
    });
    const listing = await listTickets(paths, config, options);
    const byIndex = await overviewOf(paths.opsDir, listing, { config, now: clock(), whole: read });
    expect(shown(byIndex)).toEqual(shown(byFiles));
  };
  await fc.assert(fc.asyncProperty(fc.array(ticket, { minLength: 1, maxLength: 10 }), check), {
    numRuns: 20,
  });
});

function shown(overview: Awaited<ReturnType<typeof overviewOf>>) {
  const ids = (tickets: readonly ListedTicket[]) => tickets.map(({ id, title, file }) => [id, title, file]);
  return {
    ...overview,
    ready: ids(overview.ready),
    blocked: overview.blocked.map(({ ticket: one, reasons }) => [...ids([one]), reasons]),
    unclear: overview.unclear.map(({ ticket: one, question }) => [...ids([one]), question]),
  };
}
