import path from 'node:path';
import { Progress } from '../../demo/progress.ts';
import { runDemo } from '../../demo/run.ts';
import { lastScreen } from '../../demo/screen.ts';
import { ExitCode } from '../../platform/errors.ts';
import { allOrNothing } from '../interruption.ts';
import { printResult } from '../output.ts';
import type { CommandFunction } from '../table.ts';

/** `backlog demo`: one ticket of a sample project, from request to completion. */
export const demo: CommandFunction = async (call, io) => {
  const dir = call.text('dir');
  const live = io.terminal && !io.json ? (text: string) => process.stderr.write(text) : undefined;
  const result = await allOrNothing(() =>
    runDemo({
      dir: dir === undefined ? undefined : path.resolve(io.cwd, dir),
      env: io.env,
      signal: io.signal,
      progress: new Progress((text) => io.note(text), live),
    }),
  );
  const { ticketId, gates, cost, keptAt } = result;
  printResult(io, {
    json: { ticket_id: ticketId, gates, cost, kept_at: keptAt ?? null },
    text: lastScreen(result),
  });
  return ExitCode.Ok;
};
