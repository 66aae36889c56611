import path from 'node:path';
import { realPlace } from '../platform/files.ts';
import { confinedHint, isOutside } from './confines.ts';
import { aliasOf } from './git-alias.ts';
import { type Guarded, placeOf, placeOfWord } from './guarded.ts';
import { type Program, programsOf } from './programs.ts';
import { readShell, type Word } from './shell.ts';
import { copyTarget, intoCompleted } from './write-denials.ts';

const commitHint =
  'Commit by `backlog commit --ticket <id> --type <type> --summary "…"`, which checks the gates first.';
const pastGates = `this is a commit past the gates. ${commitHint}`;

/** Options of git before its command that take a value (git(1)). */
const gitValues = new Set([
  '-C',
  '-c',
  '--git-dir',
  '--work-tree',
  '--namespace',
  '--super-prefix',
  '--config-env',
  '--attr-source',
]);

/** Commands that move branches or make commits without a look at any hook. */
const plumbing = new Set(['commit-tree', 'fast-import', 'update-ref', 'replace', 'filter-branch']);

/** Commands that change the files of the worktree that they run in. */
const changesFiles = new Set([
  ...['am', 'apply', 'bisect', 'checkout', 'checkout-index', 'cherry-pick', 'clean', 'merge', 'mv', 'pull'],
  ...['read-tree', 'rebase', 'reset', 'restore', 'revert', 'rm', 'sparse-checkout', 'stash', 'switch'],
]);

/** Commands with which `--no-verify`, or hooks that lie elsewhere, go past the project's own checks. */
const verified = new Set(['push', 'merge', 'am', 'rebase', 'cherry-pick', 'revert', 'pull']);

/** Why a call of git may not run; `unclear` when its command is known only when it runs. */
export function ofGit(
  { name, args }: Pick<Program, 'name' | 'args'>,
  guarded: Guarded,
  depth = 0,
): string | 'unclear' | undefined {
  if (name === 'git-commit') return pastGates;
  if (name !== 'git' && name !== 'git.exe') return undefined;
  let { cwd } = guarded;
  let hooksElsewhere = false;
  let index = 0;
  for (; index < args.length; index += 1) {
    const text = args[index]?.text ?? '';
    if (!text.startsWith('-')) break;
    const value = args[index + 1]?.text ?? '';
    if (/^--config-env=(?:alias|include|includeif)\./i.test(text))
      return `a git alias may be a commit. ${commitHint}`;
    if (/^--exec-path=./.test(text)) return `--exec-path gives git other programs. ${commitHint}`;
    const workTree = /^--work-tree=(.*)$/s.exec(text)?.[1];
    if (workTree !== undefined) cwd = path.resolve(cwd, workTree);
    if (!gitValues.has(text)) continue;
    if ((text === '-c' || text === '--config-env') && /^(?:alias|include|includeif)\./i.test(value))
      return `a git alias may be a commit. ${commitHint}`;
    if (text === '-c' && /\bcommit\b/.test(value.slice(value.indexOf('=') + 1)))
      return `a setting of git that runs a commit. ${commitHint}`;
    hooksElsewhere ||= text === '-c' && /^core\.hookspath=/i.test(value);
    if (text === '-C' || text === '--work-tree') cwd = path.resolve(cwd, value);
    index += 1;
  }
  const command = args[index];
  const rest = args.slice(index + 1);
  if (command === undefined) return undefined;
  if (command.dynamic) return 'unclear';
  const alias = depth < MOST_ALIASES ? aliasOf(command.text, cwd) : undefined;
  if (alias !== undefined) return ofAlias(alias, rest, { ...guarded, cwd }, depth);
  return ofCommand(command.text, rest, { hooksElsewhere, guarded: { ...guarded, cwd } });
}

/** An alias may name another one. */
const MOST_ALIASES = 5;

/** Of what the user has called by a name of their own: another command of git, or behind `!` a line for the shell. */
function ofAlias(
  alias: string,
  rest: readonly Word[],
  guarded: Guarded,
  depth: number,
): string | 'unclear' | undefined {
  const { commands, unreadable } = readShell(alias.startsWith('!') ? alias.slice(1) : `git ${alias}`);
  const { programs, unclear } = programsOf(commands);
  const last = programs.length - 1;
  for (const [index, program] of programs.entries()) {
    // What is typed behind the alias comes behind its last command.
    const judged = ofGit(
      { ...program, args: index === last ? [...program.args, ...rest] : program.args },
      guarded,
      depth + 1,
    );
    if (judged !== undefined) return judged;
  }
  return unreadable || unclear ? 'unclear' : undefined;
}

function ofCommand(
  command: string,
  rest: readonly Word[],
  { hooksElsewhere, guarded }: { readonly hooksElsewhere: boolean; readonly guarded: Guarded },
): string | undefined {
  const texts = rest.map(({ text }) => text);
  if (command === 'commit') return isDryRun(texts) ? undefined : pastGates;
  if (plumbing.has(command) || makesCommitObject(command, texts)) return pastGates;
  if (command === 'config' && movesHooks(texts))
    return 'core.hooksPath says which hooks run: where they lie is for a person to decide.';
  if (command === 'config' && setsPrograms(texts))
    return 'such a setting says which programs git runs, or which files and words it sees: that is for a person to decide.';
  const elsewhere = outsideOf(command, texts, guarded);
  if (elsewhere !== undefined) return elsewhere;
  // git takes the beginning of a long option for the option.
  if (verified.has(command) && (hooksElsewhere || texts.some((text) => /^--no-verif?y?$/.test(text))))
    return `--no-verify and other hooks go past the project's own checks. Mend what they name, then run \`git ${command}\` without it.`;
  if (command === 'config' && setsAlias(texts)) return `a git alias may be a commit. ${commitHint}`;
  if (command === 'mv') {
    const target = copyTarget(rest);
    return target && placeOfWord(target, guarded, true) === 'completed' ? intoCompleted : undefined;
  }
  return takesEvidenceAway(command, texts, guarded) ? evidenceGoes(command) : undefined;
}

/** `git hash-object -t commit -w` writes a commit as `commit-tree` does. */
function makesCommitObject(command: string, texts: readonly string[]): boolean {
  return command === 'hash-object' && texts.some((text) => /^(?:-t)?commit$/.test(text));
}

function movesHooks(texts: readonly string[]): boolean {
  const at = texts.findIndex((text) => /^core\.hookspath$/i.test(text));
  const takesAway = texts.some((text) => /^(?:unset|--unset|--unset-all|remove-section)/.test(text));
  return at >= 0 && (takesAway || (!readsConfig(texts.slice(0, at)) && texts[at + 1] !== undefined));
}

/** Settings that bring others in, that run programs, or that show git other files or words than the disk has. */
const programSettings =
  /^(?:include\.path|includeif\..*|core\.(?:worktree|attributesfile|fsmonitor|bare)|filter\..+\.(?:clean|smudge|process))$/i;

function setsPrograms(texts: readonly string[]): boolean {
  const at = texts.findIndex((text) => programSettings.test(text));
  if (texts.some((text) => /^(?:--)?rename-section$/.test(text)))
    return texts.some((text) => /^alias\b/i.test(text));
  return at >= 0 && !readsConfig(texts.slice(0, at)) && texts[at + 1] !== undefined;
}

/** Why a command may not change the files of a worktree that is not the caller's. */
function outsideOf(command: string, texts: readonly string[], guarded: Guarded): string | undefined {
  const { confines, cwd, adrift } = guarded;
  if (confines === undefined) return undefined;
  if (command === 'worktree') {
    const changes = ['add', 'move', 'remove'].includes(texts[0] ?? '');
    const outside = texts.slice(1).some((text) => text.includes('/') && placeOf(text, guarded) === 'outside');
    return changes && outside ? confinedHint(confines) : undefined;
  }
  const only = command === 'stash' ? /^(?:list|show)$/ : /^--(?:check|stat|numstat|summary)$/;
  if (!changesFiles.has(command) || texts.some((text) => only.test(text)) || adrift) return undefined;
  return isOutside(realPlace(cwd), confines) ? confinedHint(confines) : undefined;
}

/** Only as the first option: behind another one it may be that one's value. */
function isDryRun([first, ...more]: readonly string[]): boolean {
  if (first === '--help' || first === '-h') return true;
  return first === '--dry-run' && !more.some((text) => text.startsWith('--no-d'));
}

function setsAlias(texts: readonly string[]): boolean {
  const at = texts.findIndex((text) => /^alias\./i.test(text));
  return at >= 0 && !readsConfig(texts.slice(0, at)) && texts[at + 1] !== undefined;
}

function readsConfig(texts: readonly string[]): boolean {
  return texts.some((text) => /^(?:get|--get|--unset|unset|-l|--list)/.test(text));
}

/** `git clean -fdx` and `git stash --all` take ignored files, and the evidence and the ledger are ignored ones. */
function takesEvidenceAway(command: string, texts: readonly string[], guarded: Guarded): boolean {
  const has = (letters: RegExp): boolean =>
    texts.some((text) => /^-[A-Za-z]+$/.test(text) && letters.test(text));
  const operands = texts.filter((text) => !text.startsWith('-'));
  const [target = '.'] = operands;
  if (command === 'stash')
    return ['push', 'save', '.'].includes(target) && (has(/a/) || texts.includes('--all'));
  if (command !== 'clean' || !has(/x/i) || !has(/d/) || has(/n/) || texts.includes('--dry-run')) return false;
  if (texts.some((text) => text.includes('.backlog-ops') && !operands.includes(text))) return false;
  const excluded = texts.findIndex((text) => text === '-e' || text === '--exclude');
  if (excluded >= 0 && texts[excluded + 1]?.includes('.backlog-ops')) return false;
  const targets = operands.length === 0 ? ['.'] : operands;
  return targets.some((file) => ['evidence', 'around'].includes(placeOf(file, guarded) ?? ''));
}

function evidenceGoes(command: string): string {
  const instead = command === 'clean' ? 'git clean -fdx -e .backlog-ops' : 'git stash -u';
  return `this takes .backlog-ops away, which holds the evidence and the usage ledger. Run \`${instead}\` instead.`;
}
