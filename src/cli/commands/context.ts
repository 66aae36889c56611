import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Context } from '../../attribution/attribution.ts';
import { type ContextPlace, clearContext, setContext } from '../../attribution/context.ts';
import { sessionSkill } from '../../attribution/registry.ts';
import { resolve } from '../../attribution/resolve.ts';
import { BacklogError, ExitCode } from '../../platform/errors.ts';
import { dataDirOf } from '../../project/data-dir.ts';
import { projectName } from '../../project/name.ts';
import { backlogHome, findProject, type ProjectPaths } from '../../project/paths.ts';
import type { Io } from '../io.ts';
import { printResult } from '../output.ts';
import type { CommandFunction } from '../table.ts';

// On the way of every gate of every agent: no schema, YAML or process library here.

/** `backlog context set`: which ticket, gate and agent the next requests are for. */
export const set: CommandFunction = async (call, io) => {
  const project = findProject(io.cwd);
  const { name, warning } = projectName(project?.root ?? io.cwd);
  if (warning !== undefined) io.note(`warning: ${warning}`);
  const ticket = call.requiredArg(0, 'ticket');
  const place = placeOf(io, project);
  checkTicket(ticket, project, call.flag('strict'), io);
  const context = setContext(place, {
    ticket_id: ticket,
    gate: call.requiredArg(1, 'gate'),
    project: name,
    agent_type: call.requiredArg(2, 'agent'),
    skill: call.arg(3) ?? (io.env.CURRENT_SKILL || inheritedSkill(place) || 'unknown'),
  });
  printResult(io, { json: context, text: inWords(context) });
  return ExitCode.Ok;
};

/** `backlog context clear`: the next requests are for no ticket. */
export const clear: CommandFunction = async (_call, io) => {
  clearContext(placeOf(io, findProject(io.cwd)));
  printResult(io, { json: { cleared: true }, text: 'context cleared' });
  return ExitCode.Ok;
};

/** `backlog context show`: the context, and which rule found it. */
export const show: CommandFunction = async (_call, io) => {
  const project = findProject(io.cwd);
  const { home, opsDir, sessionId, agentId } = placeOf(io, project);
  const { context, attributed_by } = resolve({
    home,
    opsDir,
    env: io.env,
    project: projectName(project?.root ?? io.cwd).name,
    sessionId,
    agentId,
    clock: io.clock,
  });
  printResult(io, {
    json: { ...context, attributed_by },
    text: context === undefined ? 'no context' : `${inWords(context)}\nfound by: ${attributed_by}`,
  });
  return ExitCode.Ok;
};

/** An agent's entry inherits the skill of its session. */
function inheritedSkill({ home, sessionId, agentId }: ContextPlace): string {
  return sessionId === undefined || agentId === undefined ? '' : sessionSkill(home, sessionId);
}

function placeOf(io: Io, project: ProjectPaths | undefined): ContextPlace {
  return {
    home: backlogHome(io.env),
    opsDir: project?.opsDir,
    sessionId: io.caller.sessionId,
    agentId: io.caller.agentId,
    clock: io.clock,
  };
}

function inWords(context: Context): string {
  return [
    ['ticket', context.ticket_id],
    ['gate', context.gate],
    ['project', context.project],
    ['agent', context.agent_type],
    ['skill', context.skill],
  ]
    .map(([name, value]) => `${name}: ${value || '(none)'}`)
    .join('\n');
}

/** A ticket that is not in the backlog is a warning: attribution does not stand in the way of work. */
function checkTicket(ticket: string, project: ProjectPaths | undefined, strict: boolean, io: Io): void {
  if (ticket === '' || project === undefined || isInBacklog(ticket, project)) return;
  const message = `there is no ticket ${ticket} in this backlog`;
  if (!strict) {
    io.note(`warning: ${message}; its requests are counted under that id all the same`);
    return;
  }
  throw new BacklogError({
    code: 'ticket-not-found',
    message,
    fix: '`backlog ticket list --all` shows the ids; without --strict this is a warning',
    exitCode: ExitCode.ProjectUnusable,
  });
}

/** By file names alone: reading tickets is another command's business. */
function isInBacklog(ticket: string, project: ProjectPaths): boolean {
  const data = dataDirOf(project);
  return ['pending', 'completed'].some((folder) => {
    try {
      return readdirSync(path.join(data, folder)).some(
        (name) => name === `${ticket}.md` || (name.startsWith(`${ticket}-`) && name.endsWith('.md')),
      );
    } catch {
      return false;
    }
  });
}
