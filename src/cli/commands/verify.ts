import { type Verification, verifyRange } from '../../gates/verify.ts';
import { ExitCode } from '../../platform/errors.ts';
import { gateCallOf } from '../gate-call.ts';
import { printResult } from '../output.ts';
import type { CommandFunction } from '../table.ts';

/** `backlog verify`: the CI form of every gate. */
export const verify: CommandFunction = async (call, io) => {
  const rerun = call.flag('rerun') || (io.env.CI === 'true' && !call.isOff('rerun'));
  const result = await verifyRange(gateCallOf(io), {
    base: call.text('base'),
    rerun,
    waivers: !call.isOff('waivers'),
  });
  printResult(io, {
    json: {
      base: result.base,
      head: result.head,
      ok: result.ok,
      items: result.tickets.map(({ ticketId, ...rest }) => ({ ticket_id: ticketId, ...rest })),
      broken: [],
      rerun: result.rerun ?? null,
    },
    text: inWords(result),
  });
  return result.ok ? ExitCode.Ok : ExitCode.CheckFailed;
};

function inWords({ tickets, rerun, base, head, ok }: Verification): string {
  return [
    `${base.slice(0, 12)}..${head.slice(0, 12)}: ${tickets.length} completed ${tickets.length === 1 ? 'ticket' : 'tickets'}`,
    ...tickets.flatMap(({ ticketId, verdict, reason, waivers, included }) => [
      `  ${ticketId}  ${verdict}: ${reason}`,
      ...waivers.map(({ gate, person, reason: why }) => `    ${gate} waived by ${person}: ${why}`),
      ...included.map((file) => `    included by a person: ${file}`),
    ]),
    ...(rerun?.commands ?? []).map(
      ({ command, green, reason }) => `  ${green ? 'green' : 'RED'}  \`${command}\` ${reason}`,
    ),
    ok ? 'verified' : 'not verified',
  ].join('\n');
}
