import { BacklogError, ExitCode } from '../platform/errors.ts';
import { type BodyLine, type BodySection, findSection } from './body.ts';
import { bodyOf } from './parse.ts';

export interface HistoryRow {
  /** As it is to stand in the table, such as `2026-03-01`. */
  readonly date: string;
  readonly change: string;
  readonly author: string;
}

/**
 * Replaces what stands below `## title`; every other byte of the text stays. A section that is missing is put before History,
 * or at the end.
 * @throws BacklogError `ticket-section-breaks` (exit 1) when `body` would change other sections: a heading of level 1 or 2,
 * an open code fence or an open comment
 */
export function replaceSection(text: string, title: string, body: string): string {
  const { lines, sections } = bodyOf(text);
  const eol = lineEndOf(text);
  const content = body
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/^\n+|\n+$/g, '')
    .split('\n')
    .join(eol);
  const filled = content === '' ? eol : `${eol}${content}${eol}`;
  const section = findSection(sections, title);
  if (section) {
    const end = endOf(section);
    const isLast = end === text.length;
    const before = `${text.slice(0, section.heading.end)}${endsLine(section.heading) ? '' : eol}`;
    const edited = `${before}${filled}${isLast ? '' : eol}${text.slice(end)}`;
    return checked(text, edited, title, sections);
  }
  const at = findSection(sections, 'History')?.heading.start ?? text.length;
  const gap = at === text.length ? gapBefore(text, lines, eol) : '';
  const edited = `${text.slice(0, at)}${gap}## ${title}${eol}${filled}${at === text.length ? '' : eol}${text.slice(at)}`;
  return checked(text, edited, title, sections);
}

/**
 * Adds a row below the last one of the History table; every other byte of the text stays. A missing section or table is made.
 */
export function appendHistory(text: string, row: HistoryRow): string {
  const { lines, sections } = bodyOf(text);
  const eol = lineEndOf(text);
  const added = `| ${cell(row.date)} | ${cell(row.change)} | ${cell(row.author)} |`;
  const head = `| Date | Change | Author |${eol}|------|--------|--------|${eol}`;
  const section = findSection(sections, 'History');
  if (!section) return `${text}${gapBefore(text, lines, eol)}## History${eol}${eol}${head}${added}${eol}`;
  const last = section.lines.findLast(
    ({ kind, text: line }) => kind === 'text' && line.trim().startsWith('|'),
  );
  if (last) {
    const at = last.end;
    return endsLine(last)
      ? `${text.slice(0, at)}${added}${eol}${text.slice(at)}`
      : `${text.slice(0, at)}${eol}${added}${text.slice(at)}`;
  }
  const place = section.lines.findLast(({ text: line }) => line.trim() !== '') ?? section.heading;
  const before = `${text.slice(0, place.end)}${endsLine(place) ? '' : eol}`;
  return `${before}${eol}${head}${added}${eol}${text.slice(place.end)}`;
}

/** Line ends and bars would break the table. */
function cell(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().replaceAll('|', '\\|');
}

function lineEndOf(text: string): '\n' | '\r\n' {
  const first = text.indexOf('\n');
  return first > 0 && text[first - 1] === '\r' ? '\r\n' : '\n';
}

function endOf(section: BodySection): number {
  return section.lines.at(-1)?.end ?? section.heading.end;
}

function endsLine(line: BodyLine): boolean {
  return line.end > line.start + line.text.length;
}

/** What has to come before a heading at the end of the text, so that one blank line is between. */
function gapBefore(text: string, lines: readonly BodyLine[], eol: string): string {
  if (!text.endsWith('\n')) return `${eol}${eol}`;
  return lines.length === 0 || lines.at(-1)?.text.trim() !== '' ? eol : '';
}

function checked(before: string, after: string, title: string, sections: readonly BodySection[]): string {
  const rest = (all: readonly BodySection[]) => {
    const own = findSection(all, title);
    return all.filter((one) => one !== own).map((one) => [one.title, one.text.trimEnd()]);
  };
  const now = bodyOf(after).sections;
  if (JSON.stringify(rest(now)) === JSON.stringify(rest(sections)) && findSection(now, title)) return after;
  throw new BacklogError({
    code: 'ticket-section-breaks',
    message: `the text for "${title}" would change other sections of the ticket (${before.length} characters stay as they are)`,
    fix: 'use headings of level 3 and below in it, and close its code fences and comments',
    exitCode: ExitCode.CheckFailed,
  });
}
