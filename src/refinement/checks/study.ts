import type { Ticket } from '../../tickets/ticket.ts';
import { openTickets } from '../open-tickets.ts';
import { normal, type World } from '../world.ts';
import { type CodeFacts, codeFacts } from './code-facts.ts';
import { endpointIn, type Mention, mentionsOf, symbolIn } from './mentions.ts';
import { WorkOrder } from './work-order.ts';

/** A name or an endpoint that a ticket speaks of. */
export interface Contract {
  /** As the ticket writes it. */
  readonly text: string;
  /** The name to be found in the code, or the fixed segments of an endpoint. */
  readonly symbol: string | undefined;
  readonly segments: readonly string[];
  readonly line: number;
  readonly isMade: boolean;
  readonly isAside: boolean;
}

/** Everything that the checks look at, each thing worked out once for the whole backlog. */
export interface Study {
  readonly world: World;
  readonly open: readonly Ticket[];
  readonly order: WorkOrder;
  readonly facts: CodeFacts;
  mentions(ticket: Ticket): readonly Mention[];
  contracts(ticket: Ticket): readonly Contract[];
  /** Open tickets that create a file. */
  creators(file: string): readonly Ticket[];
  /** Open tickets that make a name or an endpoint, by its text in {@link Contract}. */
  makers(text: string): readonly Ticket[];
}

const studies = new WeakMap<World, Study>();

export function study(world: World): Study {
  const known = studies.get(world);
  if (known !== undefined) return known;
  const made = studied(world);
  studies.set(world, made);
  return made;
}

function studied(world: World): Study {
  const open = openTickets(world.backlog);
  const mentions = new Map(open.map((ticket) => [ticket.file, mentionsOf(ticket)]));
  const contracts = new Map(
    open.map((ticket) => [ticket.file, (mentions.get(ticket.file) ?? []).flatMap(contractIn)]),
  );
  const creators = new Map<string, Ticket[]>();
  const makers = new Map<string, Ticket[]>();
  const names = new Set<string>();
  let segments = false;
  for (const ticket of open) {
    for (const { path: file, action } of ticket.affectedFiles)
      if (action === 'create') put(creators, normal(file) ?? file, ticket);
    for (const { text, symbol, isMade } of contracts.get(ticket.file) ?? []) {
      if (symbol === undefined) segments = true;
      else names.add(symbol);
      if (isMade) put(makers, symbol ?? text, ticket);
    }
  }
  return {
    world,
    open,
    order: new WorkOrder(open, world.backlog),
    facts: codeFacts(world, { names, segments }),
    mentions: (ticket) => mentions.get(ticket.file) ?? [],
    contracts: (ticket) => contracts.get(ticket.file) ?? [],
    creators: (file) => creators.get(normal(file) ?? file) ?? [],
    makers: (text) => makers.get(text) ?? [],
  };
}

function contractIn({ text, line, isMade, isAside }: Mention): Contract[] {
  const segments = endpointIn(text);
  if (segments !== undefined) return [{ text, symbol: undefined, segments, line, isMade, isAside }];
  const symbol = symbolIn(text);
  return symbol === undefined ? [] : [{ text, symbol, segments: [], line, isMade, isAside }];
}

function put(map: Map<string, Ticket[]>, key: string, ticket: Ticket): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [ticket]);
  else if (list.at(-1) !== ticket) list.push(ticket);
}
