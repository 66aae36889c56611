import { precheck as facts, type Precheck, precheckHolds } from '../../gates/precheck.ts';
import { lookAt } from '../../gates/review-facts.ts';
import { currentDiff } from '../../gates/work.ts';
import { ExitCode } from '../../platform/errors.ts';
import { gateCallOf, ticketIdOf } from '../gate-call.ts';
import { printResult } from '../output.ts';
import type { CommandFunction } from '../table.ts';

/** `backlog review precheck`: what a program knows of a change before anybody reviews it. */
export const precheck: CommandFunction = async (call, io) => {
  const gateCall = gateCallOf(io);
  const ticketId = ticketIdOf(call, gateCall, 0);
  const work = await lookAt(gateCall, ticketId);
  const found = await facts(work, await currentDiff(work));
  printResult(io, { json: { ticket_id: ticketId, ...found }, text: asText(found) });
  return precheckHolds(found) ? ExitCode.Ok : ExitCode.CheckFailed;
};

function asText({ issues, ...values }: Precheck): string {
  return [
    ...Object.entries(values).map(
      ([fact, value]) =>
        `${fact.padEnd(11)} ${value === null ? 'nothing is configured that could tell' : value}`,
    ),
    ...issues.map(
      ({ fact, file, line, message }) => `  ${fact}: ${file === '' ? '' : `${file}:${line}: `}${message}`,
    ),
  ].join('\n');
}
