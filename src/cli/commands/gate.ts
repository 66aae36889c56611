import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Attempts } from '../../gates/attempts.ts';
import type { EvidenceLine } from '../../gates/evidence.ts';
import type { GateOutcome } from '../../gates/outcome.ts';
import { runGate as runOneGate, runStale } from '../../gates/run.ts';
import { settling } from '../../gates/settle.ts';
import type { GateState } from '../../gates/status.ts';
import { type TicketGates, ticketStatus } from '../../gates/ticket-status.ts';
import { gateNamed, waiveGate } from '../../gates/waive.ts';
import { ExitCode, messageOf, usageError } from '../../platform/errors.ts';
import { gateCallOf, ticketIdOf } from '../gate-call.ts';
import type { Invocation } from '../invocation.ts';
import type { Io } from '../io.ts';
import { printResult } from '../output.ts';
import { runnable } from '../program-name.ts';
import type { CommandFunction } from '../table.ts';

/** `backlog gate run`: one gate, or with `--stale` the mechanical ones that no longer hold. */
export const runGate: CommandFunction = async (call, io) => {
  const gateCall = gateCallOf(io);
  const ticketId = ticketIdOf(call, gateCall);
  const name = call.arg(0);
  if (call.flag('stale')) {
    if (name !== undefined)
      throw usageError('a gate and --stale exclude each other', 'leave one of them out');
    return printOutcomes(
      io,
      ticketId,
      await settling(gateCall, ticketId, () => runStale(gateCall, ticketId)),
    );
  }
  if (name === undefined)
    throw usageError('which gate?', 'pass plan, implement, lint, review or commit, or --stale');
  const gate = gateNamed(name);
  const plan = gate === 'plan' ? await planText(call, io) : undefined;
  const allow = call.text('allowSuppression');
  const outcome = await settling(gateCall, ticketId, () =>
    runOneGate(gateCall, { ticketId, gate, plan, allow }),
  );
  return printOutcomes(io, ticketId, [outcome]);
};

/** `backlog gate status`: each gate, whether it holds now, and what that rests on. */
export const status: CommandFunction = async (call, io) => {
  const gateCall = gateCallOf(io);
  const shown = await ticketStatus(gateCall, ticketIdOf(call, gateCall, 0));
  const { ticketId, states, attempts, next } = shown;
  printResult(io, {
    json: { ticket_id: ticketId, items: states.map(stateJson), broken: [], attempts, next: next ?? null },
    text: statusText(shown, next && runnable(next, io.env)),
  });
  return ExitCode.Ok;
};

/** `backlog gate waive`: a person lets one gate go. */
export const waive: CommandFunction = async (call, io) => {
  const gateCall = gateCallOf(io);
  const ticketId = ticketIdOf(call, gateCall);
  const gate = gateNamed(call.requiredArg(0, 'gate'));
  const line = await waiveGate(gateCall, { ticketId, gate, reason: call.requiredText('reason') });
  printResult(io, {
    json: { ticket_id: ticketId, gate, result: 'waived', evidence: evidenceJson(line) },
    text: `${ticketId}: gate ${gate} waived; it stands in the ticket's History and in the evidence`,
  });
  return ExitCode.Ok;
};

async function planText(call: Invocation, io: Io): Promise<string> {
  const file = call.text('from');
  if (file === undefined)
    throw usageError(
      'the plan gate takes the implementation plan',
      'add --from - and give the plan on stdin, or --from <file> outside the project',
      'plan-missing',
    );
  if (file === '-') return io.stdin();
  try {
    return readFileSync(path.resolve(io.cwd, file), 'utf8');
  } catch (error) {
    throw usageError(`the plan cannot be read: ${messageOf(error)}`, 'pass a file that is there, or `-`');
  }
}

/** The last outcome decides; a failure is told like an error, with the fields that say what to mend. */
function printOutcomes(io: Io, ticketId: string, outcomes: readonly GateOutcome[]): ExitCode {
  const last = outcomes.at(-1);
  const failed = last?.result === 'fail';
  const json = {
    ticket_id: ticketId,
    gate: last?.gate ?? null,
    result: last?.result ?? 'pass',
    message: last?.message ?? 'every mechanical gate holds; nothing had to run',
    fix: last?.fix ?? null,
    output_tail: last?.outputTail ?? '',
    findings: last?.findings ?? [],
    remarks: last?.remarks ?? [],
    attempts: last?.attempts ?? null,
    items: outcomes.map(({ gate, result, message, evidence }) => ({
      gate,
      result,
      message,
      evidence: evidence.map(evidenceJson),
    })),
    ...(failed ? { error: { code: 'gate-failed', message: last.message, fix: last.fix } } : {}),
  };
  const passed = outcomes.filter(({ result }) => result === 'pass');
  const lines = passed.map(({ gate, message }) => `${ticketId} ${gate}: pass (${message})`);
  if (outcomes.length === 0) lines.push(`${ticketId}: ${json.message}`);
  printResult(io, { json, text: lines.join('\n') });
  if (!failed) return ExitCode.Ok;
  if (!io.json && last.outputTail.trim() !== '') io.note(last.outputTail.trimEnd());
  if (last.attempts !== undefined) io.note(attemptsText(last.attempts));
  io.note(
    `error: ${ticketId} ${last.gate}: ${last.message}\nfix: ${last.fix ?? 'mend it and run the gate again'}`,
  );
  return ExitCode.CheckFailed;
}

function stateJson({ gate, required, verdict, holds, reason, evidence, next }: GateState): object {
  return {
    gate,
    required,
    verdict,
    holds,
    reason,
    next: holds ? null : next,
    evidence: evidence.map(evidenceJson),
  };
}

/** A line of evidence for other programs: without the output, with its own digest. */
function evidenceJson({ sha256, record }: EvidenceLine): object {
  const { output_tail: _tail, ...rest } = record;
  return { ...rest, sha256 };
}

function attemptsText({ gate, failed, most, blocked }: Attempts): string {
  return blocked
    ? `${gate}: ${failed} of ${most} attempts failed; a person decides how it goes on, or a new plan`
    : `${gate}: attempt ${failed} of ${most} failed`;
}

function statusText(
  { ticketId, states, attempts }: Pick<TicketGates, 'ticketId' | 'states' | 'attempts'>,
  next: string | undefined,
): string {
  const rows = states.flatMap(({ gate, required, verdict, reason, evidence }) => [
    `  ${gate.padEnd(10)} ${verdict.padEnd(8)} ${required ? '' : '(not required) '}${reason}`,
    ...evidence.map(({ record }) => `  ${''.padEnd(19)} ${restsOn(record)}`),
  ]);
  return [
    `${ticketId}`,
    ...rows,
    ...attempts.map((one) => `  ${attemptsText(one)}`),
    ...(next === undefined ? [] : [`next: ${next}`]),
  ].join('\n');
}

/** Command, exit code, tree, counts and time of a line, on one line. */
function restsOn(record: EvidenceLine['record']): string {
  const { holds_for: held, tests, findings } = record;
  const parts = [
    record.phase ?? record.result,
    record.command === null ? undefined : `\`${record.command}\` exit ${record.exit_code ?? 'none'}`,
    held.kind === 'tree' || held.kind === 'diff' || held.kind === 'commit'
      ? `tree ${held.tree.slice(0, 12)}`
      : undefined,
    held.kind === 'commit' ? `commit ${held.commit.slice(0, 12)}` : undefined,
    held.kind === 'promise' ? `promise ${held.promise.slice(0, 12)}` : undefined,
    tests?.red === undefined ? undefined : `${tests.red.length} failing on the base`,
    tests === undefined || tests.red !== undefined
      ? undefined
      : `${tests.passed ?? '?'} passed, ${tests.debt} debt`,
    findings === undefined ? undefined : `${findings.new} new, ${findings.debt} debt`,
    typeof record.details?.reviewer === 'string' ? `reviewer ${record.details.reviewer}` : undefined,
    record.started_at,
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}
