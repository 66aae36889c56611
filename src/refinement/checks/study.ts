import { ownText } from '../../platform/own-text.ts';
import type { Watch } from '../../platform/watch.ts';
import type { OnLost } from '../../tickets/listing.ts';
import { fieldLine } from '../../tickets/parse.ts';
import type { ListedTicket, Ticket } from '../../tickets/ticket.ts';
import { openTickets } from '../open-tickets.ts';
import { digestOf } from '../own-text.ts';
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

/** What is looked at while a study is made, so that no ticket has to be read once more for it. */
export interface Beside {
  /** All tickets that are gone over, the open ones among them. */
  readonly listed: readonly ListedTicket[];
  readonly onTicket: (ticket: Ticket) => void;
  readonly onLost?: OnLost | undefined;
}

/** The study of a world, made once: it goes over all open tickets. */
export function studyOf(world: World, watch?: Watch, beside?: Beside): Promise<Study> {
  const known = studies.get(world);
  if (known !== undefined) return known;
  const made = studied(world, watch, beside);
  studies.set(world, made);
  return made;
}

async function studied(world: World, watch: Watch | undefined, beside: Beside | undefined): Promise<Study> {
  const open = openTickets(world.backlog);
  const wanted = beside && new Set(open.map(({ file }) => file));
  const outlines: Outline[] = [];
  const creators = new Map<string, Outline[]>();
  const makers = new Map<string, Outline[]>();
  const names = new Set<string>();
  let segments = false;
  const answers = answersOf(open.some((ticket) => 'text' in ticket));
  watch?.begin('reading tickets', open.length);
  for await (const ticket of world.whole(beside?.listed ?? open, beside?.onLost)) {
    watch?.advance();
    beside?.onTicket(ticket);
    if (wanted?.has(ticket.file) === false) continue;
    const outline = outlineOf(ticket);
    outlines.push(outline);
    for (const { path: file, action } of outline.affectedFiles)
      if (action === 'create') put(creators, normal(file) ?? file, outline);
    for (const { text, symbol, isMade } of answers.contracts(ticket)) {
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
    ...answers,
    creators: (file) => creators.get(normal(file) ?? file) ?? [],
    makers: (text) => makers.get(text) ?? [],
  };
}

function outlineOf(ticket: Ticket): Outline {
  const { id, file, status, affectedFiles, fields } = ticket;
  const { depends_on, shared_files } = fields;
  const sharedLine = fieldLine(ticket, 'shared_files');
  const digest = digestOf(ticket);
  const own = ownText({ id, status, affectedFiles, fields: { depends_on, shared_files } });
  // A path is no part of a text, and one with the list's.
  return {
    id: own.id,
    file,
    status: own.status,
    affectedFiles: own.affectedFiles,
    fields: own.fields,
    digest,
    sharedLine,
  };
}

interface Answers {
  readonly of: Ticket;
  mentions?: readonly Mention[];
  contracts?: readonly Contract[];
}

/**
 * What several checks ask of a ticket, one after the other. Of tickets that are read and let go only the last one's answers are
 * kept: until a full collection V8 keeps the values of a WeakMap though their keys have gone, and with parts of a text all of it.
 * @param isHeld the tickets are in memory for good, and so are their answers
 */
function answersOf(isHeld: boolean): Pick<Study, 'mentions' | 'contracts'> {
  const held = isHeld ? new WeakMap<Ticket, Answers>() : undefined;
  let last: Answers | undefined;
  const answers = (ticket: Ticket): Answers => {
    if (last?.of === ticket) return last;
    last = held?.get(ticket) ?? { of: ticket };
    held?.set(ticket, last);
    return last;
  };
  const mentions = (ticket: Ticket): readonly Mention[] => {
    const known = answers(ticket);
    known.mentions ??= mentionsOf(ticket);
    return known.mentions;
  };
  const contracts = (ticket: Ticket): readonly Contract[] => {
    const known = answers(ticket);
    known.contracts ??= mentions(ticket).flatMap(contractIn);
    return known.contracts;
  };
  return { mentions, contracts };
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
