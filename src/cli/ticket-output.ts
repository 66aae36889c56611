import path from 'node:path';
import type { Finding } from '../tickets/finding.ts';
import type { BrokenTicket, ListedTicket } from '../tickets/ticket.ts';
import type { Io } from './io.ts';
import { runnable } from './program-name.ts';

export function findingJson(finding: Finding, cwd: string): object {
  return { ...finding, file: path.relative(cwd, finding.file) };
}

export function findingText({ severity, file, line, message, fix }: Finding, cwd: string): string {
  return `${path.relative(cwd, file)}:${line}: ${severity}: ${message}\n  fix: ${fix}`;
}

/** One after the other: of a large backlog there are tens of thousands. */
export function* findingsJson(findings: readonly Finding[], cwd: string): Generator<object> {
  for (const finding of findings) yield findingJson(finding, cwd);
}

export function* findingLines(
  findings: readonly Finding[],
  { cwd, env }: Pick<Io, 'cwd' | 'env'>,
): Generator<string> {
  for (const finding of findings) yield runnable(findingText(finding, cwd), env);
}

/** Broken files by their paths from `cwd`, as everything else in a list. */
export function brokenFrom(broken: readonly BrokenTicket[], root: string, cwd: string): BrokenTicket[] {
  return broken.map((one) => {
    const file = path.relative(cwd, path.join(root, one.file));
    const here = (text: string): string => text.replaceAll(one.file, file);
    return { ...one, file, message: here(one.message), fix: here(one.fix) };
  });
}

/** Place and message of a file that cannot be read; most messages begin with their place. */
export function brokenLine({ file, line, message }: Pick<BrokenTicket, 'file' | 'line' | 'message'>): string {
  return message.includes(file) ? message : `${file}:${line}: ${message}`;
}

/** A broken file is shown in every list, and counted. */
export function brokenText(broken: readonly BrokenTicket[]): string[] {
  if (broken.length === 0) return [];
  const files = broken.flatMap((one) => [`  ${brokenLine(one)}`, `    fix: ${one.fix}`]);
  return [
    '',
    `${broken.length} broken ${broken.length === 1 ? 'file' : 'files'}, not in the list:`,
    ...files,
  ];
}

export function ticketJson(ticket: ListedTicket, cwd: string, ready: boolean): object {
  return {
    id: ticket.id,
    title: ticket.title,
    status: ticket.status,
    priority: ticket.priority,
    type: ticket.prefix,
    tags: ticket.tags,
    file: path.relative(cwd, ticket.file),
    depends_on: ticket.dependsOn,
    ready,
  };
}

/** A table of at most 80 columns; control characters of a title cannot move the cursor. */
export function ticketTable(
  tickets: readonly ListedTicket[],
  readyIds: ReadonlySet<string>,
  heldIds: ReadonlySet<string> = new Set(),
): string {
  if (tickets.length === 0) return 'no tickets';
  const rows = tickets.map((ticket) => [
    plain(ticket.id),
    plain(ticket.status),
    plain(ticket.priority),
    heldIds.has(ticket.id) ? 'held' : readyIds.has(ticket.id) ? 'yes' : '',
    plain(ticket.title),
  ]);
  const head = ['ID', 'STATUS', 'PRIORITY', 'READY', 'TITLE'];
  const widths = head.map((title, column) =>
    rows.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), title.length),
  );
  const room = Math.max(20, 80 - widths.slice(0, 4).reduce((sum, width) => sum + width + 2, 0));
  return [head, ...rows]
    .map((row) =>
      [
        ...row.slice(0, 4).map((cell, column) => cell.padEnd(widths[column] ?? 0)),
        shortened(row[4] ?? '', room),
      ]
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

function shortened(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}
