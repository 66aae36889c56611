import { isTicketId } from '../gates/claims.ts';
import { messageOf } from '../platform/errors.ts';
import type { ProjectPaths } from '../project/paths.ts';
import type { Answer } from '../router/call.ts';
import { beginLocal, failLocal, failureText, isTextGate } from '../waves/local-attempts.ts';
import type { Io } from './io.ts';

/** Which ticket's gate a call of the local model is for. */
export interface LocalCall {
  readonly paths: ProjectPaths;
  readonly ticketId: string;
  readonly gate: string;
}

/**
 * Asks `free` for a ticket and counts it: as an attempt when it begins, as failed when nothing usable comes or a model that
 * costs money stands in. What cannot be counted never takes the answer away.
 */
export async function countedCall(
  call: LocalCall | undefined,
  io: Io,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  if (call === undefined || !isTextGate(call.gate) || !isTicketId(call.ticketId)) return ask();
  const { paths, ticketId, gate } = call;
  const place = { paths, clock: io.clock, caller: io.caller };
  const count = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      io.note(`warning: the local attempt was not counted: ${messageOf(error)}`);
    }
  };
  const fail = (reason: string): Promise<void> =>
    count(async () => {
      const failed = await failLocal(place, ticketId, gate, reason);
      if (failed !== undefined) io.note(failureText(failed));
    });
  await count(() => beginLocal(place, ticketId, gate));
  let answer: Answer;
  try {
    answer = await ask();
  } catch (error) {
    // Ctrl-C says nothing about the model.
    if (!io.signal.aborted) await fail(messageOf(error).split('\n', 1)[0] ?? '');
    throw error;
  }
  const { record, text } = answer;
  if (answer.paidInsteadOfFree) await fail(`answered by ${record.provider}/${record.model} instead`);
  else if (text.trim() === '') await fail('the answer is empty');
  return answer;
}
