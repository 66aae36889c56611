import { usageError } from '../platform/errors.ts';
import { sha256 } from '../platform/ids.ts';
import { replaceSection } from '../tickets/file.ts';
import { listTickets } from '../tickets/listing.ts';
import { changeTicket } from '../tickets/store.ts';
import { validateTicket } from '../tickets/validate.ts';
import { counted, type GateOutcome, listed, store } from './outcome.ts';
import {
  type PromiseChange,
  promiseChanges,
  promiseDigest,
  readPromise,
  type TicketPromise,
} from './promise.ts';
import { complexityOf, tagsOf } from './weight.ts';
import type { Work } from './work.ts';

const SECTION = 'Implementation Plan';

/** How a new plan relates to what was done under the one before it. */
export interface Replanning {
  /** The promise that was frozen last; `undefined` for the first plan. */
  readonly before: TicketPromise | undefined;
  /** There is implementation evidence already: both versions are kept, the review goes stale. */
  readonly afterImplementation: boolean;
  readonly changes: readonly PromiseChange[];
  /** Criteria that were taken away after implementation began: a person has to allow it. */
  readonly removed: readonly string[];
}

/**
 * The plan gate: writes the implementation plan into the ticket, checks the ticket, freezes its promise.
 * @param text the plan in Markdown
 * @throws BacklogError `plan-empty` (exit 2)
 */
export async function runPlan(work: Work, text: string): Promise<GateOutcome> {
  if (text.trim() === '')
    throw usageError(
      'the plan is empty',
      `hand it in: backlog gate run plan --ticket ${work.ticket.id} --from - (the plan on stdin; a file inside the project would count as part of the change)`,
      'plan-empty',
    );
  const { call, ticket } = work;
  const holds_for = { kind: 'promise', promise: promiseDigest(work.promise) } as const;
  const problems = validateTicket(ticket, await listTickets(call.paths, call.config), work.config).filter(
    (finding) => finding.severity === 'error',
  );
  if (problems.length > 0) {
    const lines = problems.map(({ file, line, message }) => `${file}:${line}: ${message}`);
    const message = `${counted(problems.length, 'problem')} in the ticket: ${listed(lines)}`;
    const line = await store(work, undefined, {
      gate: 'plan',
      result: 'fail',
      holds_for,
      details: { message },
    });
    const fix = `${problems[0]?.fix ?? 'mend the ticket'}; \`backlog ticket validate ${ticket.id}\` lists all. Where the ticket does not say enough: backlog ticket investigate ${ticket.id} --open --reason "<what is unclear>"`;
    return { gate: 'plan', result: 'fail', message, fix, evidence: [line], findings: [], outputTail: '' };
  }
  const replanning = replanningOf(work);
  await writePlan(work, text, replanning);
  const message = inWords(work, replanning);
  const line = await store(work, undefined, {
    gate: 'plan',
    result: 'pass',
    holds_for,
    details: {
      message,
      promise: work.promise,
      plan_sha256: sha256(text),
      complexity: complexityOf({ ...work, files: [] }),
      tags: tagsOf(work),
      replanned: replanning.afterImplementation,
      changes: replanning.changes,
    },
  });
  return {
    gate: 'plan',
    result: 'pass',
    message,
    fix: undefined,
    evidence: [line],
    findings: [],
    outputTail: '',
  };
}

/**
 * Whether the ticket asked for new tests when it was committed, or when its implementation began, and now is content with the old
 * ones. `tests: none` is no less: it lets no code change.
 */
export function weakensTests(work: Pick<Work, 'lines' | 'promise' | 'ticket' | 'committed'>): boolean {
  if (work.ticket.tests !== 'existing') return false;
  const { before, afterImplementation } = replanningOf(work);
  return work.committed?.tests === 'new' || (afterImplementation && before?.tests === 'new');
}

/** What planning now would change against the plan before. */
export function replanningOf(work: Pick<Work, 'lines' | 'promise'>): Replanning {
  const last = work.lines.findLast(({ record }) => record.gate === 'plan' && record.result === 'pass');
  const before = readPromise(last?.record.details?.promise);
  const afterImplementation =
    before !== undefined && work.lines.some(({ record }) => record.gate === 'implement');
  const changes = before === undefined ? [] : promiseChanges(before, work.promise);
  const removed = afterImplementation
    ? changes.filter(({ what }) => what === 'criterion-removed').map((change) => change.before)
    : [];
  return { before, afterImplementation, changes, removed };
}

async function writePlan(work: Work, text: string, replanning: Replanning): Promise<void> {
  const { call, ticket } = work;
  const old = ticket.sections.find(({ title }) => title === SECTION)?.text.trim() ?? '';
  const plan = belowSection(text.trim());
  // Handing in the same plan again is no new version.
  const keep = replanning.afterImplementation && old !== '' && old !== plan && !old.startsWith(`${plan}\n`);
  const body = keep
    ? `${plan}\n\n### Earlier plan, replaced ${call.clock().toISOString().slice(0, 10)}\n\n${old}`
    : old.startsWith(`${plan}\n\n### Earlier plan`)
      ? old
      : plan;
  await changeTicket(call.paths, call.config, ticket.id, (content) => replaceSection(content, SECTION, body));
}

/** Headings of the plan go below the section's own, so that none of them becomes a section of the ticket. */
function belowSection(text: string): string {
  let fence = '';
  return text
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => {
      const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
      if (mark !== undefined && (fence === '' || mark.startsWith(fence))) fence = fence === '' ? mark : '';
      return fence === '' ? line.replace(/^#{1,2}(?= )/, '###') : line;
    })
    .join('\n');
}

function inWords(work: Work, { afterImplementation, changes }: Replanning): string {
  const frozen = `promise frozen: ${work.promise.criteria.length} criteria, ${counted(work.promise.files.length, 'file')}, tests: ${work.promise.tests}`;
  if (!afterImplementation) return frozen;
  return `planned again after implementation began (${counted(changes.length, 'change')} of the promise); the review is to be made again; ${frozen}`;
}
