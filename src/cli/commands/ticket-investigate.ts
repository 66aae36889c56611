import path from 'node:path';
import { personName } from '../../gates/call.ts';
import { closeInvestigation, openInvestigation } from '../../gates/investigate.ts';
import { ExitCode, usageError } from '../../platform/errors.ts';
import { gateCallOf } from '../gate-call.ts';
import { printResult } from '../output.ts';
import type { CommandFunction } from '../table.ts';
import { textFrom } from '../text-from.ts';

/** `backlog ticket investigate`: says that a ticket is unclear, or stores what was found and makes it ready. */
export const investigate: CommandFunction = async (call, io) => {
  const id = call.requiredArg(0, 'id');
  const from = call.text('from');
  if (call.flag('open') === (from !== undefined))
    throw usageError(
      'either open an investigation or hand in what it found',
      'pass --open --reason "<what is unclear>", or --from - with the findings on stdin',
    );
  const gateCall = gateCallOf(io);
  const author = io.caller.agentId ?? (await personName(gateCall));
  const ticket =
    from === undefined
      ? await openInvestigation(gateCall, id, call.text('reason') ?? '', author)
      : await closeInvestigation(gateCall, id, await textFrom(from, io), author);
  const file = path.relative(io.cwd, ticket.file);
  printResult(io, {
    json: { id: ticket.id, status: ticket.status, file },
    text: `${ticket.id} is ${ticket.status}: ${file}`,
  });
  return ExitCode.Ok;
};
