import { readFileSync } from 'node:fs';
import path from 'node:path';
import { submitReview } from '../../gates/review.ts';
import { requestReview } from '../../gates/review-request.ts';
import { settleStatus } from '../../gates/settle.ts';
import { ExitCode, messageOf, usageError } from '../../platform/errors.ts';
import { agentRegistry } from '../agent-registry.ts';
import { gateCallOf, ticketIdOf } from '../gate-call.ts';
import type { Io } from '../io.ts';
import { printResult } from '../output.ts';
import { printReview } from '../review-outcome.ts';
import { reviewJson, reviewText } from '../review-package.ts';
import type { CommandFunction } from '../table.ts';

/** `backlog review request`: what a reviewer may see. */
export const request: CommandFunction = async (call, io) => {
  const gateCall = gateCallOf(io);
  const shown = await requestReview(gateCall, ticketIdOf(call, gateCall, 0), {
    full: call.flag('full'),
  });
  printResult(io, { json: reviewJson(shown), text: reviewText(shown) });
  return ExitCode.Ok;
};

/** `backlog review submit`: a reviewer's verdict. */
export const submit: CommandFunction = async (call, io) => {
  const gateCall = gateCallOf(io);
  const done = await submitReview(gateCall, {
    requestId: call.requiredText('request'),
    text: await verdictText(call.text('from'), io),
    registry: agentRegistry(gateCall.home),
  });
  await settleStatus(gateCall, done.ticketId);
  printReview(io, done);
  return ExitCode.Ok;
};

async function verdictText(from: string | undefined, io: Io): Promise<string> {
  if (from === undefined || from === '-') return io.stdin();
  try {
    return readFileSync(path.resolve(io.cwd, from), 'utf8');
  } catch (error) {
    throw usageError(`the verdict cannot be read: ${messageOf(error)}`, 'pass a file that is there, or `-`');
  }
}
