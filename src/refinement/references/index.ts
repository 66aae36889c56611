import path from 'node:path';
import { ownText } from '../../platform/own-text.ts';
import type { Finding } from '../../tickets/finding.ts';
import { idOfName } from '../../tickets/parse.ts';
import type { ListedTicket, Ticket } from '../../tickets/ticket.ts';
import { contracts } from '../checks/contracts.ts';
import { type Study, studyOf } from '../checks/study.ts';
import { isUntouched } from '../open-tickets.ts';
import { normal, type World } from '../world.ts';
import { type Reference, referencesIn } from './extract.ts';
import { type GitHistory, historyOf } from './git-history.ts';

/** A reference that does not hold. */
export interface ReferenceFinding extends Finding {
  readonly kind: 'missing' | 'moved' | 'changed' | 'ambiguous' | 'form';
  /** As the ticket writes it. */
  readonly from: string;
  /** Of `moved`: the new path. */
  readonly to?: string;
}

/**
 * Paths, lines, names, tickets, anchors and addresses that tickets name, against the project as it is. One git call for all.
 * @param only tickets that are asked about; all open ones without it
 * @param onTicket called after each of them
 * @throws BacklogError `git-missing` (exit 4)
 */
export async function referenceFindings(
  world: World,
  only?: readonly ListedTicket[],
  onTicket?: () => void,
): Promise<ReferenceFinding[]> {
  const asked = new Set(only?.map(({ file }) => file));
  const all = await studyOf(world);
  const wanted = only === undefined ? all.open : all.open.filter(({ file }) => asked.has(file));
  const check = await referenceChecker(world);
  const findings: ReferenceFinding[] = [];
  for await (const ticket of world.whole(wanted)) {
    findings.push(...check(ticket));
    onTicket?.();
  }
  return findings;
}

/**
 * As {@link referenceFindings}, for those who go over the open tickets themselves.
 * @returns tells of one of them, by line; nothing that it tells holds on to the ticket's text
 */
export async function referenceChecker(world: World): Promise<(ticket: Ticket) => ReferenceFinding[]> {
  const facts = {
    all: await studyOf(world),
    history: await historyOf(world),
    names: namesOf(world),
    headings: new Map<string, Set<string>>(),
  };
  return (ticket) =>
    ofTicket(ticket, facts)
      .map((one) => withOwnText(one, ticket.file))
      .sort((a, b) => a.line - b.line);
}

/** The file is that of the ticket as it was listed: one text for all that is found in it. */
function withOwnText(found: ReferenceFinding, file: string): ReferenceFinding {
  const { code, severity, line, message, fix, to, kind, from } = found;
  const own = ownText({ message, fix, from });
  return to === undefined
    ? { code, severity, file, line, message: own.message, fix: own.fix, kind, from: own.from }
    : {
        code,
        severity,
        file,
        line,
        message: own.message,
        fix: own.fix,
        to: ownText(to),
        kind,
        from: own.from,
      };
}

interface Facts {
  readonly all: Study;
  readonly history: GitHistory;
  /** Base name → files that have it. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  /** Anchors of the Markdown files that were asked for. */
  readonly headings: Map<string, Set<string>>;
}

type Kind = ReferenceFinding['kind'];

function finding(
  ticket: Ticket,
  kind: Kind,
  reference: Reference,
  text: { readonly message: string; readonly fix: string; readonly to?: string },
): ReferenceFinding {
  const isError = reference.isAffected && (kind === 'missing' || kind === 'moved');
  const code = `reference-${kind}`;
  const severity = isError ? 'error' : 'warning';
  const { message, fix, to } = text;
  const { line, text: from } = reference;
  const { file } = ticket;
  // Written out, as in `found`.
  return to === undefined
    ? { code, severity, file, line, message, fix, kind, from }
    : { code, severity, file, line, message, fix, to, kind, from };
}

function ofTicket(ticket: Ticket, facts: Facts): ReferenceFinding[] {
  const seen = new Set<string>();
  const found = referencesIn(ticket).flatMap((reference) => {
    const key = `${reference.kind} ${reference.text} ${reference.line} ${reference.at ?? ''} ${reference.anchor ?? ''}`;
    if (seen.has(key)) return [];
    seen.add(key);
    if (reference.kind === 'path') return ofPath(ticket, reference, facts);
    if (reference.kind === 'ticket') return ofId(ticket, reference, facts);
    return reference.kind === 'url' ? ofUrl(ticket, reference) : ofAnchor(ticket, reference, facts);
  });
  const names = contracts(ticket, facts.all).map(
    ({ severity, file, line, message, fix }): ReferenceFinding => ({
      code: 'reference-missing',
      severity,
      file,
      line,
      message,
      fix,
      kind: 'missing',
      from: /`([^`]+)`/.exec(message)?.[1] ?? '',
    }),
  );
  return [...found, ...changed(ticket, facts), ...names];
}

function ofPath(ticket: Ticket, reference: Reference, facts: Facts): ReferenceFinding[] {
  const { all, history, names } = facts;
  const { world } = all;
  const { text, at } = reference;
  const file = normal(text);
  if (file === undefined) return [];
  if (world.has(file)) {
    const lines = at === undefined ? undefined : all.facts.lines(file);
    if (at === undefined || lines === undefined || at <= lines) return [];
    return [
      finding(ticket, 'missing', reference, {
        message: `${text} has ${lines} lines, and line ${at} is named`,
        fix: 'name the line where it stands now',
      }),
    ];
  }
  const row = ticket.affectedFiles.find((one) => one.path === text);
  // What is to be made, here or by another ticket, or what this one has deleted already, is not missing.
  if (
    row?.action === 'create' ||
    all.creators(file).length > 0 ||
    (row?.action === 'delete' && !isUntouched(ticket))
  )
    return [];
  const to = history.movedTo(file, world.has);
  if (to !== undefined)
    return [
      finding(ticket, 'moved', reference, {
        message: `${text} is now ${to}`,
        fix: `\`backlog ticket references ${ticket.id} --fix\``,
        to,
      }),
    ];
  // A pattern; where git knows a file of that very name, as of `app/[id]/page.js`, it has been followed.
  if (/[*?[\]{}<>]/.test(text)) return [];
  const same = names.get(path.posix.basename(file)) ?? [];
  if (!file.includes('/') && same.length === 1) return [];
  if (same.length > 1 && !file.includes('/'))
    return [
      finding(ticket, 'ambiguous', reference, {
        message: `${text} may be ${same.slice(0, 4).join(', ')}${same.length > 4 ? ' or another' : ''}`,
        fix: 'write the whole path',
      }),
    ];
  // A name such as `array.map`, or of a file that no folder of the project could hold, is no path.
  const isPath = reference.isAffected || file.includes('/') || isKnownEnding(file, world);
  if (!isPath || (!reference.isAffected && file.includes('/') && !startsInProject(file, world))) return [];
  const near = same.length > 0 ? `; did you mean ${same[0]}?` : '';
  return [
    finding(ticket, 'missing', reference, {
      message: `${text} does not exist, and git knows of no move${near}`,
      fix: 'correct the path, or take it out',
    }),
  ];
}

function startsInProject(file: string, world: World): boolean {
  return world.has(file.split('/')[0] ?? file);
}

function isKnownEnding(file: string, { files }: World): boolean {
  const ending = path.posix.extname(file);
  return (
    !file.includes('/') &&
    /^\.(?:[cm]?[jt]sx?|py|go|rs|md|json|ya?ml|toml|sh|sql|css|html)$/.test(ending) &&
    files.some((one) => one.endsWith(ending))
  );
}

function ofId(ticket: Ticket, reference: Reference, { all: { world } }: Facts): ReferenceFinding[] {
  const { text } = reference;
  const prefix = text.slice(0, text.lastIndexOf('-'));
  if (!world.config.backlog.ticketPrefixes.includes(prefix) || world.backlog.byId(text) !== undefined)
    return [];
  if (world.backlog.broken.some(({ file }) => idOfName(file) === text)) return [];
  return [
    finding(ticket, 'missing', reference, {
      message: `${text} is not in the backlog`,
      fix: '`backlog ticket list --all` shows the ids; correct or remove it',
    }),
  ];
}

function ofUrl(ticket: Ticket, reference: Reference): ReferenceFinding[] {
  const text = reference.text.replace(/[.,;:!?]+$/, '');
  const isFormed = /^(?:https?|ftp):\/\/[^/\s:]+/i.test(text) && URL.canParse(text);
  if (isFormed) return [];
  return [
    finding(ticket, 'form', reference, {
      message: `${text} is no address`,
      fix: 'write it as https://host/path',
    }),
  ];
}

function ofAnchor(ticket: Ticket, reference: Reference, facts: Facts): ReferenceFinding[] {
  const { world } = facts.all;
  const root = world.paths.mainRoot;
  const { text, anchor } = reference;
  let name = text;
  try {
    name = decodeURIComponent(text);
  } catch {
    return [
      finding(ticket, 'form', reference, {
        message: `the link ${text} is wrongly escaped`,
        fix: 'write % only before two hexadecimal digits',
      }),
    ];
  }
  const besides = path
    .relative(root, path.resolve(path.dirname(ticket.file), name))
    .split(path.sep)
    .join('/');
  const inTicketFolder = name === '' ? '' : besides;
  const file = [inTicketFolder, name === '' ? '' : (normal(name) ?? '')].find(
    (one) => one !== '' && world.has(one),
  );
  if (name !== '' && file === undefined) {
    // `../docs/a.md` is followed from the ticket, and written from there again.
    const isRelative = /^\.\.?\//.test(name);
    if (isRelative && besides.startsWith('../')) return [];
    const named = isRelative ? besides : name;
    return ofPath(ticket, { ...reference, kind: 'path', text: named }, facts).map((one) => {
      if (!isRelative) return one;
      const { to } = one;
      const link =
        to && path.relative(path.dirname(ticket.file), path.join(root, to)).split(path.sep).join('/');
      return { ...one, from: text, ...(link === undefined ? {} : { to: link }) };
    });
  }
  if (anchor === undefined || anchor === '' || (file !== undefined && !/\.mdx?$/.test(file))) return [];
  const key = file ?? ticket.file;
  const anchors =
    facts.headings.get(key) ?? anchorsOf(file === undefined ? ticket.text : (world.read(file) ?? ''));
  facts.headings.set(key, anchors);
  if (anchors.has(anchor.toLowerCase())) return [];
  return [
    finding(ticket, 'missing', reference, {
      message: `${file ?? 'this ticket'} has no heading #${anchor}`,
      fix: 'name a heading that is there, in small letters with - for blanks',
    }),
  ];
}

/** Anchors as GitHub makes them of headings; repeated ones are numbered. */
function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set<string>();
  const counts = new Map<string, number>();
  for (const [, title = ''] of markdown.matchAll(/^ {0,3}#{1,6}[ \t]+([^\n]{1,300})$/gm)) {
    const slug = title
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-');
    const count = counts.get(slug) ?? 0;
    counts.set(slug, count + 1);
    anchors.add(count === 0 ? slug : `${slug}-${count}`);
  }
  for (const [, id = ''] of markdown.matchAll(/\b(?:id|name)="([^"\n]{1,200})"/g))
    anchors.add(id.toLowerCase());
  return anchors;
}

/** Affected files that others changed after the day on which the ticket was last written. */
function changed(ticket: Ticket, { history }: Facts): ReferenceFinding[] {
  const days = [ticket.fields.created, ticket.fields.updated].filter(
    (day): day is string => typeof day === 'string',
  );
  const end = Math.max(
    ...days.map((day) => Date.parse(`${day.slice(0, 10)}T23:59:59Z`) / 1000).filter(Number.isFinite),
    0,
  );
  if (end === 0) return [];
  return ticket.affectedFiles.flatMap(({ path: file, line, action }) => {
    if (action === 'create') return [];
    const later = history
      .changes(normal(file) ?? file)
      .filter(({ at, tickets }) => at > end && !tickets.includes(ticket.id));
    const [newest] = later;
    if (newest === undefined) return [];
    const reference: Reference = {
      kind: 'path',
      text: file,
      line,
      at: undefined,
      anchor: undefined,
      isAffected: true,
    };
    const day = new Date(newest.at * 1000).toISOString().slice(0, 10);
    return [
      finding(ticket, 'changed', reference, {
        message: `${file} was changed ${later.length === 1 ? 'once' : `${later.length} times`} since the ticket was written, last on ${day} (${newest.commit})`,
        fix: `look whether the ticket still fits (\`git log -p -- ${file}\`), then \`backlog ticket edit ${ticket.id} --set updated=${day}\``,
      }),
    ];
  });
}

function namesOf({ files }: World): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const file of files) {
    const name = path.posix.basename(file);
    const list = names.get(name);
    if (list === undefined) names.set(name, [file]);
    else list.push(file);
  }
  return names;
}
