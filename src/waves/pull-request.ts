import { plainEnv, type RepositoryPlace } from '../gates/repository.ts';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { git } from '../platform/git.ts';
import { type RunResult, run } from '../platform/process.ts';

/** What is offered, and where. */
export interface Offer {
  readonly place: RepositoryPlace;
  readonly remote: string;
  readonly branch: string;
  readonly base: string;
  readonly commit: string;
  readonly title: string;
  /** File with the text; the same file serves people who type the commands themselves. */
  readonly bodyFile: string;
  /** What we pushed there before; then the branch may be rewritten, if nobody else has. */
  readonly pushedBefore: string | undefined;
}

/** How long `gh` and a push may take, in ms. */
const LIMIT_MS = 120_000;

/** `gh`'s exit code when it has to be logged in first. */
const NEEDS_LOGIN = 4;

/**
 * Address of the open pull request of the branch; `undefined` when there is none.
 * @throws BacklogError `gh-missing`, `gh-not-logged-in`, `gh-failed` (exit 4), each with the commands to type by hand
 */
export async function openPullRequest(offer: Offer): Promise<string | undefined> {
  const found = await gh(offer, [
    'pr',
    'list',
    '--head',
    offer.branch,
    '--base',
    offer.base,
    '--state',
    'open',
    '--limit',
    '1',
    '--json',
    'url',
  ]);
  try {
    const [first] = [JSON.parse(found.stdout)].flat();
    const url: unknown = Object(first).url;
    return typeof url === 'string' ? url : undefined;
  } catch {
    throw failed(offer, `it answered ${JSON.stringify(found.stdout.slice(0, 200))} where JSON was asked for`);
  }
}

/** @throws BacklogError `push-failed` (exit 4) with git's words */
export async function push(offer: Offer): Promise<void> {
  const { place, remote, branch, commit, pushedBefore } = offer;
  const ref = `refs/heads/${branch}`;
  const lease = pushedBefore === undefined ? [] : [`--force-with-lease=${ref}:${pushedBefore}`];
  // The user's own hooks run; nothing of theirs is gone around.
  const pushed = await git(['push', ...lease, remote, `${commit}:${ref}`], {
    cwd: place.worktree,
    env: plainEnv(place.env),
    timeoutMs: LIMIT_MS,
  });
  if (pushed.exitCode === 0) return;
  throw new BacklogError({
    code: 'push-failed',
    message: `${branch} could not be pushed to ${remote}: ${pushed.timedOut ? 'it took too long' : pushed.stderr.trim()}`,
    fix: `mend what git names, then run it again; by hand: ${byHand(offer)}`,
    exitCode: ExitCode.Outside,
  });
}

/** Makes the pull request, or brings title and text of the open one up to date. @returns its address */
export async function offerPullRequest(offer: Offer, open: string | undefined): Promise<string> {
  const { title, bodyFile, base, branch } = offer;
  const text = ['--title', title, '--body-file', bodyFile];
  if (open !== undefined) {
    await gh(offer, ['pr', 'edit', open, ...text]);
    return open;
  }
  const made = await gh(offer, ['pr', 'create', '--base', base, '--head', branch, ...text]);
  const url = /https?:\/\/\S+/.exec(made.stdout)?.[0];
  if (url === undefined) throw failed(offer, `it printed no address: ${made.stdout.trim()}`);
  return url;
}

async function gh(offer: Offer, args: readonly string[]): Promise<RunResult> {
  const { place } = offer;
  const env = { ...plainEnv(place.env), GH_PROMPT_DISABLED: '1', NO_COLOR: '1' };
  const result = await run('gh', args, { cwd: place.worktree, env, timeoutMs: LIMIT_MS });
  if (result.exitCode === 0) return result;
  if (result.startFailure !== undefined)
    throw new BacklogError({
      code: 'gh-missing',
      message: `gh, GitHub's program, could not be started: ${result.startFailure}`,
      fix: `install gh (https://cli.github.com), or by hand: ${byHand(offer)}`,
      exitCode: ExitCode.Outside,
    });
  if (result.exitCode === NEEDS_LOGIN)
    throw new BacklogError({
      code: 'gh-not-logged-in',
      message: 'gh is not logged in',
      fix: `gh auth login, then run it again; or by hand: ${byHand(offer)}`,
      exitCode: ExitCode.Outside,
    });
  throw failed(offer, result.timedOut ? 'it took too long' : (result.stderr || result.stdout).trim());
}

function failed(offer: Offer, why: string): BacklogError {
  return new BacklogError({
    code: 'gh-failed',
    message: `gh could not offer ${offer.branch}: ${why}`,
    fix: `mend what gh names, then run it again; by hand: ${byHand(offer)}`,
    exitCode: ExitCode.Outside,
  });
}

function byHand({ place, remote, branch, commit, base, title, bodyFile }: Offer): string {
  const cd = `-C ${quoted(place.worktree)}`;
  const pushing = `git ${cd} push ${quoted(remote)} ${commit}:${quoted(`refs/heads/${branch}`)}`;
  return `${pushing} && gh pr create --base ${quoted(base)} --head ${quoted(branch)} --title ${quoted(title)} --body-file ${quoted(bodyFile)}`;
}

/** One word for a POSIX shell: it is people who type it. */
function quoted(word: string): string {
  return /^[A-Za-z0-9_./:@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
