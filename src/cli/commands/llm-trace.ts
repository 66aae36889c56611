import path from 'node:path';
import { BacklogError, ExitCode } from '../../platform/errors.ts';
import { backlogHome, findProject } from '../../project/paths.ts';
import { traceFolder } from '../../router/lib/trace-store.ts';
import { newestTraces, type TraceSummary } from '../../router/trace-list.ts';
import type { Invocation } from '../invocation.ts';
import type { Io } from '../io.ts';
import { printResult } from '../output.ts';
import type { CommandFunction } from '../table.ts';

const DEFAULT_LAST = 10;

/** `llm trace`: the newest attempts, one line each. Exit 1 when there is no folder of traces. */
export const trace: CommandFunction = async (call, io) => {
  const last = call.number('last', { min: 1, integer: true }) ?? DEFAULT_LAST;
  const folders = foldersOf(call, io);
  const { items, broken, folders: found } = newestTraces(folders, last);
  if (found.length === 0)
    throw new BacklogError({
      code: 'llm-no-traces',
      message: `no traces in ${folders.map((folder) => path.join(folder, 'traces')).join(' or ')}`,
      fix: 'make a call first, such as `backlog llm-call --user "Say hello"`, or pass --dir <folder>',
      exitCode: ExitCode.CheckFailed,
    });
  for (const { file, message } of broken) io.note(`warning: ${file} cannot be read: ${message}`);
  printResult(io, {
    json: { items, broken },
    text: items.length === 0 ? 'No traces found.' : items.map(lineOf).join('\n'),
  });
  return ExitCode.Ok;
};

/** Where llm-call and the library write: the project's, else the working directory's and the user's own. */
function foldersOf(call: Invocation, io: Io): string[] {
  const given = call.text('dir');
  if (given !== undefined) {
    const folder = path.resolve(io.cwd, given);
    return [path.basename(folder) === 'traces' ? path.dirname(folder) : folder];
  }
  const here = traceFolder({ cwd: io.cwd });
  return findProject(io.cwd) ? [here] : [here, backlogHome(io.env)];
}

/** `1f0c9a3e 2026-11-21T12:00:00Z judge anthropic a1 claude-haiku-5-5 OK 812 ms $0.0011` */
function lineOf(item: TraceSummary): string {
  const outcome = item.status === 'success' ? 'OK' : `ERROR ${item.failure_type ?? item.status}`;
  const cost =
    item.cost_usd === null ? 'cost unknown' : `$${item.cost_usd.toFixed(item.cost_usd < 0.01 ? 6 : 4)}`;
  return [
    item.call_id.slice(0, 8),
    item.ts.replace(/\.\d+Z$/, 'Z'),
    item.asked ?? '-',
    item.provider,
    `a${item.attempt}`,
    item.model || '-',
    outcome,
    item.latency_ms === null ? '-' : `${item.latency_ms} ms`,
    cost,
  ]
    .join(' ')
    .replace(/\p{Cc}/gu, ' ');
}
