import { BacklogError } from '../platform/errors.ts';
import type { BacklogConfig } from '../project/config.ts';
import { requiredGates } from '../project/gates.ts';
import { readTicketFile } from '../tickets/file.ts';
import { idOfName } from '../tickets/parse.ts';
import type { BrokenTicket, Ticket } from '../tickets/ticket.ts';
import type { Bookkeeping } from './bookkeeping.ts';
import { ticketAt } from './committed-ticket.ts';
import { type CommittedEvidence, readCompact } from './compact-read.ts';
import { type TicketDiff, ticketDiff } from './difference.ts';
import type { EvidenceLine } from './evidence.ts';
import { nameOf } from './git-facts.ts';
import { promiseDigest, promiseOf } from './promise.ts';
import type { RangeCommit } from './range-commits.ts';
import { commitId, fileAt, plumb, type RepositoryPlace, tryPlumb } from './repository.ts';
import { NOT_REVIEWED } from './review-answers.ts';
import { recordedReviewers } from './reviewers.ts';
import { type GateState, gateStatus } from './status.ts';
import { codeTreeOf } from './tree.ts';
import type { VerifyRange } from './verify-range.ts';
import { testFilesOf } from './work.ts';

export interface VerifyScope {
  readonly place: RepositoryPlace;
  readonly books: Bookkeeping;
  readonly config: BacklogConfig;
  readonly range: VerifyRange;
  readonly commits: readonly RangeCommit[];
}

/**
 * `matched`: a commit fits the evidence. `unmatched`: none does. `missing`: there is no evidence that could fit.
 */
export interface TicketVerdict {
  readonly ticket_id: string;
  readonly verdict: 'matched' | 'unmatched' | 'missing';
  /** The commit that fits. */
  readonly commit: string | null;
  /** What does not hold, one sentence each. */
  readonly problems: readonly string[];
  readonly gates: readonly Pick<GateState, 'gate' | 'required' | 'verdict' | 'reason'>[];
  readonly waivers: readonly { readonly gate: string; readonly person: string; readonly reason: string }[];
  readonly allowed: readonly { readonly gate: string; readonly person: string; readonly reason: string }[];
  readonly included: readonly string[];
  /** Nobody reviewed it, as the configuration wants for such a change. */
  readonly not_reviewed: boolean;
  /** For the comparison of the gate configuration. */
  readonly allowedLines: readonly EvidenceLine[];
}

export interface CompletedTickets {
  readonly tickets: readonly Ticket[];
  /** Obsolete, split and imported: nothing to prove. */
  readonly exempt: readonly { readonly ticket_id: string; readonly status: string }[];
  readonly broken: readonly BrokenTicket[];
}

/** The tickets that the range put into `completed/`, or whose evidence it changed, read from HEAD. */
export async function completedInRange(scope: VerifyScope): Promise<CompletedTickets> {
  const { place, books, range } = scope;
  const data = `${books.prefix === '' ? '' : `${books.prefix}/`}${books.dataDir}`;
  const before = await filesIn(place, range.base, `${data}/completed/`);
  const now = await filesIn(place, range.head, `${data}/completed/`);
  const touched = await changedIn(place, range, `${data}/`);
  const changed = new Set(touched.filter((file) => file.startsWith(`${data}/evidence/`)));
  const edited = new Set(touched.filter((file) => file.startsWith(`${data}/completed/`)));
  const evidence = new Set(await filesIn(place, range.head, `${data}/evidence/`));
  const proven = ({ id }: Ticket): boolean => evidence.has(`${data}/evidence/${id}.json`);
  let everPending: ReadonlySet<string> | undefined;
  const pendingIds = async (): Promise<ReadonlySet<string>> => {
    everPending ??= await idsEverPending(place, range, `${data}/pending/`);
    return everPending;
  };
  const tickets: Ticket[] = [];
  const exempt: { ticket_id: string; status: string }[] = [];
  const broken: BrokenTicket[] = [];
  for (const file of now.filter((name) => name.endsWith('.md'))) {
    // Nothing of it is new: a backlog may hold thousands of these.
    if (changed.size === 0 && before.includes(file) && !edited.has(file)) continue;
    try {
      const text = (await fileAt(place, range.head, file)) ?? '';
      const ticket = readTicketFile(text, file);
      if (before.includes(file) && !changed.has(`${data}/evidence/${ticket.id}.json`)) {
        const old = readTicketFile((await fileAt(place, range.base, file)) ?? '', file);
        if (
          old.status === ticket.status &&
          old.id === ticket.id &&
          (!proven(ticket) || samePromise(old, ticket))
        )
          continue;
      }
      if (ticket.status === 'obsolete' || ticket.status === 'split')
        exempt.push({ ticket_id: ticket.id, status: ticket.status });
      else if (!proven(ticket) && isImported(ticket, scope, await pendingIds()))
        exempt.push({ ticket_id: ticket.id, status: 'imported' });
      else tickets.push(ticket);
    } catch (error) {
      if (!(error instanceof BacklogError)) throw error;
      const { code, message, fix, line } = error;
      broken.push({ file, line: line ?? 1, code, message, fix });
    }
  }
  return { tickets, exempt, broken };
}

/**
 * Work that was done before the ticket came here has no evidence here. A key in the front matter alone proves nothing: the ticket
 * was never open in this range, and no commit of it says that it is the ticket's.
 */
function isImported(ticket: Ticket, { commits }: VerifyScope, everPending: ReadonlySet<string>): boolean {
  const { imported_from: from } = ticket.fields;
  if (typeof from !== 'string' || from === '' || everPending.has(ticket.id)) return false;
  return !commits.some(({ tickets }) => tickets.includes(ticket.id));
}

/** Ids of the tickets that were open at the base, or in any commit of the range. */
async function idsEverPending(
  place: RepositoryPlace,
  { base, head }: VerifyRange,
  folder: string,
): Promise<ReadonlySet<string>> {
  const args = [
    'log',
    '--format=',
    '--name-only',
    '-z',
    '-m',
    '--no-renames',
    `${base}..${head}`,
    '--',
    folder,
  ];
  const named = (await plumb(place, args)).split('\0').map((name) => name.trim());
  return new Set([...(await filesIn(place, base, folder)), ...named].map(idOfName));
}

/** What was promised and kept is not changed afterwards. */
function samePromise(before: Ticket, now: Ticket): boolean {
  return promiseDigest(promiseOf(before)) === promiseDigest(promiseOf(now));
}

/** Judges one ticket by its committed evidence, with the judge of the gates themselves. */
export async function verifyTicket(scope: VerifyScope, ticket: Ticket): Promise<TicketVerdict> {
  const { books, place, range } = scope;
  const data = `${books.prefix === '' ? '' : `${books.prefix}/`}${books.dataDir}`;
  const text = await fileAt(place, range.head, `${data}/evidence/${ticket.id}.json`);
  if (text === undefined)
    return without(
      ticket,
      `it stands in completed/ without evidence (${data}/evidence/${ticket.id}.json): it was moved by hand`,
    );
  const evidence = readCompact(text, ticket.id);
  if (typeof evidence === 'string') return without(ticket, evidence);
  const problems = ticketProblems(ticket, evidence);
  const fitting = await fittingCommit(scope, ticket.id, evidence);
  const states = await statesOf(scope, ticket, evidence, fitting);
  for (const state of states)
    if (state.required && !state.holds) problems.push(`${state.gate}: ${state.reason}`);
  if (fitting !== undefined) problems.push(...trailerProblems(evidence, fitting));
  return {
    ticket_id: ticket.id,
    verdict: fitting === undefined ? 'unmatched' : 'matched',
    commit: fitting?.id ?? null,
    problems,
    gates: states.map(({ gate, required, verdict, reason }) => ({ gate, required, verdict, reason })),
    waivers: evidence.lines.filter(({ record }) => record.result === 'waived').map(decision),
    allowed: evidence.allowed.map(decision),
    included: evidence.included,
    not_reviewed: evidence.lines.some(({ record }) => record.details?.verdict === NOT_REVIEWED),
    allowedLines: evidence.allowed,
  };
}

function ticketProblems(ticket: Ticket, evidence: CommittedEvidence): string[] {
  const problems: string[] = [];
  if (evidence.edited) problems.push('its evidence file was edited after it was written');
  if (ticket.status !== 'completed')
    problems.push(`it stands in completed/ with the status ${ticket.status || '(none)'}`);
  if (ticket.fields.commit !== evidence.commit)
    problems.push(`its field \`commit\` is not the commit of its evidence, ${evidence.commit.slice(0, 12)}`);
  if (promiseDigest(promiseOf(ticket)) !== evidence.promise)
    problems.push('its criteria, test strategy, files or `tests` are not those that the evidence is for');
  const held = evidence.lines.findLast(({ record }) => record.gate === 'commit')?.record.holds_for;
  if (held?.kind === 'commit' && (held.commit !== evidence.commit || held.tree !== evidence.tree))
    problems.push('its evidence names two different commits');
  return problems;
}

/** The commit names the newest line before it; a message that was rewritten without trailers says nothing. */
function trailerProblems(evidence: CommittedEvidence, commit: RangeCommit): string[] {
  const line = evidence.lines.findLast(({ record }) => record.gate === 'commit' && record.result === 'pass');
  const previous = line?.record.previous_sha256;
  if (line === undefined || commit.evidence.length === 0 || previous === undefined) return [];
  if (previous !== null && commit.evidence.includes(previous)) return [];
  // A commit that was put on record later, because its run was cut off, names an older line of the same file.
  const older = line.record.details?.trailer;
  const known = [...evidence.lines, ...evidence.allowed].some(({ sha256 }) => sha256 === older);
  // That of a rebased commit was replaced by runs on the combined code, and is in the working copy's chain only.
  const isRebased = line.record.details?.rebased === true;
  if (typeof older === 'string' && (known || isRebased) && commit.evidence.includes(older)) return [];
  return [
    `commit ${commit.id.slice(0, 12)} names other evidence in its trailer than the file that stands here`,
  ];
}

/**
 * The commit whose code tree the evidence is for. The ticket's own commits first, then any of the range (a squash keeps the
 * tree and may lose the trailer); one from before the range only when it is the ticket's own.
 */
async function fittingCommit(
  scope: VerifyScope,
  ticketId: string,
  evidence: CommittedEvidence,
): Promise<RangeCommit | undefined> {
  const { place, books, commits, range } = scope;
  const own = commits.filter(({ tickets }) => tickets.includes(ticketId));
  const others = commits.filter(({ tickets, booksOnly }) => tickets.length === 0 && !booksOnly);
  for (const commit of [...own, ...others])
    if ((await codeTreeOf(place, commit.id, books)) === evidence.tree) return commit;
  const id = await commitId(place, evidence.commit);
  const reached =
    id !== undefined &&
    (await tryPlumb(place, ['merge-base', '--is-ancestor', id, range.head])).exitCode === 0;
  if (!reached || id === undefined) return undefined;
  const trailers = await plumb(place, [
    'show',
    '--no-patch',
    '--format=%P%x1f%s%x1f%(trailers:key=Ticket,valueonly,separator=%x2C)%x1f%(trailers:key=Backlog-Evidence,valueonly,separator=%x2C)',
    id,
  ]);
  const [parents = '', subject = '', tickets = '', lines = ''] = trailers.trim().split('\x1f');
  if (!tickets.split(',').some((one) => one.trim() === ticketId)) return undefined;
  if ((await codeTreeOf(place, id, books)) !== evidence.tree) return undefined;
  return {
    id,
    parents: parents.split(' '),
    subject,
    tickets: [ticketId],
    evidence: lines.split(',').map((one) => one.trim()),
    booksOnly: false,
  };
}

/** What holds for the commit; without one, what the lines say of each other. */
async function statesOf(
  scope: VerifyScope,
  ticket: Ticket,
  evidence: CommittedEvidence,
  fitting: RangeCommit | undefined,
): Promise<GateState[]> {
  const { place, books, config } = scope;
  const held = (kind: 'diff' | 'red') =>
    evidence.lines.findLast(({ record }) => record.holds_for.kind === kind)?.record.holds_for;
  const claimed = { diff: held('diff'), red: held('red') };
  let diff = claimed.diff?.kind === 'diff' ? claimed.diff.diff : '';
  let testBlobs = claimed.red?.kind === 'red' ? claimed.red.blobs : {};
  let change: Pick<TicketDiff, 'text' | 'files'> = { text: '', files: [] };
  const base = await baseOf(scope, ticket.id, evidence, fitting);
  // Where nobody knows the base, the ticket is believed as it is: evidence is a claim.
  const committed = base === undefined ? ticket : await ticketAt(place, books, base, ticket.id);
  if (fitting !== undefined && base !== undefined) {
    const found = await ticketDiff(place, books, base, evidence.tree);
    change = found;
    diff = found.digest;
    testBlobs = Object.fromEntries(testFilesOf(scope, found.files).map((file) => [file.path, file.blob]));
  }
  return gateStatus(evidence.lines, {
    ticketId: ticket.id,
    base: evidence.base_commit,
    promise: evidence.promise,
    tree: evidence.tree,
    diff,
    testBlobs,
    tests: ticket.tests,
    required: requiredGates(config),
    reviewers: recordedReviewers({ config, ticket, committed, lines: evidence.lines, diff: change }),
  });
}

/** The base that the evidence names; when a rebase has left it behind, the parent of the ticket's first own commit. */
async function baseOf(
  { place, commits }: VerifyScope,
  ticketId: string,
  evidence: CommittedEvidence,
  fitting: RangeCommit | undefined,
): Promise<string | undefined> {
  if (fitting === undefined) return undefined;
  const known = await commitId(place, evidence.base_commit);
  if (known !== undefined) return known;
  const first = commits.findLast(({ tickets, booksOnly }) => tickets.includes(ticketId) && !booksOnly);
  return (first ?? fitting).parents[0];
}

function decision({ record }: EvidenceLine): TicketVerdict['waivers'][number] {
  const { person, reason } = record.details ?? {};
  return { gate: record.gate, person: String(person ?? 'a person'), reason: String(reason ?? '') };
}

function without(ticket: Ticket, problem: string): TicketVerdict {
  return {
    ticket_id: ticket.id,
    verdict: 'missing',
    commit: null,
    problems: [problem],
    gates: [],
    waivers: [],
    allowed: [],
    included: [],
    not_reviewed: false,
    allowedLines: [],
  };
}

/** What lies in a folder of a commit, from the root. @param commit its full id */
export async function filesIn(
  place: RepositoryPlace,
  commit: string,
  folder: string,
): Promise<readonly string[]> {
  const name = nameOf({ id: commit, path: folder });
  const known = place.facts?.folders.get(name);
  if (known !== undefined) return known;
  const listed = await plumb(place, ['ls-tree', '-z', '--name-only', commit, '--', folder]);
  const files = listed.split('\0').filter((file) => file !== '');
  place.facts?.folders.set(name, files);
  return files;
}

export async function changedIn(
  place: RepositoryPlace,
  range: VerifyRange,
  folder: string,
): Promise<string[]> {
  const args = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', range.base, range.head, '--', folder];
  return (await plumb(place, args)).split('\0').filter((file) => file !== '');
}
