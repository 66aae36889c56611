import type { BacklogConfig } from '../project/config.ts';
import type { Complexity } from '../tickets/classify.ts';
import type { RoutedAgent } from './agent-rules.ts';
import type { Candidate } from './candidate.ts';
import { layersOf, type Skipped } from './layers.ts';
import { byUrgency } from './order.ts';
import { agentTypeFor } from './override.ts';
import { PathSet } from './path-set.ts';
import { type Pipeline, pipelineOf } from './pipeline.ts';
import { type Placed, placeInWaves } from './place.ts';
import type { RoutingEvent } from './routing-log.ts';
import { entryTier } from './tier.ts';

export interface PlannedTicket {
  readonly id: string;
  readonly agent_type: string;
  readonly complexity: Complexity;
  readonly pipeline: Pipeline;
  /** Tier of the implement step. */
  readonly tier: string;
  /** First id of the slot that small tickets alike share, else `null`. */
  readonly batch: string | null;
  readonly rationale: string;
}

export interface WavePlan {
  readonly waves: readonly { readonly wave: number; readonly tickets: readonly PlannedTicket[] }[];
  readonly skipped: readonly Skipped[];
}

/** Work that goes on already: nothing that touches its files is planned beside it. */
export interface Occupied {
  readonly id: string;
  readonly files: readonly string[];
}

export interface PlanOptions {
  readonly config: BacklogConfig;
  /** Most slots of a wave, from 1. */
  readonly maxSlots: number;
  readonly occupied: readonly Occupied[];
  /** Why a ticket that is no candidate will not be completed. */
  readonly missing: (id: string) => string;
  /** Agent types that somebody chose, by ticket. */
  readonly overrides?: ReadonlyMap<string, RoutingEvent>;
}

/**
 * Which tickets can be worked on side by side, wave after wave. The same backlog gives the same plan. No wave holds two tickets
 * that share a file or wait for each other; waves choose in the order layer, priority, prefix, id.
 */
export function planWaves(candidates: readonly Candidate[], options: PlanOptions): WavePlan {
  const { free, taken } = apart(candidates, options.occupied);
  const { layerOf, skipped } = layersOf(free, (id) => taken.get(id) ?? options.missing(id));
  const ordered = free
    .filter(({ id }) => layerOf.has(id))
    .toSorted((a, b) => (layerOf.get(a.id) ?? 0) - (layerOf.get(b.id) ?? 0) || byUrgency(a, b));
  const waves = new Map<number, PlannedTicket[]>();
  for (const placed of placeInWaves(ordered, options.maxSlots)) {
    const tickets = waves.get(placed.wave) ?? [];
    tickets.push(planned(placed, options));
    waves.set(placed.wave, tickets);
  }
  return {
    waves: [...waves].map(([wave, tickets]) => ({ wave, tickets })),
    skipped: [...[...taken].map(([id, reason]) => ({ id, reason })), ...skipped],
  };
}

/** Candidates that meet no work in progress, and the others with the reason. */
function apart(
  candidates: readonly Candidate[],
  occupied: readonly Occupied[],
): { readonly free: Candidate[]; readonly taken: Map<string, string> } {
  const sets = occupied.map(({ id, files }) => {
    const set = new PathSet();
    for (const file of files) set.add(file);
    return { id, set };
  });
  const taken = new Map<string, string>();
  const free = candidates.filter(({ id, files }) => {
    for (const other of sets) {
      const file = files.find((one) => other.set.meets(one));
      if (file === undefined) continue;
      taken.set(id, `shares ${file} with ${other.id}, which is being worked on`);
      return false;
    }
    return true;
  });
  return { free, taken };
}

function planned(
  { ticket, batch, conflict }: Placed,
  { config, overrides }: Pick<PlanOptions, 'config' | 'overrides'>,
): PlannedTicket {
  const agent = agentTypeFor(ticket, config, overrides?.get(ticket.id));
  return {
    id: ticket.id,
    agent_type: agent.agentType,
    complexity: ticket.classification.complexity,
    pipeline: pipelineOf(ticket).pipeline,
    tier: entryTier('implement', config),
    batch,
    rationale: rationale(ticket, agent, conflict),
  };
}

function rationale(ticket: Candidate, agent: RoutedAgent, conflict: string | undefined): string {
  const files =
    ticket.files.length === 0
      ? 'no affected files'
      : conflict === undefined
        ? 'no file conflicts'
        : `not earlier: ${conflict} is taken`;
  const after = ticket.waitsFor.length === 0 ? '' : `; after ${ticket.waitsFor.join(', ')}`;
  return `${files}${after}; ${ticket.classification.reasons.join(', ')}; agent by ${agent.why}`;
}
