import { clearContext, setContext } from '../../attribution/context.ts';
import { resolve } from '../../attribution/resolve.ts';
import { newQuickId, quickCommit } from '../../gates/quick.ts';
import { ExitCode, usageError } from '../../platform/errors.ts';
import { projectName } from '../../project/name.ts';
import { gateCallOf } from '../gate-call.ts';
import { printResult } from '../output.ts';
import type { CommandFunction } from '../table.ts';

/** `backlog quick`: lint, tests and one commit for a trifle; `--begin` says beforehand which id its requests count for. */
export const quick: CommandFunction = async (call, io) => {
  const gateCall = gateCallOf(io);
  const { paths, home } = gateCall;
  const { sessionId, agentId } = io.caller;
  const place = { home, opsDir: paths.opsDir, sessionId, agentId, clock: io.clock };
  const project = projectName(paths.root).name;
  const enter = (id: string, gate: string) =>
    setContext(place, { ticket_id: id, gate, project, agent_type: 'quick', skill: 'backlog-quick' });
  if (call.flag('begin')) {
    const id = newQuickId();
    enter(id, 'implement');
    printResult(io, { json: { ticket_id: id }, text: id });
    return ExitCode.Ok;
  }
  const summary = call.arg(0);
  if (summary === undefined)
    throw usageError('what does the change do?', 'backlog quick "<what it does now>"');
  const found = resolve({ ...place, env: io.env, project }).context?.ticket_id;
  const done = await quickCommit(gateCall, {
    summary,
    type: call.text('type') ?? 'fix',
    area: call.text('area') ?? '',
    id: found,
  });
  if (found === done.id) clearContext(place);
  const { changedByHook, commands } = done;
  printResult(io, {
    json: {
      ticket_id: done.id,
      commit: done.commit,
      subject: done.subject,
      files: done.files,
      code_lines: done.codeLines,
      commands: commands.map(({ run: _run, ...rest }) => rest),
      changed_by_hook: changedByHook,
    },
    text: [
      `${done.commit.slice(0, 12)} ${done.subject} (${done.id})`,
      ...done.files.map((file) => `  ${file}`),
    ].join('\n'),
  });
  if (commands.length === 0) io.note('warning: no gate command is configured; nothing was run');
  if (changedByHook.length === 0) return ExitCode.Ok;
  io.note(
    `error: a git hook changed what was committed: ${changedByHook.join(', ')}; lint and tests did not see that\nfix: look at it with git show, then run your lint and test commands`,
  );
  return ExitCode.CheckFailed;
};
