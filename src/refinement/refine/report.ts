import { readdirSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { timestamp } from '../../platform/clock.ts';
import { errnoOf } from '../../platform/errors.ts';
import { readTextIfExists } from '../../platform/files.ts';
import type { Refinement, RefinementState } from './types.ts';

/** What a report keeps for the next one, in a comment at its end. */
const remembered = z.object({
  score: z.number(),
  tickets: z.record(z.string(), z.enum(['valid', 'attention', 'duplicate', 'obsolete'])),
  questions: z.array(z.string()),
  broken: z.array(z.string()).default([]),
});
type Remembered = z.infer<typeof remembered>;

const MARK = 'backlog-refinement ';
const NAME = /^REFINEMENT-REPORT-[0-9-]+\.md$/;

/** The newest report in a folder, by name; `undefined` when there is none, or none of ours. */
export function lastReport(
  folder: string,
): { readonly file: string; readonly facts: Remembered } | undefined {
  for (const name of reportNames(folder).reverse()) {
    const file = path.join(folder, name);
    const found = new RegExp(`^<!-- ${MARK}(\\{.*\\}) -->$`, 'm').exec(readTextIfExists(file) ?? '');
    const facts = found?.[1] === undefined ? undefined : parsed(found[1]);
    if (facts !== undefined) return { file, facts };
  }
  return undefined;
}

function reportNames(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => NAME.test(name))
      .sort(byAge);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Oldest first. As texts, `…-01-0930.md` would come before the `…-01.md` of the same day, which is older. */
function byAge(a: string, b: string): number {
  const [one, other] = [a, b].map((name) => name.match(/\d+/g)?.map(Number) ?? []);
  for (const [at, number] of (one ?? []).entries()) {
    const difference = number - (other?.[at] ?? -1);
    if (difference !== 0) return difference;
  }
  return (one?.length ?? 0) - (other?.length ?? 0);
}

/** A report that somebody has edited is text like any other: then there is nothing to compare with. */
function parsed(json: string): Remembered | undefined {
  try {
    return remembered.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}

/** `REFINEMENT-REPORT-2026-03-01.md`, with `-HHmm` (UTC) when that is there, and a number when that is there, too. */
export function reportName(taken: ReadonlySet<string>, now: Date): string {
  const time = timestamp(() => now);
  const day = `REFINEMENT-REPORT-${time.slice(0, 10)}`;
  const minute = `${day}-${time.slice(11, 13)}${time.slice(14, 16)}`;
  const names = [`${day}.md`, `${minute}.md`];
  for (let number = 2; ; number += 1) {
    const free = names.find((name) => !taken.has(name));
    if (free !== undefined) return free;
    names.push(`${minute}-${number}.md`);
  }
}

/** What the next report compares itself with. */
export function factsOf({ tickets, questions, health, broken }: Refinement): Remembered {
  return {
    score: health.score,
    tickets: Object.fromEntries(tickets.map(({ ticket, state }) => [ticket.id, state])),
    questions: questions.map(({ id }) => id).sort(),
    broken: broken.map(({ file }) => file).sort(),
  };
}

export interface Changes {
  /** Score now less score then. */
  readonly score: number;
  readonly added: readonly string[];
  readonly gone: readonly string[];
  readonly changed: readonly {
    readonly id: string;
    readonly from: RefinementState;
    readonly to: RefinementState;
  }[];
}

/** What is different from the last report; `undefined` when nothing is. */
export function changesSince(last: Remembered, now: Remembered): Changes | undefined {
  const before = new Map(Object.entries(last.tickets));
  const after = new Map(Object.entries(now.tickets));
  const changes: Changes = {
    score: now.score - last.score,
    added: [...after.keys()].filter((id) => !before.has(id)),
    gone: [...before.keys()].filter((id) => !after.has(id)),
    changed: [...after].flatMap(([id, to]) => {
      const from = before.get(id);
      return from === undefined || from === to ? [] : [{ id, from, to }];
    }),
  };
  const same =
    changes.score === 0 &&
    changes.added.length + changes.gone.length + changes.changed.length === 0 &&
    JSON.stringify([last.questions, last.broken]) === JSON.stringify([now.questions, now.broken]);
  return same ? undefined : changes;
}

/** The report as Markdown: Summary, By Type, Issues Found, Human Review, Health Score. */
export function reportText(
  refinement: Refinement,
  changes: Changes | undefined,
  now: Date,
  applied: readonly string[],
): string {
  const { tickets, questions, health, broken } = refinement;
  const count = (state: RefinementState): number => tickets.filter((one) => one.state === state).length;
  const issues = tickets.filter(({ state }) => state !== 'valid');
  return `${[
    `# Refinement report, ${timestamp(() => now).slice(0, 10)}`,
    '## Summary',
    lines([
      `${tickets.length} pending tickets: ${count('valid')} valid, ${count('attention')} need attention, ${count('duplicate')} may be duplicates, ${count('obsolete')} are proposed as obsolete.`,
      ...(broken.length > 0
        ? [`${broken.length} of their files cannot be read, and are in no number here.`]
        : []),
      ...(applied.length > 0 ? [`Changed in this run: ${applied.map(cell).join('; ')}.`] : []),
    ]),
    ...(changes === undefined ? [] : ['## Since the last report', changesText(changes)]),
    '## By Type',
    byType(refinement),
    '## Issues Found',
    issues.length + broken.length === 0
      ? 'None.'
      : table(
          ['Ticket', 'State', 'Details'],
          [
            ...broken.map(({ file, message }) => [file, 'broken', message]),
            ...issues.map(({ ticket, state, details }) => [ticket.id, state, shortened(details)]),
          ],
        ),
    '## Human Review',
    questions.length === 0
      ? 'Nothing to decide.'
      : table(
          ['Ticket', 'Question', 'Options', 'Tier'],
          questions.map((one) => [
            one.ticket ?? 'all',
            one.question,
            one.options.map(({ answer }) => answer).join(' / '),
            one.tier,
          ]),
        ),
    '## Health Score',
    lines([
      `**${health.score}** of 100: 100 − 5 · ${health.obsolete} obsolete − 3 · ${health.missing_sections} missing sections − 10 · ${health.duplicates} duplicates − 2 · ${health.without_test_strategy} without test strategy − 2 · ${health.without_dependencies} without documented dependencies, not below 0.`,
      `Points taken off for each ticket: ${health.deduction_per_ticket}.`,
      `Valid ${health.percent.valid} %, with tests ${health.percent.with_tests} %, with dependencies ${health.percent.with_dependencies} %, with affected files ${health.percent.with_affected_files} %.`,
    ]),
    `<!-- ${MARK}${JSON.stringify(factsOf(refinement)).replaceAll('--', '\\u002d-')} -->`,
  ].join('\n\n')}\n`;
}

function changesText({ score, added, gone, changed }: Changes): string {
  const list = (title: string, ids: readonly string[]): string[] =>
    ids.length === 0
      ? []
      : [
          `${title}: ${ids.slice(0, MOST_NAMED).join(', ')}${ids.length > MOST_NAMED ? ` and ${ids.length - MOST_NAMED} more` : ''}.`,
        ];
  return lines([
    `Health score ${score >= 0 ? '+' : '−'}${Math.abs(score)}.`,
    ...list('New', added),
    ...list('Gone', gone),
    ...list(
      'Changed',
      changed.map(({ id, from, to }) => `${id} (${from} → ${to})`),
    ),
  ]);
}

const MOST_NAMED = 50;
const MOST_DETAILS = 4;

function shortened(details: readonly string[]): string {
  const more = details.length - MOST_DETAILS;
  return [...details.slice(0, MOST_DETAILS), ...(more > 0 ? [`${more} more`] : [])].join('; ');
}

function byType({ tickets }: Refinement): string {
  const types = [...new Set(tickets.map(({ ticket }) => ticket.prefix))];
  return table(
    ['Type', 'Tickets', 'Valid', 'Attention', 'Duplicate', 'Obsolete'],
    types.map((type) => {
      const own = tickets.filter(({ ticket }) => ticket.prefix === type);
      const count = (state: RefinementState): string =>
        String(own.filter((one) => one.state === state).length);
      return [
        type,
        String(own.length),
        count('valid'),
        count('attention'),
        count('duplicate'),
        count('obsolete'),
      ];
    }),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text of a ticket is somebody else's: no line end, bar or comment of it may change the report. */
function cell(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

function lines(parts: readonly string[]): string {
  return parts.join('\n\n');
}
