import path from 'node:path';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { readTextIfExists } from '../platform/files.ts';
import { matchesAny } from '../platform/globs.ts';
import { type BacklogConfig, parseConfig, requiredGates } from '../project/config.ts';
import { CONFIG_FILE } from '../project/paths.ts';
import { requireOnly } from '../tickets/store.ts';
import type { Ticket } from '../tickets/ticket.ts';
import { type Bookkeeping, bookkeepingOf } from './bookkeeping.ts';
import { type GateCall, relativeFolder } from './call.ts';
import type { ChangedFile } from './changed-file.ts';
import type { Claim } from './claims.ts';
import { pendingFolder, ticketAt } from './committed-ticket.ts';
import { type TicketDiff, ticketDiff } from './difference.ts';
import { type EvidenceLine, readEvidence } from './evidence.ts';
import { type JudgingConfig, judgedFiles, judgingConfig } from './gate-config.ts';
import { readAhead } from './objects.ts';
import { promiseDigest, promiseOf, type TicketPromise } from './promise.ts';
import { commitId, placeAround, type RepositoryPlace, topLevel } from './repository.ts';
import { requiredReviewers, reviewPlan } from './reviewers.ts';
import { type GateFacts, type GateState, gateStatus } from './status.ts';
import { codeTree } from './tree.ts';

/** A ticket's open work: everything that its gates need to know. */
export interface Work {
  readonly call: GateCall;
  readonly ticket: Ticket;
  readonly claim: Claim;
  /** The ticket as the base commit has it; `undefined` where it has none. */
  readonly committed: Ticket | undefined;
  readonly promise: TicketPromise;
  readonly lines: readonly EvidenceLine[];
  readonly place: RepositoryPlace;
  /** The project's folder in the work's worktree. */
  readonly root: string;
  readonly books: Bookkeeping;
  /** The configuration that judges: the one at the base commit, unless a person allowed a change. */
  readonly config: BacklogConfig;
  readonly judging: JudgingConfig;
}

/**
 * Opens the work of a claim: reads the ticket (from the main worktree), the evidence, and the configuration that counts.
 * @throws BacklogError `worktree-missing` (exit 3) when the worktree is gone, `base-missing` (exit 3) when the base commit is
 */
export async function openWork(call: GateCall, claim: Claim): Promise<Work> {
  const { paths } = call;
  const { ticket } = await requireOnly(paths, call.config, claim.ticket_id);
  const place = await placeOf(claim, call);
  const mainTop = await topLevel(paths.mainRoot, call.env, call.facts);
  const root = path.join(place.worktree, path.relative(mainTop, paths.mainRoot));
  const prefix = relativeFolder(place.worktree, root);
  const current = currentConfig(call, root);
  const pending = pendingFolder({ prefix, dataDir: current.backlog.dataDir });
  const atBase = [
    ...judgedFiles(current, root).map((name) => path.posix.join(prefix, name)),
    pending,
    path.posix.join(pending, path.basename(ticket.file)),
  ];
  await readAhead(
    place,
    atBase.map((name) => ({ id: claim.base_commit, path: name })),
  );
  if ((await commitId(place, claim.base_commit)) === undefined) throw baseMissing(claim);
  const lines = readEvidence(paths.opsDir, claim.ticket_id);
  const judging = await judgingConfig({ place, root, prefix, claim, current, lines });
  const books = bookkeepingOf(place.worktree, root, judging.config.backlog.dataDir);
  return {
    call,
    ticket,
    claim,
    committed: await ticketAt(place, books, claim.base_commit, ticket.id),
    promise: promiseOf(ticket),
    lines,
    place,
    root,
    books,
    config: judging.config,
    judging,
  };
}

/** The same work after something was appended to its evidence. */
export function withNewEvidence(work: Work): Work {
  return { ...work, lines: readEvidence(work.call.paths.opsDir, work.ticket.id) };
}

/** The ticket's change as it is now, or up to another code tree. */
export async function currentDiff(work: Work, tree?: string): Promise<TicketDiff> {
  const to = tree ?? (await codeTree(work.place, work.books));
  return ticketDiff(work.place, work.books, work.claim.base_commit, to);
}

/** The test files among changed ones, by the globs of the configuration that judges. */
export function testFilesOf(
  work: Pick<Work, 'books' | 'config'>,
  files: readonly ChangedFile[],
): ChangedFile[] {
  const { prefix } = work.books;
  return files.filter((file) => {
    const inProject = prefix === '' ? file.path : file.path.slice(prefix.length + 1);
    return (
      (prefix === '' || file.path.startsWith(`${prefix}/`)) &&
      matchesAny(inProject, work.config.qualityGates.testFiles)
    );
  });
}

export function factsOf(work: Work, diff: TicketDiff): GateFacts {
  return {
    ticketId: work.ticket.id,
    base: work.claim.base_commit,
    promise: promiseDigest(work.promise),
    tree: diff.tree,
    diff: diff.digest,
    testBlobs: Object.fromEntries(testFilesOf(work, diff.files).map((file) => [file.path, file.blob])),
    tests: work.ticket.tests,
    required: requiredGates(work.config),
    reviewers: requiredReviewers(reviewPlan({ ...work, diff })),
  };
}

/** Which gates hold for the code as it is now (or for another code tree: that of a commit). */
export async function currentStatus(work: Work, tree?: string): Promise<GateState[]> {
  return statusFor(work, await currentDiff(work, tree));
}

/** Which gates hold for a change of the ticket. */
export function statusFor(work: Work, diff: TicketDiff): GateState[] {
  return gateStatus(work.lines, factsOf(work, diff));
}

/** The configuration in the work's own worktree, which need not be the one that the call was made in. */
function currentConfig(call: GateCall, root: string): BacklogConfig {
  const file = path.join(root, CONFIG_FILE);
  const text = readTextIfExists(file);
  return text === undefined ? call.config : parseConfig(text, file).config;
}

/** Where the work of a claim happens. @throws BacklogError `worktree-missing` (exit 3) */
export async function placeOf(claim: Claim, call: Pick<GateCall, 'env' | 'facts'>): Promise<RepositoryPlace> {
  try {
    return await placeAround(claim.worktree, call);
  } catch (error) {
    if (error instanceof BacklogError && error.code === 'worktree-elsewhere') throw error;
    throw new BacklogError({
      code: 'worktree-missing',
      message: `the worktree of ${claim.ticket_id}, ${claim.worktree}, is gone`,
      fix: `git worktree add ${JSON.stringify(claim.worktree)} ${claim.branch ?? claim.base_commit}`,
      exitCode: ExitCode.ProjectUnusable,
      cause: error,
    });
  }
}

function baseMissing(claim: Claim): BacklogError {
  return new BacklogError({
    code: 'base-missing',
    message: `the base commit ${claim.base_commit} of ${claim.ticket_id} is not in this repository`,
    fix: `backlog ticket start ${claim.ticket_id} --rebase`,
    exitCode: ExitCode.ProjectUnusable,
  });
}
