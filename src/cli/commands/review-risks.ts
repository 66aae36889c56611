import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ticketDifference } from '../../gates/review-facts.ts';
import { type ReviewRisks, reviewRisks } from '../../gates/review-risks.ts';
import { ExitCode, messageOf, usageError } from '../../platform/errors.ts';
import { gateCallOf } from '../gate-call.ts';
import type { Invocation } from '../invocation.ts';
import type { Io } from '../io.ts';
import { printResult } from '../output.ts';
import type { CommandFunction } from '../table.ts';

/** `backlog review risks`: the risk groups that a change touches, and where. */
export const risks: CommandFunction = async (call, io) => {
  const { detected, found } = reviewRisks(await diffText(call, io));
  printResult(io, {
    json: { detected, requires_high_risk_review: detected.length > 0, found },
    text: asText({ detected, found }),
  });
  return ExitCode.Ok;
};

/** `--ticket` reads the ticket's own change from git, `--diff` a file; else it is on stdin. */
async function diffText(call: Invocation, io: Io): Promise<string> {
  const [file, ticket] = [call.text('diff'), call.text('ticket')];
  if (file !== undefined && ticket !== undefined)
    throw usageError('--diff and --ticket exclude each other', 'leave one of them out');
  if (ticket !== undefined) return ticketDifference(gateCallOf(io), ticket);
  if (file === undefined || file === '-') return io.stdin();
  try {
    return readFileSync(path.resolve(io.cwd, file), 'utf8');
  } catch (error) {
    throw usageError(
      `the difference cannot be read: ${messageOf(error)}`,
      'pass a file that is there, or `-`',
    );
  }
}

function asText({ detected, found }: ReviewRisks): string {
  if (detected.length === 0) return 'no risk group found';
  return [
    `high-risk review: ${detected.join(', ')}`,
    ...found.map(
      ({ group, file, line, side, text }) =>
        `  ${group.padEnd(14)} ${file === '' ? '' : `${file}:`}${line} ${side === 'added' ? '+' : '-'} ${text}`,
    ),
  ].join('\n');
}
