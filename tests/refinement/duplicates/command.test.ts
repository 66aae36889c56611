import { describe, expect, it } from 'vitest';
import { duplicates } from '../../../src/cli/commands/ticket-duplicates.ts';
import { Invocation } from '../../../src/cli/invocation.ts';
import { processIo } from '../../../src/cli/io.ts';
import { backlog, jsonOf } from '../../support/cli.ts';
import { project } from '../../tickets/support.ts';
import { ticketOf } from './labelled.ts';

const titles = ['Add a health endpoint', 'Health endpoint', 'Show the toolbar'];

describe('ticket duplicates', () => {
  const folder = () => {
    const written = titles.map((t, index): [string, string] => {
      const { id, text } = ticketOf({ t, d: t }, `FEAT-00${index + 1}`);
      return [`backlog/data/pending/${id}-ticket.md`, text];
    });
    return project(Object.fromEntries(written)).mainRoot;
  };
  const run = (...args: string[]) => backlog(['ticket', 'duplicates', '--json', ...args], { cwd: folder() });

  it.each([
    [[], ['FEAT-001', 'FEAT-002']],
    [['FEAT-002'], ['FEAT-001', 'FEAT-002']],
    [
      ['--text', 'Toolbar should be shown'],
      ['', 'FEAT-003'],
    ],
  ])('%j names %j', async (args, [a, b]) => {
    const done = await run(...args);
    expect(done.exitCode).toBe(1);
    expect(jsonOf(done).pairs).toMatchObject([{ a, b }]);
    expect(jsonOf(done).compared).toBe(3);
  });

  it('looks for those of one ticket only', async () => {
    const done = await run('FEAT-003');
    expect([done.exitCode, jsonOf(done).pairs]).toEqual([0, []]);
  });

  it('refuses an id that no ticket has', async () => {
    const { exitCode, stdout, stderr } = await run('FEAT-009');
    expect(exitCode).toBeGreaterThan(1);
    expect(stdout + stderr).toContain('FEAT-009');
  });

  it('ends when somebody presses Ctrl-C while tickets are read', async () => {
    const signal = AbortSignal.abort(new Error('interrupted'));
    const nobody = { session: undefined, agent: undefined, stamp: undefined };
    const io = processIo({ cwd: folder(), json: true, noColor: true, signal, ...nobody });
    await expect(duplicates(new Invocation([], {}), io)).rejects.toThrow('interrupted');
  });
});
