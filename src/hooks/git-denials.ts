import path from 'node:path';
import { type Guarded, placeOf, placeOfWord } from './guarded.ts';
import type { Program } from './programs.ts';
import type { Word } from './shell.ts';
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

/** Commands with which `--no-verify`, or hooks that lie elsewhere, go past the project's own checks. */
const verified = new Set(['push', 'merge', 'am', 'rebase', 'cherry-pick', 'revert', 'pull']);

/** Why a call of git may not run; `unclear` when its command is known only when it runs. */
export function ofGit({ name, args }: Program, guarded: Guarded): string | 'unclear' | undefined {
  if (name === 'git-commit') return pastGates;
  if (name !== 'git' && name !== 'git.exe') return undefined;
  let { cwd } = guarded;
  let hooksElsewhere = false;
  let index = 0;
  for (; index < args.length; index += 1) {
    const text = args[index]?.text ?? '';
    if (!text.startsWith('-')) break;
    const value = args[index + 1]?.text ?? '';
    if (/^--config-env=alias\./i.test(text)) return `a git alias may be a commit. ${commitHint}`;
    if (!gitValues.has(text)) continue;
    if ((text === '-c' || text === '--config-env') && /^alias\./i.test(value))
      return `a git alias may be a commit. ${commitHint}`;
    hooksElsewhere ||= text === '-c' && /^core\.hookspath=/i.test(value);
    if (text === '-C') cwd = path.resolve(cwd, value);
    index += 1;
  }
  const command = args[index];
  const rest = args.slice(index + 1);
  if (command === undefined) return undefined;
  if (command.dynamic) return 'unclear';
  return ofCommand(command.text, rest, { hooksElsewhere, guarded: { ...guarded, cwd } });
}

function ofCommand(
  command: string,
  rest: readonly Word[],
  { hooksElsewhere, guarded }: { readonly hooksElsewhere: boolean; readonly guarded: Guarded },
): string | undefined {
  const texts = rest.map(({ text }) => text);
  if (command === 'commit') return isDryRun(texts) ? undefined : pastGates;
  if (command === 'commit-tree' || command === 'fast-import') return pastGates;
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

/** Only as the first option: behind another one it may be that one's value. */
function isDryRun([first, ...more]: readonly string[]): boolean {
  if (first === '--help' || first === '-h') return true;
  return first === '--dry-run' && !more.some((text) => text.startsWith('--no-d'));
}

function setsAlias(texts: readonly string[]): boolean {
  const at = texts.findIndex((text) => /^alias\./i.test(text));
  const reads = texts.slice(0, at).some((text) => /^(?:get|--get|--unset|unset|-l|--list)/.test(text));
  return at >= 0 && !reads && texts[at + 1] !== undefined;
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
