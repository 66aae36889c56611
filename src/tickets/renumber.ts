import path from 'node:path';
import { type Clock, utcDay } from '../platform/clock.ts';
import { BacklogError, ExitCode, usageError } from '../platform/errors.ts';
import { ownText } from '../platform/own-text.ts';
import type { Onlookers, Watch } from '../platform/watch.ts';
import type { BacklogConfig } from '../project/config.ts';
import type { ProjectPaths } from '../project/paths.ts';
import { changedSince, type FileChange } from './apply.ts';
import { byFirstId } from './backlog.ts';
import { appendHistory, readTicketFile } from './file.ts';
import { frontMatterBlock } from './front-matter-block.ts';
import { idNumber, idSequence, nextId } from './ids.ts';
import { wholeTickets } from './listing.ts';
import { literally } from './names.ts';
import { eachTicket } from './open.ts';
import { withIds } from './rewrite-ids.ts';
import { type ChangePlan, changeTickets, replacing, requireTicket } from './store.ts';
import type { BrokenTicket, Ticket } from './ticket.ts';

/** What others know of a ticket, so that its id cannot simply change. */
export interface TicketTies {
  /** Why this id must stay, in words; `undefined` when nothing holds it. */
  readonly holds: (ticket: Pick<Ticket, 'id' | 'status' | 'fields' | 'file'>) => string | undefined;
  /** Whether the text may become `after`: what was promised on evidence is never rewritten. */
  readonly mayBecome: (ticket: Ticket, after: Ticket) => boolean;
}

export interface Renumbered {
  readonly from: string;
  readonly to: string;
  /** Absolute, after the change. */
  readonly file: string;
}

export interface RenumberResult {
  readonly renumbered: readonly Renumbered[];
  /** Absolute paths of the other tickets whose text names a renumbered one. */
  readonly references: readonly string[];
  /** Tickets with evidence whose criteria, tests or files name the old id: only their front matter was rewritten. */
  readonly kept: readonly string[];
}

/**
 * Gives a ticket another id: file name, front matter, heading and every mention in the backlog, as one change.
 * @param to `undefined`: the next free id of its prefix
 * @throws BacklogError `usage` (exit 2), `ticket-id-taken`, `ticket-renumber-held` (exit 1), `ticket-not-found`,
 * `ticket-duplicate-id` (exit 3); then nothing was written
 */
export async function renumberTicket(
  paths: ProjectPaths,
  config: BacklogConfig,
  wanted: { readonly from: string; readonly to: string | undefined; readonly clock: Clock },
  ties: TicketTies,
  onlookers: Onlookers = {},
): Promise<RenumberResult> {
  const { from, to, clock } = wanted;
  if (to !== undefined) checkId(to, config);
  const what = `renumber ${from}${to === undefined ? '' : ` ${to}`}`;
  return changeTickets(paths, config, { what, clock, ...onlookers }, async (_backlog, taken) => {
    const { ticket, naming } = await lookedUp(paths, config, from, onlookers.watch);
    refuseHeld(ticket, ties);
    const names = await taken();
    const id = to ?? nextId(ticket.prefix, names);
    refuseTaken(id, names);
    return planOf({ paths, config, clock, ties }, [{ ticket, to: id }], naming);
  });
}

/** The ticket, and the others that may name it: the texts of all together are not held. @throws BacklogError as `requireTicket` */
async function lookedUp(paths: ProjectPaths, config: BacklogConfig, id: string, watch?: Watch) {
  const tickets: Ticket[] = [];
  const naming: TicketAt[] = [];
  const broken: BrokenTicket[] = [];
  const name = new RegExp(literally(id), 'i');
  for await (const ticket of eachTicket(paths, config, broken, watch)) {
    const { file, folder } = ticket;
    if (ticket.id.toUpperCase() === id.toUpperCase()) tickets.push(ticket);
    if (name.test(ticket.text)) naming.push({ file, folder });
  }
  return { ticket: requireTicket({ tickets, broken, ...byFirstId(tickets) }, id), naming };
}

/**
 * Gives every ticket whose id another one has, too, the next free id. The one that keeps it is the one that is held by its work,
 * else a completed one, else the older; what names the id goes on meaning that one.
 * @throws BacklogError `ticket-renumber-held` (exit 1) when work holds several tickets of one id
 */
export function renumberDuplicates(
  paths: ProjectPaths,
  config: BacklogConfig,
  clock: Clock,
  ties: TicketTies,
  onlookers: Onlookers = {},
): Promise<RenumberResult> {
  const journal = { what: 'renumber --duplicates', clock, ...onlookers };
  return changeTickets(paths, config, journal, async (_backlog, taken) => {
    const groups = new Map<string, Numbered[]>();
    for await (const ticket of eachTicket(paths, config, [], onlookers.watch)) {
      const one = numbered(ticket);
      const group = groups.get(one.id);
      if (group === undefined) groups.set(one.id, [one]);
      else group.push(one);
    }
    const nextOf = idSequence(await taken());
    const moves: Move[] = [];
    for (const group of groups.values()) {
      if (group.length < 2) continue;
      // An id that work holds belongs to one file: the one whose status says that it was begun.
      const [, ...others] = group.toSorted((a, b) => rank(a) - rank(b) || age(a).localeCompare(age(b)));
      for (const ticket of others) {
        if (rank(ticket) === 0) refuseHeld(ticket, ties);
        moves.push({ ticket, to: nextOf(ticket.prefix) });
      }
    }
    return planOf({ paths, config, clock, ties }, moves, []);
  });
}

/** Where a ticket is read. */
type TicketAt = Pick<Ticket, 'file' | 'folder'>;

/** What decides about a ticket's id. */
type Numbered = TicketAt & Pick<Ticket, 'id' | 'prefix' | 'status' | 'fields'>;

function numbered({ id, prefix, status, folder, file, fields }: Ticket): Numbered {
  const { created, imported_from } = fields;
  return { ...ownText({ id, prefix, status, fields: { created, imported_from } }), file, folder };
}

/** Begun before completed before untouched; files with the same rank go by their age. */
function rank({ status, folder }: Numbered): number {
  if (folder === 'completed') return 0;
  return status === 'pending' ? 2 : 1;
}

function age({ fields, file }: Numbered): string {
  return `${typeof fields.created === 'string' ? fields.created : '9999'} ${path.basename(file)}`;
}

interface PlanFacts {
  readonly paths: ProjectPaths;
  readonly config: BacklogConfig;
  readonly clock: Clock;
  readonly ties: TicketTies;
}

interface Move {
  readonly ticket: TicketAt & Pick<Ticket, 'id'>;
  readonly to: string;
}

/** @param naming tickets that mean a renumbered one when they name its old id */
function planOf(
  { paths, config, clock, ties }: PlanFacts,
  moves: readonly Move[],
  naming: readonly TicketAt[],
): ChangePlan<RenumberResult> {
  const moved = new Map(
    moves.map(({ ticket, to }) => {
      const name = path.basename(ticket.file);
      const rest = name.startsWith(ticket.id) ? name.slice(ticket.id.length) : `-${name}`;
      return [
        ticket.file,
        { from: ticket.id, to, file: path.join(path.dirname(ticket.file), `${to}${rest}`) },
      ];
    }),
  );
  const references: string[] = [];
  const kept: string[] = [];
  const changes = async function* (): AsyncGenerator<FileChange> {
    const lost = (file: string): never => {
      throw changedSince(file);
    };
    const own = moves.map(({ ticket }) => ticket);
    for await (const ticket of wholeTickets(own, paths, config, lost)) {
      const move = moved.get(ticket.file);
      if (move === undefined) continue;
      const { from, to, file } = move;
      const row = { date: utcDay(clock), change: `Renumbered from ${from} to ${to}`, author: 'backlog' };
      const text = appendHistory(withIds(ticket.text, new Map([[from, to]])), row);
      if (readTicketFile(text, file).id !== to) throw unsafe(ticket);
      yield* replacing(ticket, file, text);
    }
    const ids = new Map(moves.map(({ ticket, to }) => [ticket.id, to]));
    const others = naming.filter(({ file }) => !moved.has(file));
    for await (const ticket of wholeTickets(others, paths, config, lost)) {
      let text = withIds(ticket.text, ids);
      if (text === ticket.text) continue;
      if (!ties.mayBecome(ticket, readTicketFile(text, ticket.file))) {
        const { body } = frontMatterBlock(ticket.text, ticket.file);
        text = withIds(ticket.text.slice(0, body), ids) + ticket.text.slice(body);
        kept.push(ticket.file);
      }
      references.push(ticket.file);
      yield* replacing(ticket, ticket.file, text);
    }
  };
  return {
    changes: changes(),
    total: naming.length === 0 ? moves.length : 0,
    result: { renumbered: [...moved.values()], references, kept },
  };
}

function checkId(id: string, config: BacklogConfig): void {
  const prefixes = config.backlog.ticketPrefixes;
  const prefix = id.slice(0, id.lastIndexOf('-'));
  if (/^[A-Z][A-Z0-9]*-[0-9]{3,9}$/.test(id) && prefixes.includes(prefix)) return;
  throw usageError(
    `"${id.slice(0, 80)}" cannot be the id of a ticket here`,
    `use one of the prefixes ${prefixes.join(', ')} and at least three digits, such as ${prefixes[0]}-001`,
  );
}

function refuseTaken(id: string, names: readonly string[]): void {
  const prefix = id.slice(0, id.lastIndexOf('-'));
  const number = idNumber(prefix, id);
  if (!names.some((name) => idNumber(prefix, name) === number)) return;
  throw new BacklogError({
    code: 'ticket-id-taken',
    message: `${id} is the id of another ticket, here, in another worktree or on another branch`,
    fix: `leave the new id out: the next free one is ${nextId(prefix, names)}`,
    exitCode: ExitCode.CheckFailed,
  });
}

function refuseHeld(ticket: Parameters<TicketTies['holds']>[0], { holds }: TicketTies): void {
  const reason = holds(ticket);
  if (reason === undefined) return;
  throw new BacklogError({
    code: 'ticket-renumber-held',
    message: `${ticket.id} keeps its id: ${reason}`,
    fix: 'commits, evidence and costs name it. Renumber the other ticket when two have this id (`backlog ticket renumber --duplicates`), or write what is to have another id as a new ticket and move this one to obsolete',
    exitCode: ExitCode.CheckFailed,
    file: ticket.file,
  });
}

function unsafe(ticket: Ticket): BacklogError {
  return new BacklogError({
    code: 'ticket-edit-unsafe',
    message: `the id in the front matter of ${ticket.file} cannot be replaced safely; nothing was written`,
    fix: `write \`id: ${ticket.id}\` on a line of its own`,
    exitCode: ExitCode.ProjectUnusable,
    file: ticket.file,
    line: 1,
  });
}
