import path from 'node:path';
import { isSafeId, ownerOnly, places } from '../attribution/places.ts';
import { agentRecord } from '../attribution/registry.ts';
import type { GateCall } from '../gates/call.ts';
import type { Claim } from '../gates/claims.ts';
import { GitFacts } from '../gates/git-facts.ts';
import { type OpenGate, openGate } from '../gates/open-gate.ts';
import { appendLine, readTextIfExists } from '../platform/files.ts';
import { loadConfig } from '../project/config.ts';
import { type Gate, gates } from '../project/gates.ts';
import type { Holdings } from './holdings.ts';
import type { HookInput } from './input.ts';
import type { HookWorld } from './world.ts';

// Loaded only for whoever holds a ticket: it asks git and the gates, which nearly every other turn does without.

/** The session's own end of turn: any ticket whose implementation has begun. It may still wait for its agents. */
export async function leadersReason(
  input: HookInput,
  world: HookWorld,
  { project }: Holdings,
  held: readonly Claim[],
): Promise<string | undefined> {
  if (input.background_tasks > 0) return undefined;
  const call = callOf(input, world, project);
  for (const claim of held) {
    const open = await openGate(call, claim);
    if (open === undefined || wasToldBefore(input, world, claim, open)) continue;
    return inWords(claim, open, open.state.next);
  }
  return undefined;
}

/** An agent answers for the gate that its prompt's marker names, and only when it says that it is done. */
export async function agentsReason(
  input: HookInput,
  world: HookWorld,
  { project, ticketId }: Holdings,
  held: readonly Claim[],
): Promise<string | undefined> {
  const { agent_id: agentId = '', session_id: session } = input;
  const claim = held.find((one) => one.ticket_id === ticketId);
  const gate = gates.find((one) => one === agentRecord(world.home, session, agentId)?.context?.gate);
  if (claim === undefined || gate === undefined || !saysDone(input.last_assistant_message)) return undefined;
  const open = await openGate(callOf(input, world, project), claim, gate);
  if (open === undefined || (gate === 'review' && open.agents.includes(agentId))) return undefined;
  if (wasToldBefore(input, world, claim, open)) return undefined;
  return inWords(claim, open, nextOf(gate, claim, open));
}

/** A reviewer is shown its request already; what is missing is the verdict. */
function nextOf(gate: Gate, { ticket_id: id }: Claim, { state }: OpenGate): string {
  return gate === 'review'
    ? `backlog review submit --request <id> --from - (the id is in your task, or ask: backlog review request ${id})`
    : state.next;
}

function inWords({ ticket_id: id }: Claim, { state }: OpenGate, next: string): string {
  return `The gate ${state.gate} of ${id} is open: ${state.reason}. Next: ${next}. If that cannot be done, say why and what is missing.`;
}

/** Kept on disk: each hook is a process of its own. */
function wasToldBefore(
  { session_id: session, agent_id: agent }: HookInput,
  { home }: HookWorld,
  { ticket_id: ticket }: Claim,
  { state, tree }: OpenGate,
): boolean {
  if (!isSafeId(session)) return true;
  const file = path.join(places.session(home, session), 'stops.jsonl');
  const line = JSON.stringify({ agent: agent ?? null, ticket, gate: state.gate, tree });
  if ((readTextIfExists(file) ?? '').split('\n').includes(line)) return true;
  appendLine(file, line, ownerOnly);
  return false;
}

const done =
  /\b(?:done|finished|completed?|implemented|ready (?:for|to)|all (?:the )?(?:tests|gates|checks|criteria) (?:pass|hold|are (?:green|met)))\b/i;
const notDone =
  /\b(?:not|isn't|cannot be|can't be|nothing is) (?:yet )?(?:done|finished|complete|implemented)/i;

function saysDone(message: string): boolean {
  return done.test(message) && !notDone.test(message);
}

function callOf(input: HookInput, world: HookWorld, paths: Holdings['project']): GateCall {
  const { home, env, clock } = world;
  return {
    paths,
    config: loadConfig(paths).config,
    env,
    home,
    clock,
    caller: {
      insideClaudeCode: true,
      sessionId: input.session_id,
      agentId: input.agent_id,
      stamp: undefined,
    },
    signal: new AbortController().signal,
    note: () => {},
    confirm: undefined,
    facts: new GitFacts(),
  };
}
