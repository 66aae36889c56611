import path from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';
import { BacklogError } from '../../src/platform/errors.ts';
import { byFirstId } from '../../src/tickets/backlog.ts';
import { appendHistory, editFrontMatter, readTicketFile } from '../../src/tickets/file.ts';
import { parseTicket } from '../../src/tickets/parse.ts';
import type { Ticket } from '../../src/tickets/ticket.ts';
import { validateTicket } from '../../src/tickets/validate.ts';
import { hostileTicket } from './fuzz.ts';
import { config } from './support.ts';

const file = path.resolve('/project/backlog/data/pending/FEAT-001-a.md');
/** A ticket that takes longer would hang a list of them, in ms. */
const MOST = 2000;

/** Reads, checks and edits hostile files: each is a ticket or is refused with its line; nothing else ever happens. */
export function readHostile(runs: number, seed?: number): void {
  fc.assert(
    fc.property(hostileTicket, (bytes) => {
      const begun = process.cpuUsage();
      const polluted = Object.keys(Object.prototype).length;
      const ticket = refusedOr(() => readTicketFile(bytes, file));
      if (ticket !== undefined) useAll(ticket, bytes);
      // What the fast reader takes, the library takes; the other way round it may decline.
      refusedOr(() => parseTicket(bytes, file, undefined));
      const { user, system } = process.cpuUsage(begun);
      expect((user + system) / 1000).toBeLessThan(MOST);
      expect(Object.keys(Object.prototype).length).toBe(polluted);
    }),
    { numRuns: runs, ...(seed === undefined ? {} : { seed }) },
  );
}

function useAll(ticket: Ticket, bytes: Buffer): void {
  expect(Buffer.from(ticket.text).equals(bytes)).toBe(true);
  const backlog = { tickets: [ticket], broken: [], ...byFirstId([ticket]) };
  for (const { line, fix } of validateTicket(ticket, backlog, config)) {
    expect(line).toBeGreaterThan(0);
    expect(fix).not.toBe('');
  }
  JSON.stringify([ticket.fields, ticket.sections, ticket.criteria, ticket.verificationCommands]);
  refusedOr(() => readTicketFile(editFrontMatter(ticket.text, { priority: 'low' }), file));
  refusedOr(() => appendHistory(ticket.text, { date: '2026-01-01', change: 'x', author: 'y' }));
}

/** @returns `undefined` when it was refused, in words and with a line */
function refusedOr<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof BacklogError)) throw error;
    expect([error.exitCode, error.message === '', error.fix === '']).toEqual([
      expect.any(Number),
      false,
      false,
    ]);
    return undefined;
  }
}
