import type { GateCall } from '../gates/call.ts';
import { readEvidence } from '../gates/evidence.ts';
import { whyFull } from '../gates/reviewers.ts';
import { escalationsFile, readEscalations } from '../ledger/escalations.ts';
import type { DisciplineName } from '../project/disciplines.ts';
import type { LocalModel } from '../router/local-model.ts';
import type { Backlog } from '../tickets/backlog.ts';
import type { Complexity } from '../tickets/classify.ts';
import { openTickets, requireTicket } from '../tickets/store.ts';
import { closedStatuses } from '../tickets/ticket.ts';
import { type AgentPlace, agentToStart, PLUGIN } from './agents.ts';
import { type Candidate, candidateOf } from './candidate.ts';
import { disciplinesFor } from './disciplines.ts';
import { escalateAfterLocal } from './escalate.ts';
import { type GateModel, gateModel } from './gate-model.ts';
import { localFailure, localRecord, settleLocal } from './local-attempts.ts';
import { type LocalFirst, localFirst } from './local-first.ts';
import { agentTypeFor, overrides } from './override.ts';
import { type ChosenPipeline, type Pipeline, pipelineOf } from './pipeline.ts';
import type { RoutingEvent } from './routing-log.ts';
import { disciplineFile, externalSkills, type Skill } from './skills.ts';
import type { RoutedGate } from './step-model.ts';
import { openWave } from './wave-record.ts';

/** A text that an agent is given. */
export interface GivenDiscipline {
  readonly name: DisciplineName;
  /** The skill that `agentRouting.disciplines` puts in its place; `null` for our own text. */
  readonly skill: string | null;
  /** Absolute. */
  readonly file: string;
  readonly external: boolean;
  readonly why: string;
}

/** Whom to start for a gate of a ticket, with which model, minding what. */
export interface Route extends GateModel {
  readonly id: string;
  readonly agent_type: string;
  readonly agent_why: string;
  /** Somebody's choice of another agent type, with its reason; `null` when the rules decide. */
  readonly override: { readonly agent_type: string; readonly reason: string; readonly at: string } | null;
  /** `subagent_type` of the agent to start; `null` where no agent works. */
  readonly agent: string | null;
  readonly agent_place: AgentPlace | null;
  readonly brief: string | null;
  readonly complexity: Complexity;
  readonly reasons: readonly string[];
  readonly pipeline: Pipeline;
  readonly pipeline_why: string;
  /** An investigator looks at the ticket before its plan (`agentRouting.overrides.*.investigator`). */
  readonly investigator: boolean;
  /** What failed before: the next agent is given ticket, plan and the last gate's output in full. */
  readonly full_context: boolean;
  readonly local_first: LocalFirst;
  readonly disciplines: readonly GivenDiscipline[];
  /** Other people's skills that speak of the same things. Found only: they are neither loaded nor run. */
  readonly skills: readonly Skill[];
  /** What people should hear: a local model that failed, a mapped skill that is not there. */
  readonly notes: readonly string[];
}

/** What routing looks up once, for however many tickets. */
export interface RoutingDesk {
  readonly call: GateCall;
  readonly backlog: Backlog;
  readonly localModel: () => Promise<LocalModel>;
  readonly skills: () => readonly Skill[];
  readonly overrides: ReadonlyMap<string, RoutingEvent>;
  readonly notes: readonly string[];
}

/**
 * Opens the desk, and ends local attempts whose outcome is known by now.
 * @param askLocal asks whether the local model is up; called once at most
 */
export async function openDesk(call: GateCall, askLocal: () => Promise<LocalModel>): Promise<RoutingDesk> {
  const backlog = openTickets(call.paths, call.config);
  const { broken } = readEscalations(call.paths.opsDir);
  const notes = [
    ...(await settleAttempts(call, backlog)),
    ...(broken === 0 ? [] : [`${broken} lines of ${escalationsFile(call.paths.opsDir)} cannot be read`]),
  ];
  let asked: Promise<LocalModel> | undefined;
  let found: readonly Skill[] | undefined;
  return {
    call,
    backlog,
    overrides: overrides(call.paths.opsDir, call.config),
    notes,
    localModel: () => {
      asked ??= askLocal();
      return asked;
    },
    skills: () => {
      found ??= externalSkills(call);
      return found;
    },
  };
}

/**
 * Ends the attempts of the local model whose outcome the evidence tells.
 * @returns one line for each that failed, and for what cannot be read
 */
export function settleAttempts(call: GateCall, backlog: Backlog): Promise<readonly string[]> {
  return settleLocal(
    call,
    (id) => backlog.byId(id)?.status,
    (id, reason) => escalateAfterLocal(call, id, reason),
  );
}

/** @throws BacklogError `ticket-not-found` (exit 3) */
export async function routeTicket(desk: RoutingDesk, ticketId: string, gate: RoutedGate): Promise<Route> {
  const { call, backlog } = desk;
  const ticket = requireTicket(backlog, ticketId);
  const candidate = candidateOf(ticket, backlog);
  const override = desk.overrides.get(ticket.id);
  const { agentType, why } = agentTypeFor(candidate, call.config, override);
  const local = await localFirstOf(desk, candidate);
  const open = !closedStatuses.has(ticket.status);
  const model = await gateModel(call, ticket.id, gate, { local, open });
  const pipeline = pipelineNow(call, candidate);
  const given = givenTo(desk, candidate, agentType, gate);
  return {
    id: ticket.id,
    ...model,
    agent_type: agentType,
    agent_why: why,
    override:
      override?.agent_type == null
        ? null
        : { agent_type: override.agent_type, reason: override.reason, at: override.at },
    ...agentFor(call, gate, agentType, model),
    complexity: candidate.classification.complexity,
    reasons: candidate.classification.reasons,
    pipeline: pipeline.pipeline,
    pipeline_why: pipeline.why,
    investigator: call.config.agentRouting.overrides[candidate.prefix]?.investigator ?? false,
    full_context: model.escalation !== null,
    local_first: local,
    ...given,
    notes: [...desk.notes, ...candidate.classification.warnings, ...given.notes],
  };
}

/** The pipeline by the ticket; the full one after what gives it the full review too. */
function pipelineNow(call: GateCall, candidate: Candidate): Pick<ChosenPipeline, 'pipeline' | 'why'> {
  const chosen = pipelineOf(candidate);
  if (chosen.pipeline === 'full') return chosen;
  const why = whyFull(readEvidence(call.paths.opsDir, candidate.id));
  return why === undefined ? chosen : { pipeline: 'full', why };
}

async function localFirstOf(desk: RoutingDesk, candidate: Candidate): Promise<LocalFirst> {
  const { paths } = desk.call;
  const wave = new Set(openWave(paths.opsDir)?.tickets.map(({ id }) => id));
  return localFirst({
    ticket: candidate,
    dependsInWave: candidate.waitsFor.filter((id) => wave.has(id)),
    record: localRecord(paths.mainRoot),
    failure: localFailure(paths.opsDir, candidate.id),
    model: await desk.localModel(),
  });
}

/** Agents of gates that do not write code; a gate that is not here and has no type's agent is the leader's own work. */
function agentFor(
  call: GateCall,
  gate: RoutedGate,
  agentType: string,
  { dispatch }: GateModel,
): Pick<Route, 'agent' | 'agent_place' | 'brief'> {
  if (dispatch === 'llm-call') return { agent: null, agent_place: null, brief: null };
  if (gate === 'implement' || gate === 'lint') {
    const { agent, place, brief } = agentToStart(call, agentType);
    return { agent, agent_place: place, brief };
  }
  if (gate === 'review') return { agent: `${PLUGIN}:reviewer`, agent_place: 'plugin', brief: null };
  if (gate === 'plan') return { agent: 'general-purpose', agent_place: 'default', brief: null };
  return { agent: null, agent_place: null, brief: null };
}

function givenTo(
  { call, skills }: RoutingDesk,
  ticket: Candidate,
  agentType: string,
  gate: RoutedGate,
): Pick<Route, 'disciplines' | 'skills' | 'notes'> {
  const notes: string[] = [];
  const { disciplines: mapped } = call.config.agentRouting;
  const disciplines = disciplinesFor({ ticket, agentType, gate }).map(({ name, why }): GivenDiscipline => {
    const wanted = mapped[name];
    const skill = wanted === undefined ? undefined : skills().find((one) => one.name === wanted);
    if (wanted !== undefined && skill === undefined)
      notes.push(
        `agentRouting.disciplines.${name} names "${wanted}", and no such skill is installed; ours is used`,
      );
    return skill === undefined
      ? { name, skill: null, file: disciplineFile(name), external: false, why }
      : { name, skill: skill.name, file: skill.file, external: true, why };
  });
  const names = disciplines.map(({ name }) => name);
  return {
    disciplines,
    skills: skills().filter(({ fits }) => fits.some((one) => names.includes(one))),
    notes,
  };
}
