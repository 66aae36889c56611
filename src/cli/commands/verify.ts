import { type Verification, verifyRangeOf } from '../../gates/verify.ts';
import { ExitCode, usageError } from '../../platform/errors.ts';
import { gateCallOf } from '../gate-call.ts';
import { printResult } from '../output.ts';
import type { CommandFunction } from '../table.ts';

/** `backlog verify`: every gate of the tickets completed in a range, from what is committed. */
export const verify: CommandFunction = async (call, io) => {
  const rerun = call.flag('rerun');
  if (rerun && call.isOff('rerun'))
    throw usageError('--rerun and --no-rerun exclude each other', 'leave one of them out');
  const result = await verifyRangeOf(gateCallOf(io), {
    base: call.text('base'),
    rerun: rerun || (!call.isOff('rerun') && (io.env.CI === 'true' || io.env.CI === '1')),
    waivers: !call.isOff('waivers'),
    requireTickets: call.flag('requireTickets'),
  });
  const { failures, broken } = result;
  const fix = fixOf(result);
  const message = failures.join('; ') || `${broken.length} completed tickets cannot be read`;
  const holds = failures.length === 0 && broken.length === 0;
  printResult(io, {
    json: {
      ...asJson(result),
      holds,
      ...(holds ? {} : { error: { code: 'verify-failed', message, fix } }),
    },
    text: asText(result),
  });
  if (holds) return ExitCode.Ok;
  for (const failure of failures) io.note(`error: ${failure}`);
  for (const { file, line, message: why } of broken) io.note(`error: ${file}:${line}: ${why}`);
  io.note(`fix: ${fix}`);
  return broken.length > 0 ? ExitCode.ProjectUnusable : ExitCode.CheckFailed;
};

function fixOf({ items, configChanges, rerun, broken, misplaced }: Verification): string {
  const [unreadable] = broken;
  if (unreadable !== undefined) return unreadable.fix;
  const missing = items.find(({ verdict }) => verdict === 'missing');
  if (missing !== undefined)
    return `move ${missing.ticket_id} back to pending/ and take it through its gates: backlog ticket start ${missing.ticket_id}`;
  if (rerun?.problem) return 'mend what the rerun names, and commit it through its ticket';
  if (items.some(({ verdict, problems }) => verdict === 'unmatched' && problems.length === 0))
    return 'backlog verify --rerun: green on HEAD stands in for the commit that is gone';
  if (misplaced.length > 0)
    return 'tickets are moved by `backlog ticket move` and `backlog ticket complete`; git checkout <base> -- <file> brings back what is gone';
  if (configChanges.length > 0)
    return 'take the change of the gate configuration into a pull request of its own that a person decides';
  return 'take the named tickets through their gates again: backlog gate status <id>';
}

function asJson(result: Verification) {
  const { items, configChanges, rerun, failures, ...rest } = result;
  return {
    ...rest,
    items: items.map(({ allowedLines: _lines, ...item }) => item),
    waivers: items.flatMap(({ ticket_id, waivers }) => waivers.map((one) => ({ ticket_id, ...one }))),
    config_changes: configChanges,
    rerun: rerun && {
      problem: rerun.problem,
      commands: rerun.commands.map(({ run: _run, ...command }) => command),
    },
    failures,
  };
}

function asText(result: Verification): string {
  const { items, exempt, quick, unticketed, misplaced, rerun } = result;
  const lines = [`${result.base.slice(0, 12)}..${result.head.slice(0, 12)}`];
  for (const { ticket_id, verdict, commit, problems, waivers, allowed, included, not_reviewed } of items) {
    lines.push(`${ticket_id}  ${verdict}${commit === null ? '' : `  ${commit.slice(0, 12)}`}`);
    lines.push(...problems.map((problem) => `  no: ${problem}`));
    lines.push(...waivers.map((one) => `  waived: ${one.gate} by ${one.person}: ${one.reason}`));
    lines.push(...allowed.map((one) => `  allowed: ${one.gate} by ${one.person}: ${one.reason}`));
    if (not_reviewed) lines.push('  not reviewed: reviewPipeline.trivial is none');
    if (included.length > 0) lines.push(`  included: ${included.join(', ')}`);
  }
  for (const { ticket_id, commit, subject, problems } of quick)
    lines.push(
      `${ticket_id}  quick  ${commit.slice(0, 12)}  ${subject}`,
      ...problems.map((one) => `  no: ${one}`),
    );
  lines.push(...exempt.map(({ ticket_id, status }) => `${ticket_id}  ${status}: nothing to prove`));
  if (items.length + quick.length + exempt.length === 0) lines.push('no ticket was completed in this range');
  lines.push(...misplaced.map((problem) => `  no: ${problem}`));
  if (unticketed.length > 0) lines.push(`commits of no ticket (not judged): ${unticketed.length}`);
  for (const { command, exit_code, problem, debt } of rerun?.commands ?? [])
    lines.push(
      `rerun  ${problem === null ? 'ok' : 'no'}  \`${command}\` exit ${exit_code ?? 'by a signal'}${debt > 0 ? ` (debt: ${debt})` : ''}`,
    );
  return lines.join('\n');
}
