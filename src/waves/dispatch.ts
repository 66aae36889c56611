import { type Route, type RoutingDesk, routeTicket } from './route.ts';
import type { Dispatch, RoutedGate } from './step-model.ts';

/** The gates of a ticket for which somebody is started or asked. */
const dispatched = ['plan', 'implement', 'lint', 'review', 'commit'] as const satisfies readonly RoutedGate[];

export interface GateDispatch {
  readonly tier: string;
  readonly model: string;
  readonly dispatch: Dispatch;
  readonly agent: string | null;
}

/** What a leader needs to start a ticket's agents without asking again, as long as no gate has failed. */
export interface TicketDispatch
  extends Pick<
    Route,
    | 'agent_type'
    | 'agent'
    | 'agent_place'
    | 'brief'
    | 'tier'
    | 'model'
    | 'disciplines'
    | 'override'
    | 'local_first'
  > {
  readonly gates: Readonly<Record<(typeof dispatched)[number], GateDispatch>>;
}

export interface Dispatched {
  readonly ticket: TicketDispatch;
  /** For people: a mapped skill that is not there, a local model that failed. */
  readonly notes: readonly string[];
}

/** Of the implementer: agent, brief, model and disciplines; of every gate: who is asked. */
export async function dispatchOf(desk: RoutingDesk, ticketId: string): Promise<Dispatched> {
  const routes = new Map<string, Route>();
  for (const gate of dispatched) routes.set(gate, await routeTicket(desk, ticketId, gate));
  const of = (gate: (typeof dispatched)[number]): Route => {
    const found = routes.get(gate);
    if (found === undefined) throw new Error(`gate ${gate} was not routed`);
    return found;
  };
  const brief = (gate: (typeof dispatched)[number]): GateDispatch => {
    const { tier, model, dispatch, agent } = of(gate);
    return { tier, model, dispatch, agent };
  };
  const implement = of('implement');
  return {
    ticket: {
      agent_type: implement.agent_type,
      agent: implement.agent,
      agent_place: implement.agent_place,
      brief: implement.brief,
      tier: implement.tier,
      model: implement.model,
      disciplines: implement.disciplines,
      override: implement.override,
      local_first: implement.local_first,
      gates: {
        plan: brief('plan'),
        implement: brief('implement'),
        lint: brief('lint'),
        review: brief('review'),
        commit: brief('commit'),
      },
    },
    notes: [...new Set([...routes.values()].flatMap(({ notes }) => notes))],
  };
}
