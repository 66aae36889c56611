import path from 'node:path';
import { type BacklogConfig, parseConfig } from '../project/config.ts';
import { waiversAllowed } from '../project/gates.ts';
import { CONFIG_FILE } from '../project/paths.ts';
import type { BrokenTicket } from '../tickets/ticket.ts';
import { type JudgedCommand, judgeCommands } from './against-base.ts';
import { withBaseCopy } from './base-copy.ts';
import { bookkeepingOf } from './bookkeeping.ts';
import { type GateCall, relativeFolder } from './call.ts';
import { judgedFiles, judgesAt, judgingConfig } from './gate-config.ts';
import { readAhead } from './objects.ts';
import { quickSize, silencedBy } from './quick-rules.ts';
import { type RangeCommit, rangeCommits } from './range-commits.ts';
import { fileAt, placeAround, type RepositoryPlace } from './repository.ts';
import { setUpCopy } from './set-up.ts';
import { codeTreeOf } from './tree.ts';
import { codeCommits, laterCommits, unansweredCommits } from './verify-commits.ts';
import { misplacedTickets, ticketIdsOf } from './verify-places.ts';
import { quickIdOf, verifyRange } from './verify-range.ts';
import { completedInRange, type TicketVerdict, type VerifyScope, verifyTicket } from './verify-tickets.ts';

export interface VerifyOptions {
  readonly base: string | undefined;
  /** What is judged instead of HEAD, such as a branch that is pushed. */
  readonly head?: string | undefined;
  /** Run the commands again on a clean checkout of HEAD. */
  readonly rerun: boolean;
  /** `false`: a waived gate fails. */
  readonly waivers: boolean;
  /** A commit with code fails unless it is of a completed ticket, or of the quick lane. */
  readonly requireTickets?: boolean | undefined;
}

export interface QuickVerdict {
  readonly ticket_id: string;
  readonly commit: string;
  readonly subject: string;
  /** Why it was none for the quick lane. */
  readonly problems: readonly string[];
}

export interface Verification {
  readonly base: string;
  readonly head: string;
  readonly items: readonly TicketVerdict[];
  readonly exempt: readonly { readonly ticket_id: string; readonly status: string }[];
  readonly quick: readonly QuickVerdict[];
  /** Tickets that were moved, or taken away, by hand; one sentence each. */
  readonly misplaced: readonly string[];
  /** Commits with code that name no ticket of the backlog: told, not judged. */
  readonly unticketed: readonly { readonly commit: string; readonly subject: string }[];
  /** Gate configuration that the range changed and nobody allowed. */
  readonly configChanges: readonly string[];
  /** `null` when nothing was run again. */
  readonly rerun: { readonly problem: string | null; readonly commands: readonly JudgedCommand[] } | null;
  readonly broken: readonly BrokenTicket[];
  /** Everything that makes it fail, one sentence each; empty when all holds. */
  readonly failures: readonly string[];
}

/**
 * The CI form of every gate: judges the tickets that base..HEAD completed by what is committed, so that it answers the same in
 * a fresh clone. Commands, data folder and required gates are those of the configuration at the base.
 * @throws BacklogError `verify-range-missing` (exit 4), `not-a-repository` (exit 3)
 */
export async function verifyRangeOf(call: GateCall, options: VerifyOptions): Promise<Verification> {
  const place = await placeAround(call.paths.root, call);
  const prefix = relativeFolder(place.worktree, call.paths.root);
  const range = await verifyRange(place, options.base, options.head);
  await readAhead(place, [
    ...judgedFiles(call.config, call.paths.root).map((name) => ({
      id: range.base,
      path: path.posix.join(prefix, name),
    })),
    { id: range.head, path: path.posix.join(prefix, CONFIG_FILE) },
  ]);
  const config =
    (await configAt(place, prefix, range.base)) ?? (await configAt(place, prefix, range.head)) ?? call.config;
  const books = bookkeepingOf(place.worktree, call.paths.root, config.backlog.dataDir);
  const commits = await rangeCommits(place, books, { from: range.base, to: range.head });
  const scope: VerifyScope = { place, books, config, range, commits };
  const { tickets, exempt, broken } = await completedInRange(scope);
  const items: TicketVerdict[] = [];
  for (const ticket of tickets) items.push(await verifyTicket(scope, ticket));
  const quick = await verifyQuick(scope);
  const known = await ticketIdsOf(scope);
  const withCode = await codeCommits(scope);
  const unticketed = withCode
    .filter(({ tickets: named }) => !named.some((id) => known.has(id)))
    .map(({ id, subject }) => ({ commit: id, subject }));
  const misplaced = await misplacedTickets(scope);
  const checkout = await inCheckout(call, scope, items, options.rerun);
  const { configChanges, rerun } = checkout;
  const green = rerun !== null && rerun.problem === null;
  const failures = [
    ...items.flatMap((item) =>
      failuresOf(item, { green, waivers: options.waivers && waiversAllowed(config) }),
    ),
    ...quick.flatMap(({ ticket_id, problems }) => problems.map((problem) => `${ticket_id}: ${problem}`)),
    ...misplaced,
    ...(await laterCommits(scope, withCode, items)),
    ...(options.requireTickets === true ? await unansweredCommits(scope, withCode, items) : []),
    ...configChanges.map((change) => `gate configuration changed: ${change}`),
    ...(rerun?.problem ? [rerun.problem] : []),
  ];
  const { base, head } = range;
  return {
    base,
    head,
    items,
    exempt,
    quick,
    misplaced,
    unticketed,
    configChanges,
    rerun,
    broken,
    failures,
  };
}

function failuresOf(
  item: TicketVerdict,
  { green, waivers }: { readonly green: boolean; readonly waivers: boolean },
): string[] {
  const { ticket_id: id, verdict, problems } = item;
  const own = problems.map((problem) => `${id}: ${problem}`);
  if (verdict === 'unmatched' && !green)
    own.push(`${id}: no commit of the range has the code that its evidence is for (as after a squash)`);
  if (!waivers) own.push(...item.waivers.map(({ gate, person }) => `${id}: ${gate} was waived by ${person}`));
  return own;
}

async function configAt(
  place: RepositoryPlace,
  prefix: string,
  commit: string,
): Promise<BacklogConfig | undefined> {
  const text = await fileAt(place, commit, prefix === '' ? CONFIG_FILE : `${prefix}/${CONFIG_FILE}`);
  return text === undefined ? undefined : parseConfig(text, `${commit.slice(0, 12)}:${CONFIG_FILE}`).config;
}

/** Quick commits are judged by themselves: small, in no risk group, and nothing in them that silences what judges them. */
async function verifyQuick(scope: VerifyScope): Promise<QuickVerdict[]> {
  const verdicts: QuickVerdict[] = [];
  for (const commit of scope.commits) {
    const id = quickIdOf(commit);
    if (id === undefined) continue;
    verdicts.push({
      ticket_id: id,
      commit: commit.id,
      subject: commit.subject,
      problems: await quickProblems(scope, commit),
    });
  }
  return verdicts;
}

async function quickProblems(
  { place, books, config }: VerifyScope,
  { id, parents }: RangeCommit,
): Promise<readonly string[]> {
  const [parent] = parents;
  if (parent === undefined || parents.length > 1) return ['it is no commit with one parent'];
  const from = await codeTreeOf(place, parent, books);
  const to = await codeTreeOf(place, id, books);
  const { testFiles } = config.qualityGates;
  const change = { place, books, from, to, baseCommit: parent, head: id, testFiles };
  const judges = await judgesAt(place, parent, books.prefix, config);
  return [...(await quickSize(place, from, to)).reasons, ...(await silencedBy(change, judges))];
}

/** On a clean checkout of HEAD: what changed in the gate configuration, and the commands again. */
async function inCheckout(
  call: GateCall,
  scope: VerifyScope,
  items: readonly TicketVerdict[],
  rerun: boolean,
): Promise<Pick<Verification, 'configChanges' | 'rerun'>> {
  const { place, books, config, range } = scope;
  const { prefix } = books;
  return withBaseCopy(place, { commit: range.head, dependenciesFrom: [place.worktree] }, async (copy) => {
    const root = path.join(copy.worktree, prefix);
    const { changes } = await judgingConfig({
      place,
      root,
      prefix,
      claim: { base_commit: range.base, gate_config_sha256: null },
      current: (await configAt(place, prefix, range.head)) ?? call.config,
      lines: items.flatMap(({ allowedLines }) => allowedLines),
    });
    if (!rerun) return { configChanges: changes, rerun: null };
    const setUp = await setUpCopy(call, { copy, root, config });
    if (setUp !== undefined)
      return {
        configChanges: changes,
        rerun: { problem: setUp.trouble ?? 'the set-up failed', commands: [] },
      };
    const input = { call, place, root, worktree: copy.worktree, prefix, base: range.base, config };
    const commands = await judgeCommands(input);
    const [failed] = commands.filter(({ problem }) => problem !== null);
    const problem =
      commands.length === 0
        ? 'nothing could be run again: no gate command is configured'
        : (failed?.problem ?? null);
    return { configChanges: changes, rerun: { problem, commands } };
  });
}
