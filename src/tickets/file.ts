import { parse } from 'yaml';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import type { AffectedFile, Section, TestMode, Ticket } from './ticket.ts';

/** Minimal reader until the room of tickets lands; the signatures are the agreed ones. */
export function readTicketFile(text: string, file: string): Ticket {
  const lines = text.split('\n');
  const end = lines.indexOf('---', 1);
  if (lines[0] !== '---' || end < 0)
    throw new BacklogError({
      code: 'ticket-broken',
      message: `${file}:1: no front matter`,
      fix: `mend ${file}:1`,
      exitCode: ExitCode.ProjectUnusable,
      file,
      line: 1,
    });
  const value: unknown = parse(lines.slice(1, end).join('\n'));
  const fields: Readonly<Record<string, unknown>> =
    typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
  const sections = sectionsOf(lines, end + 1);
  const id = text_(fields.id);
  const tests = text_(fields.tests);
  return {
    id,
    prefix: id.split('-')[0] ?? '',
    title: text_(fields.title),
    status: text_(fields.status),
    priority: text_(fields.priority),
    tests: (['new', 'existing', 'none'] as const).find((mode): mode is TestMode => mode === tests) ?? 'new',
    tags: [],
    dependsOn: Array.isArray(fields.depends_on) ? fields.depends_on.map(String) : [],
    otherBlockers: [],
    affectedFiles: affected(sections),
    criteria: (sections.find((one) => one.title === 'Acceptance Criteria')?.text ?? '')
      .split('\n')
      .flatMap((line, index) => {
        const found = /^- \[([ x])\] (?:(AC-\d+): )?(.*)$/.exec(line);
        return found
          ? [{ id: found[2] ?? '', text: found[3] ?? '', checked: found[1] === 'x', line: index }]
          : [];
      }),
    verificationCommands: [],
    sections,
    fields,
    file,
    folder: file.includes('/completed/') ? 'completed' : 'pending',
    text,
  };
}

function sectionsOf(lines: readonly string[], from: number): Section[] {
  const sections: { title: string; text: string; line: number }[] = [];
  for (const [index, line] of lines.entries()) {
    if (index < from) continue;
    const title = /^## (.+)$/.exec(line)?.[1];
    if (title !== undefined) sections.push({ title: title.trim(), text: '', line: index + 1 });
    else {
      const open = sections.at(-1);
      if (open) open.text += `${line}\n`;
    }
  }
  return sections;
}

function affected(sections: readonly Section[]): AffectedFile[] {
  return (sections.find((one) => one.title === 'Affected Files')?.text ?? '')
    .split('\n')
    .flatMap((line, index) => {
      const [, file = '', action = '', description = ''] = line.split('|').map((cell) => cell.trim());
      if (file === '' || file === 'File' || /^-+$/.test(file)) return [];
      return [
        {
          path: file.replaceAll('`', ''),
          action: (['create', 'modify', 'delete'] as const).find((one) => one === action),
          description,
          line: index,
        },
      ];
    });
}

export function replaceSection(text: string, title: string, body: string): string {
  const lines = text.split('\n');
  const start = lines.indexOf(`## ${title}`);
  const block = [`## ${title}`, '', ...body.trimEnd().split('\n'), ''];
  if (start < 0) {
    const history = lines.indexOf('## History');
    const at = history < 0 ? lines.length : history;
    return [...lines.slice(0, at), ...block, ...lines.slice(at)].join('\n');
  }
  const next = lines.findIndex((line, index) => index > start && line.startsWith('## '));
  return [...lines.slice(0, start), ...block, ...(next < 0 ? [] : lines.slice(next))].join('\n');
}

export function appendHistory(
  text: string,
  row: { readonly date: string; readonly change: string; readonly author: string },
): string {
  return `${text.trimEnd()}\n| ${row.date} | ${row.change} | ${row.author} |\n`;
}

function text_(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Stand-in until the tickets' room lands. */
export function editFrontMatter(text: string, edits: Readonly<Record<string, unknown>>): string {
  let result = text;
  for (const [key, value] of Object.entries(edits)) {
    const line = `${key}: ${String(value)}`;
    const pattern = new RegExp(`^${key}: .*$`, 'm');
    result = pattern.test(result)
      ? result.replace(pattern, line)
      : result.replace(/\n---\n/, `\n${line}\n---\n`);
  }
  return result;
}
