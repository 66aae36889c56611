import { sha256 } from '../../platform/ids.ts';
import type { Watch } from '../../platform/watch.ts';
import { fieldLine } from '../../tickets/parse.ts';
import type { ListedTicket, Ticket } from '../../tickets/ticket.ts';
import { openTickets } from '../open-tickets.ts';
import { ownText } from '../own-text.ts';
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

/**
 * What is kept of an open ticket while the others are looked at: a few hundred bytes of its own, where the whole ticket has
 * thousands.
 */
export interface Outline extends Pick<Ticket, 'id' | 'file' | 'status' | 'affectedFiles'> {
  /** `depends_on` and `shared_files`, as they are written. */
  readonly fields: Ticket['fields'];
  /** SHA-256 of the whole text: whoever reads it again knows whether it is the one that was checked. */
  readonly digest: string;
  /** 1-based, of `shared_files`. */
  readonly sharedLine: number;
}

/** Everything that the checks look at, each thing worked out once for the whole backlog. */
export interface Study {
  readonly world: World;
  readonly open: readonly ListedTicket[];
  readonly outlines: readonly Outline[];
  readonly order: WorkOrder;
  readonly facts: CodeFacts;
  mentions(ticket: Ticket): readonly Mention[];
  contracts(ticket: Ticket): readonly Contract[];
  /** Open tickets that create a file. */
  creators(file: string): readonly Outline[];
  /** Open tickets that make a name or an endpoint, by its text in {@link Contract}. */
  makers(text: string): readonly Outline[];
}

const studies = new WeakMap<World, Promise<Study>>();

/** The study of a world, made once: it goes over all open tickets. */
export function studyOf(world: World, watch?: Watch): Promise<Study> {
  const known = studies.get(world);
  if (known !== undefined) return known;
  const made = studied(world, watch);
  studies.set(world, made);
  return made;
}

async function studied(world: World, watch: Watch | undefined): Promise<Study> {
  const open = openTickets(world.backlog);
  const outlines: Outline[] = [];
  const creators = new Map<string, Outline[]>();
  const makers = new Map<string, Outline[]>();
  const names = new Set<string>();
  let segments = false;
  watch?.begin('reading tickets', open.length);
  for await (const ticket of world.whole(open)) {
    watch?.advance();
    const outline = outlineOf(ticket);
    outlines.push(outline);
    for (const { path: file, action } of outline.affectedFiles)
      if (action === 'create') put(creators, normal(file) ?? file, outline);
    for (const { text, symbol, isMade } of contractsOf(ticket)) {
      if (symbol === undefined) segments = true;
      else if (!names.has(symbol)) names.add(ownText(symbol));
      if (isMade) put(makers, ownText(symbol ?? text), outline);
    }
  }
  return {
    world,
    open,
    outlines,
    order: new WorkOrder(open, world.backlog),
    facts: codeFacts(world, { names, segments }),
    mentions: mentionsIn,
    contracts: contractsOf,
    creators: (file) => creators.get(normal(file) ?? file) ?? [],
    makers: (text) => makers.get(text) ?? [],
  };
}

function outlineOf(ticket: Ticket): Outline {
  const { id, file, status, affectedFiles, fields } = ticket;
  const { depends_on, shared_files } = fields;
  const sharedLine = fieldLine(ticket, 'shared_files');
  const digest = sha256(ticket.text);
  return ownText({
    id,
    file,
    status,
    affectedFiles,
    fields: { depends_on, shared_files },
    digest,
    sharedLine,
  });
}

const mentionsIn = onceFor(mentionsOf);
const contractsOf = onceFor((ticket: Ticket): readonly Contract[] => mentionsIn(ticket).flatMap(contractIn));

/** Several checks ask the same of a ticket, one after the other; when it is let go, the answer goes with it. */
function onceFor<T extends object>(work: (ticket: Ticket) => T): (ticket: Ticket) => T {
  const known = new WeakMap<Ticket, T>();
  return (ticket) => {
    const found = known.get(ticket) ?? work(ticket);
    known.set(ticket, found);
    return found;
  };
}

function contractIn({ text, line, isMade, isAside }: Mention): Contract[] {
  const segments = endpointIn(text);
  if (segments !== undefined) return [{ text, symbol: undefined, segments, line, isMade, isAside }];
  const symbol = symbolIn(text);
  return symbol === undefined ? [] : [{ text, symbol, segments: [], line, isMade, isAside }];
}

function put(map: Map<string, Outline[]>, key: string, ticket: Outline): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [ticket]);
  else if (list.at(-1) !== ticket) list.push(ticket);
}
