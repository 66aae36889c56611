import { setTimeout as sleep } from 'node:timers/promises';
import { ExitCode } from '../../platform/errors.ts';
import { gates } from '../../project/gates.ts';
import { type TicketProgress, type WaveProgress, waveProgress } from '../../waves/status.ts';
import { mainCallOf } from '../gate-call.ts';
import { printResult } from '../output.ts';
import type { CommandFunction } from '../table.ts';

/** How often the table on a terminal is drawn again, in ms. */
const REDRAW_MS = 1000;

/** `backlog wave status`: tickets by gates; on a terminal drawn again until the wave has ended, or Ctrl-C. */
export const status: CommandFunction = async (call, io) => {
  const gateCall = mainCallOf(io);
  let progress = await waveProgress(gateCall);
  if (io.terminal && !io.json && !call.flag('once')) {
    while (progress?.record.ended_at === null) {
      io.redraw(progressText(progress));
      await sleep(REDRAW_MS, undefined, { signal: io.signal });
      progress = await waveProgress(gateCall);
    }
    io.redraw(textOf(progress));
    return ExitCode.Ok;
  }
  printResult(io, {
    json: {
      wave: progress?.record.wave ?? null,
      branch: progress?.record.branch ?? null,
      started_at: progress?.record.started_at ?? null,
      ended_at: progress?.record.ended_at ?? null,
      items: progress?.tickets ?? [],
      broken: [],
    },
    text: textOf(progress),
  });
  return ExitCode.Ok;
};

function textOf(progress: WaveProgress | undefined): string {
  return progress === undefined ? 'no wave was started yet' : progressText(progress);
}

const marks = { holds: 'ok', waived: 'waived', failed: 'FAILED', stale: 'stale', missing: '-' } as const;

function progressText({ record, tickets }: WaveProgress): string {
  const head = `wave ${record.wave} ${record.ended_at === null ? `since ${record.started_at}` : `ended ${record.ended_at}`}, for ${record.branch}`;
  const rows = [['', ...gates, 'status'], ...tickets.map(rowOf)];
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const notes = tickets.flatMap(({ id, note, override, agent_type }) => [
    ...(note === null ? [] : [`${id}: ${note}`]),
    ...(override === null ? [] : [`${id}: agent ${agent_type}: ${override}`]),
  ]);
  return [head, ...table, ...notes].join('\n');
}

function rowOf({ id, gates: verdicts, status }: TicketProgress): string[] {
  const done = status === 'completed';
  return [
    id,
    ...gates.map((gate) => {
      const verdict = verdicts[gate];
      return verdict === undefined ? (done ? 'ok' : ' ') : marks[verdict];
    }),
    status,
  ];
}
