import path from 'node:path';
import type { Finding } from '../tickets/finding.ts';
import type { BrokenTicket, Ticket } from '../tickets/ticket.ts';

export function findingJson(finding: Finding, cwd: string): object {
  return { ...finding, file: path.relative(cwd, finding.file) };
}

export function findingText({ severity, file, line, message, fix }: Finding, cwd: string): string {
  return `${path.relative(cwd, file)}:${line}: ${severity}: ${message}\n  fix: ${fix}`;
}

/** A broken file is shown in every list, and counted. */
export function brokenText(broken: readonly BrokenTicket[]): string[] {
  if (broken.length === 0) return [];
  const files = broken.flatMap(({ file, line, message, fix }) => [
    `  ${file}:${line}: ${message}`,
    `    fix: ${fix}`,
  ]);
  return [
    '',
    `${broken.length} broken ${broken.length === 1 ? 'file' : 'files'}, not in the list:`,
    ...files,
  ];
}

export function ticketJson(ticket: Ticket, cwd: string, ready: boolean): object {
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
export function ticketTable(tickets: readonly Ticket[], readyIds: ReadonlySet<string>): string {
  if (tickets.length === 0) return 'no tickets';
  const rows = tickets.map((ticket) => [
    ticket.id,
    ticket.status,
    ticket.priority,
    readyIds.has(ticket.id) ? 'yes' : '',
    plain(ticket.title),
  ]);
  const head = ['ID', 'STATUS', 'PRIORITY', 'READY', 'TITLE'];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
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
