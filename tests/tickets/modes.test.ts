import { chmodSync, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock as clock } from '../../src/platform/clock.ts';
import type { ProjectPaths } from '../../src/project/paths.ts';
import { editFrontMatter } from '../../src/tickets/file.ts';
import { renumberTicket } from '../../src/tickets/renumber.ts';
import {
  changeTicket,
  changeTickets,
  closeTicket,
  createTicketFile,
  moveTicket,
  replacing,
  settleChanges,
} from '../../src/tickets/store.ts';
import { undoLast } from '../../src/tickets/undo.ts';
import { backlog, repositoryRoot } from '../support/cli.ts';
import { config, pending, project, text } from './support.ts';

const PRIVATE = 0o600;

/** Permission bits of the ticket files, by name. */
function modes({ mainRoot }: ProjectPaths): Record<string, number> {
  const folders = readdirSync(path.join(mainRoot, 'backlog/data'), { withFileTypes: true, recursive: true });
  return Object.fromEntries(
    folders
      .filter((entry) => entry.isFile())
      .map((entry) => [entry.name, statSync(path.join(entry.parentPath, entry.name)).mode & 0o777]),
  );
}

function privateTicket(): ProjectPaths {
  const paths = project({
    [pending('FEAT-001-a.md')]: text('FEAT-001'),
    [pending('FEAT-002-b.md')]: text('FEAT-002', 'status: pending\ndepends_on: [FEAT-001]'),
  });
  for (const name of Object.keys(modes(paths))) chmodSync(path.join(paths.mainRoot, pending(name)), PRIVATE);
  return paths;
}

const low = (now: string): string => editFrontMatter(now, { priority: 'low' });
const ties = { holds: () => undefined, mayBecome: () => true };

/** What the program does to tickets, each by its own door. */
const doors: Readonly<Record<string, (paths: ProjectPaths) => Promise<unknown>>> = {
  'an edit': (paths) => changeTicket(paths, config, 'FEAT-001', low),
  'an edit in the journal': (paths) =>
    changeTicket(paths, config, 'FEAT-001', low, { what: 'edit FEAT-001', clock }),
  'a move': (paths) => moveTicket(paths, config, 'FEAT-001', 'obsolete', clock),
  'a move in the journal': (paths) =>
    moveTicket(paths, config, 'FEAT-001', 'obsolete', clock, { journal: true }),
  completion: (paths) =>
    closeTicket(paths, config, 'FEAT-001', (now) => editFrontMatter(now, { status: 'obsolete' })),
  renumber: (paths) => renumberTicket(paths, config, { from: 'FEAT-001', to: 'FEAT-009', clock }, ties),
  'a deletion': (paths) =>
    changeTickets(paths, config, { what: 'x', clock }, async ({ tickets: [first] }) => ({
      changes: first === undefined ? [] : [{ file: first.file, before: first.text, after: null }],
      result: undefined,
    })),
};

describe('who may read a ticket', () => {
  it.each(Object.entries(doors))('is kept by %s', async (_name, change) => {
    const paths = privateTicket();
    await change(paths);
    expect(new Set(Object.values(modes(paths)))).toEqual(new Set([PRIVATE]));
  });

  it.each(Object.entries(doors).filter(([name]) => /journal|renumber|deletion/.test(name)))(
    'is kept when %s is undone',
    async (_name, change) => {
      const paths = privateTicket();
      const before = modes(paths);
      await change(paths);
      await undoLast(paths, config, clock, async () => {});
      expect(modes(paths)).toEqual(before);
    },
  );

  it('is kept when a change is taken back that cannot be finished', async () => {
    const paths = privateTicket();
    const before = modes(paths);
    const taken = path.join(paths.mainRoot, pending('FEAT-003-c.md'));
    let steps = 0;
    // Somebody makes the file that is the last one of the change, when the first one has been deleted.
    const advance = (): void => {
      steps += 1;
      if (steps === 5) writeFileSync(taken, 'theirs', { mode: PRIVATE });
    };
    const journal = { what: 'x', clock, watch: { begin: () => {}, advance } };
    const done = changeTickets(paths, config, journal, async ({ tickets: [one, two] }) => {
      if (one === undefined || two === undefined) throw new Error('two tickets');
      const changes = [
        { file: one.file, before: one.text, after: null },
        ...replacing(two, path.join(path.dirname(two.file), 'FEAT-004-d.md'), text('FEAT-004')),
        { file: taken, before: null, after: text('FEAT-003') },
      ];
      return { changes, result: undefined };
    });
    await expect(done).rejects.toMatchObject({ code: 'ticket-file-exists' });
    expect(modes(paths)).toEqual({ ...before, 'FEAT-003-c.md': PRIVATE });
  });

  it('is kept when the next command takes back what a killed one has left', async () => {
    const paths = privateTicket();
    const before = modes(paths);
    const preload = `--require=${path.join(repositoryRoot, 'tests/gates/support/kill-at.cjs')}`;
    const halves = new Set<string>();
    for (let at = 19; at < 60; at += 3) {
      const env = { NODE_OPTIONS: preload, BACKLOG_TEST_KILL_AT: String(at) };
      const { exitCode } = await backlog(['ticket', 'renumber', 'FEAT-001', 'FEAT-009'], {
        cwd: paths.root,
        env,
      });
      if (exitCode === 0) break;
      // All that is left of it is to give back the lock.
      const isDone = existsSync(path.join(paths.opsDir, 'changes/00000001.json'));
      halves.add(Object.keys(modes(paths)).join());
      await settleChanges(paths, config);
      const { 'FEAT-001-a.md': mode, ...others } = before;
      expect(modes(paths), `killed at call ${at}`).toEqual(
        isDone ? { ...others, 'FEAT-009-a.md': mode } : before,
      );
    }
    expect(halves.size).toBeGreaterThan(1);
  });

  it('is what the mask says for a new one', async () => {
    const paths = privateTicket();
    const mask = process.umask(0o077);
    onTestFinished(() => void process.umask(mask));
    const ticket = await createTicketFile(paths, config, {
      prefix: 'FEAT',
      title: 'x',
      render: text,
      journal: clock,
    });
    expect(statSync(ticket.file).mode & 0o777).toBe(PRIVATE);
  });
});
