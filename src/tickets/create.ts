import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Clock, utcDay } from '../platform/clock.ts';
import { BacklogError, ExitCode, usageError } from '../platform/errors.ts';
import { readTextIfExists } from '../platform/files.ts';
import type { BacklogConfig } from '../project/config.ts';
import { installRoot } from '../project/install-root.ts';
import type { ProjectPaths } from '../project/paths.ts';
import { templateFileFor } from '../project/templates.ts';
import type { Listing, TicketPlace } from './backlog.ts';
import type { Draft } from './draft.ts';
import type { FieldValue } from './edit-front-matter-text.ts';
import type { Finding } from './finding.ts';
import { lazyEdit, lazyFields } from './library.ts';
import { ticketIn } from './lookup.ts';
import { namesEndingIn } from './names.ts';
import { idOfName } from './parse.ts';
import { renderTemplate, renderTicket } from './render.ts';
import { closedStatuses, type Ticket } from './ticket.ts';
import { checkTitle } from './title.ts';
import { validateTicket } from './validate.ts';
import { createTicketFile } from './write.ts';

export interface NewTicket {
  readonly prefix: string;
  readonly title: string;
  /** The whole ticket; without it a draft from the template. */
  readonly draft: Draft | undefined;
  /** Front matter fields on top. */
  readonly set: Readonly<Record<string, FieldValue>>;
  readonly author: string;
}

export interface CreatedTicket {
  readonly ticket: Ticket;
  /** What `validate` says of it; a draft from a title alone has work left. */
  readonly findings: readonly Finding[];
  /** Ids of pending tickets with the same title. What else may be a duplicate is for the search, which reads every ticket. */
  readonly namesakes: readonly string[];
}

/**
 * Makes a ticket with the next free id. A ticket that is handed in whole is checked before it is written.
 * @throws BacklogError `ticket-invalid` (exit 1) with its findings, `usage` (exit 2); then nothing was written
 */
export async function newTicket(
  paths: ProjectPaths,
  config: BacklogConfig,
  wanted: NewTicket,
  clock: Clock,
): Promise<CreatedTicket> {
  checkTitle(wanted.title);
  const render = (id: string): string => {
    const facts = { id, date: utcDay(clock), author: wanted.author };
    const text =
      wanted.draft === undefined
        ? renderTemplate(templateOf(paths, config, wanted.prefix), wanted.title, facts)
        : renderTicket(wanted.draft, facts);
    return Object.keys(wanted.set).length > 0 ? lazyEdit(text, wanted.set) : text;
  };
  let findings: readonly Finding[] = [];
  let namesakes: readonly string[] = [];
  const check = (ticket: Ticket, backlog: Listing, pending: TicketPlace | undefined): void => {
    if (closedStatuses.has(ticket.status))
      throw usageError(`a new ticket cannot be ${ticket.status}`, 'leave --set status out');
    findings = validateTicket(ticket, backlog, config);
    if (wanted.draft !== undefined) refuseErrors(findings);
    namesakes = pending === undefined ? [] : namesakesOf(ticket, pending);
  };
  const ticket = await createTicketFile(paths, config, {
    prefix: wanted.prefix,
    title: wanted.title,
    render,
    check,
    journal: clock,
  });
  return { ticket, findings, namesakes };
}

/** Most files that are opened to compare titles: titles in letters that no file name has are all named alike. */
const MOST_OPENED = 20;

/** Nobody has to read more ids to see that a title is taken. */
const MOST_NAMED = 3;

/**
 * By the names of the files, so that it takes as long among ten thousand tickets as among ten.
 * @returns ids, the newest last
 */
function namesakesOf({ id, title, file }: Ticket, pending: TicketPlace): string[] {
  const rest = (name: string): string => name.slice(idOfName(name).length);
  const plain = (text: string): string => text.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim();
  const own = rest(path.basename(file));
  const alike = namesEndingIn(
    own,
    pending.names,
    MOST_OPENED,
    (name) => rest(name) === own && idOfName(name) !== id,
  );
  const found: string[] = [];
  for (const name of alike) {
    if (plain(ticketIn(pending, name, lazyFields)?.title ?? '') !== plain(title)) continue;
    if (found.push(idOfName(name)) === MOST_NAMED) break;
  }
  return found.reverse();
}

function refuseErrors(findings: readonly Finding[]): void {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  throw new BacklogError({
    code: 'ticket-invalid',
    message: `the ticket is not complete; nothing was written:\n  ${errors.map(({ message }) => message).join('\n  ')}`,
    fix: errors[0]?.fix ?? 'complete it and call again',
    exitCode: ExitCode.CheckFailed,
    details: { findings: errors.map(({ code, message, fix }) => ({ code, message, fix })) },
  });
}

/** The project's own template, else the one that comes with the program. */
function templateOf(paths: ProjectPaths, config: BacklogConfig, prefix: string): string {
  const name = templateFileFor(prefix);
  const own = readTextIfExists(path.join(paths.mainRoot, config.backlog.templatesDir, name));
  return own ?? readFileSync(path.join(installRoot(), 'templates', name), 'utf8');
}
