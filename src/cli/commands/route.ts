import path from 'node:path';
import { ExitCode, usageError } from '../../platform/errors.ts';
import { installRoot } from '../../project/install-root.ts';
import { openTickets, requireTicket } from '../../tickets/store.ts';
import { escalateStep } from '../../waves/escalate.ts';
import { overrideAgent } from '../../waves/override.ts';
import { openDesk, type Route, type RoutingDesk, routeTicket } from '../../waves/route.ts';
import { externalSkills, ownSkills } from '../../waves/skills.ts';
import { type RoutedGate, routedGates } from '../../waves/step-model.ts';
import { mainCallOf } from '../gate-call.ts';
import { implementerContext } from '../implementer-context.ts';
import type { Invocation } from '../invocation.ts';
import type { Io } from '../io.ts';
import { askLocalModel } from '../local-model.ts';
import { printResult } from '../output.ts';
import type { CommandFunction } from '../table.ts';

/** `backlog route`: whom to start for a gate of a ticket, with which model, minding what. */
export const route: CommandFunction = async (call, io) => {
  if (call.flag('skills')) return listSkills(call, io);
  const id = call.arg(0);
  if (id === undefined) throw usageError('which ticket?', 'pass its id: backlog route FEAT-001 --gate plan');
  const gate = call.choice('gate', routedGates) ?? 'implement';
  const gateCall = mainCallOf(io);
  checkFlags(call);
  const ticketId = requireTicket(openTickets(gateCall.paths, gateCall.config), id).id;
  const agentType = call.text('override');
  const reason = call.text('reason');
  if (agentType !== undefined) await overrideAgent(gateCall, { ticketId, agentType, reason });
  const desk = await openDesk(gateCall, () => askLocalModel(io, gateCall));
  const notes = call.flag('escalate') ? await escalate(desk, ticketId, gate, reason) : [];
  const found = await routeTicket(desk, ticketId, gate);
  const context = gate === 'implement' ? await implementerContext(gateCall, ticketId) : {};
  const answer = { ...found, ...context, notes: [...found.notes, ...notes] };
  for (const note of answer.notes) io.note(note);
  printResult(io, { json: answer, text: routeText(answer) });
  return ExitCode.Ok;
};

function checkFlags(call: Invocation): void {
  const both = call.flag('escalate') && call.text('override') !== undefined;
  if (both)
    throw usageError('--escalate and --override exclude each other', 'make two calls, each with its reason');
  if (call.text('reason') !== undefined && !call.flag('escalate') && call.text('override') === undefined)
    throw usageError('--reason is for --escalate and --override', 'add one of them, or leave --reason out');
}

async function escalate(
  desk: RoutingDesk,
  ticketId: string,
  gate: RoutedGate,
  reason: string | undefined,
): Promise<string[]> {
  const { tier } = await routeTicket(desk, ticketId, gate);
  const { note } = await escalateStep(desk.call, { ticketId, gate, tier, reason });
  return note === undefined ? [] : [note];
}

/** `backlog route --skills`: our disciplines, and what other plugins, the user and the project have. */
async function listSkills(call: Invocation, io: Io): Promise<ExitCode> {
  if (call.arg(0) !== undefined)
    throw usageError('--skills is about no ticket', 'leave the id out, or --skills');
  const gateCall = mainCallOf(io);
  const items = [...ownSkills(), ...externalSkills(gateCall)];
  printResult(io, {
    json: { items, broken: [] },
    text: items
      .map(({ name, external, description }) => `${name}${external ? ' (external)' : ''}: ${description}`)
      .join('\n'),
  });
  return ExitCode.Ok;
}

function routeText(found: Route): string {
  const who =
    found.agent ?? (found.dispatch === 'llm-call' ? `backlog llm-call --model ${found.model}` : 'you');
  const { local_first: local } = found;
  return [
    `${found.id} ${found.gate}: ${who}${found.agent === null ? '' : ` (model: ${found.model})`}`,
    `  agent type  ${found.agent_type}: ${found.agent_why}`,
    ...(found.brief === null ? [] : [`  brief       ${path.relative(installRoot(), found.brief)}`]),
    `  model       ${found.tier}: ${found.why.join('; ')}`,
    `  complexity  ${found.complexity}: ${found.reasons.join(', ')}`,
    `  pipeline    ${found.pipeline}: ${found.pipeline_why}`,
    `  local       ${local.eligible ? 'yes' : 'no'}: ${local.why.join('; ')}`,
    ...found.disciplines.map(({ name, skill, why }) => `  discipline  ${skill ?? name}: ${why}`),
    ...found.skills.map(({ name, fits }) => `  external    ${name} speaks of ${fits.join(', ')}`),
  ].join('\n');
}
