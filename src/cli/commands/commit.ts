import { commitWork } from '../../gates/commit.ts';
import { commitMessage } from '../../gates/commit-message.ts';
import { settling } from '../../gates/settle.ts';
import { ExitCode } from '../../platform/errors.ts';
import { gateCallOf, ticketIdOf } from '../gate-call.ts';
import type { Invocation } from '../invocation.ts';
import { printResult } from '../output.ts';
import type { CommandFunction } from '../table.ts';

/** `backlog commit`: the ticket's whole change, with its evidence. */
export const commit: CommandFunction = async (call, io) => {
  const gateCall = gateCallOf(io);
  const ticketId = ticketIdOf(call, gateCall);
  const done = await settling(gateCall, ticketId, () =>
    commitWork(gateCall, {
      ticketId,
      ...messageParts(call),
      include: call.texts('include'),
      reason: call.text('reason') ?? '',
    }),
  );
  const { changedByHook, gatesToRunAgain } = done;
  const again = `backlog gate run --stale --ticket ${ticketId}`;
  printResult(io, {
    json: {
      ticket_id: ticketId,
      commit: done.commit,
      subject: done.subject,
      files: done.files,
      changed_by_hook: changedByHook,
      gates_to_run_again: gatesToRunAgain,
      next: changedByHook.length === 0 ? `backlog ticket complete ${ticketId}` : again,
    },
    text: `${done.commit.slice(0, 12)} ${done.subject}\n${done.files.map((file) => `  ${file}`).join('\n')}`,
  });
  if (changedByHook.length === 0) return ExitCode.Ok;
  io.note(
    `error: a git hook changed what was committed: ${changedByHook.join(', ')}; these gates no longer hold: ${gatesToRunAgain.join(', ')}\nfix: ${again}`,
  );
  return ExitCode.CheckFailed;
};

/** `backlog commit message`: the text alone. */
export const message: CommandFunction = async (call, io) => {
  const ticketId = call.requiredText('ticket');
  const text = commitMessage({ ticketId, ...messageParts(call) });
  printResult(io, { json: { message: text }, text });
  return ExitCode.Ok;
};

function messageParts(call: Invocation) {
  return {
    type: call.text('type') ?? 'feat',
    area: call.text('area') ?? '',
    summary: call.text('summary') ?? '',
  };
}
