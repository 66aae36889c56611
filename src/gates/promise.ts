import { sha256 } from '../platform/ids.ts';
import type { TestMode, Ticket } from '../tickets/ticket.ts';

/** What a ticket promises; frozen by the plan gate and kept in its evidence, so that a later one can be compared. */
export interface TicketPromise {
  readonly criteria: readonly { readonly id: string; readonly text: string }[];
  readonly testStrategy: string;
  /** Path and action of each affected file, sorted. */
  readonly files: readonly string[];
  readonly tests: TestMode;
}

/** The promise of a ticket: ticked boxes, white space and the order of the files are no part of it. */
export function promiseOf(ticket: Ticket): TicketPromise {
  const strategy = ticket.sections.find(({ title }) => title.toLowerCase() === 'test strategy')?.text ?? '';
  return {
    criteria: ticket.criteria.map(({ id, text }) => ({ id, text: squeezed(text) })),
    testStrategy: strategy
      .split('\n')
      .map((line) => squeezed(line).replace(/^([-*]) \[[ xX]\]/, '$1 [ ]'))
      .filter((line) => line !== '')
      .join('\n'),
    files: ticket.affectedFiles.map(({ path, action }) => `${action ?? 'change'} ${path}`).sort(),
    tests: ticket.tests,
  };
}

export function promiseDigest(promise: TicketPromise): string {
  const { criteria, testStrategy, files, tests } = promise;
  return sha256(JSON.stringify([criteria.map(({ id, text }) => [id, text]), testStrategy, files, tests]));
}

export interface PromiseChange {
  readonly what:
    | 'criterion-removed'
    | 'criterion-changed'
    | 'criterion-added'
    | 'test-strategy'
    | 'files'
    | 'tests';
  readonly before: string;
  readonly after: string;
}

/** What a promise became. A criterion is the same one when its id is; without ids, when its words are. */
export function promiseChanges(before: TicketPromise, after: TicketPromise): PromiseChange[] {
  const key = ({ id, text }: TicketPromise['criteria'][number]): string => id || text;
  const now = new Map(after.criteria.map((one) => [key(one), one.text]));
  const then = new Map(before.criteria.map((one) => [key(one), one.text]));
  const changes: PromiseChange[] = [];
  for (const [id, text] of then) {
    const today = now.get(id);
    if (today === undefined) changes.push({ what: 'criterion-removed', before: words(id, text), after: '' });
    else if (today !== text)
      changes.push({ what: 'criterion-changed', before: words(id, text), after: words(id, today) });
  }
  for (const [id, text] of now)
    if (!then.has(id)) changes.push({ what: 'criterion-added', before: '', after: words(id, text) });
  if (before.testStrategy !== after.testStrategy)
    changes.push({ what: 'test-strategy', before: before.testStrategy, after: after.testStrategy });
  if (before.files.join('\n') !== after.files.join('\n'))
    changes.push({ what: 'files', before: before.files.join('\n'), after: after.files.join('\n') });
  if (before.tests !== after.tests) changes.push({ what: 'tests', before: before.tests, after: after.tests });
  return changes;
}

/** The promise as a line of evidence keeps it; `undefined` for anything else. */
export function readPromise(value: unknown): TicketPromise | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { criteria, testStrategy, files, tests }: Readonly<Record<string, unknown>> = { ...value };
  if (!Array.isArray(criteria) || !Array.isArray(files) || typeof testStrategy !== 'string') return undefined;
  if (tests !== 'new' && tests !== 'existing' && tests !== 'none') return undefined;
  return {
    criteria: criteria.map((one: unknown) => {
      const { id, text }: Readonly<Record<string, unknown>> = typeof one === 'object' ? { ...one } : {};
      return { id: String(id ?? ''), text: String(text ?? '') };
    }),
    testStrategy,
    files: files.map(String),
    tests,
  };
}

function words(id: string, text: string): string {
  return id === text ? text : `${id}: ${text}`;
}

function squeezed(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}
