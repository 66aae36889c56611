import path from 'node:path';
import { isInside } from '../platform/files.ts';
import { type Program, programsOf } from './programs.ts';
import type { ShellLine, Word } from './shell.ts';

/** What is guarded while somebody holds a ticket. */
export interface Guarded {
  /** `.backlog-ops` of the project. */
  readonly opsDir: string;
  /** Where tickets lie, with `completed/` in it. */
  readonly dataDir: string;
  readonly cwd: string;
}

/** `deny` with what to do instead; `ask` when the line cannot be read and may be a commit. */
export type Judgement = { readonly decision: 'deny' | 'ask'; readonly reason: string } | undefined;

/** Judges a command line of an agent that holds a ticket. Quoted text and searches are no commands. */
export function judgeLine(line: ShellLine, source: string, guarded: Guarded): Judgement {
  const { programs, unclear } = programsOf(line.commands);
  for (const program of programs) {
    const reason = ofGit(program, guarded) ?? ofFiles(program, guarded);
    if (reason !== undefined) return { decision: 'deny', reason };
  }
  for (const { redirections } of line.commands)
    for (const { operator, target } of redirections)
      if (operator.includes('>') && !operator.endsWith('&')) {
        const reason = ofWrite(target, guarded);
        if (reason !== undefined) return { decision: 'deny', reason };
      }
  if ((line.unreadable || unclear) && source.includes('git') && source.includes('commit'))
    return {
      decision: 'ask',
      reason:
        'backlog cannot read this command, and it mentions git and commit. A ticket is committed by `backlog commit`.',
    };
  return undefined;
}

/** Judges a file that an Edit or Write tool is about to change. @param added the new text */
export function judgeFile(file: string, added: string, guarded: Guarded): Judgement {
  const absolute = path.resolve(guarded.cwd, file);
  if (isInside(guarded.opsDir, absolute))
    return { decision: 'deny', reason: `${file} is evidence and belongs to the program. ${gateHint}` };
  if (isInside(path.join(guarded.dataDir, 'completed'), absolute))
    return {
      decision: 'deny',
      reason: `completed tickets are closed by \`backlog ticket complete <id>\`, which checks their gates.`,
    };
  if (isInside(guarded.dataDir, absolute) && /^status:[ \t]*["']?completed\b/m.test(added))
    return {
      decision: 'deny',
      reason: 'a ticket is completed by `backlog ticket complete <id>`, which checks its gates.',
    };
  return undefined;
}

const gateHint = 'Gates are run by `backlog gate run <gate> --ticket <id>`.';
const commitHint =
  'Commit by `backlog commit --ticket <id> --type <type> --summary "…"`, which checks the gates first.';

/** Options of git before its command that take a value (git(1)). */
const gitValues = new Set([
  '-C',
  '-c',
  '--git-dir',
  '--work-tree',
  '--namespace',
  '--exec-path',
  '--super-prefix',
  '--config-env',
  '--attr-source',
]);

function ofGit({ name, args }: Program, guarded: Guarded): string | undefined {
  if (name !== 'git' && name !== 'git.exe')
    return name === 'git-commit' ? `this is a commit past the gates. ${commitHint}` : undefined;
  let index = 0;
  for (; index < args.length; index += 1) {
    const text = args[index]?.text ?? '';
    if (!text.startsWith('-')) break;
    if (gitValues.has(text)) {
      if (text === '-c' && /^alias\./i.test(args[index + 1]?.text ?? ''))
        return `a git alias may be a commit. ${commitHint}`;
      index += 1;
    }
  }
  const command = args[index]?.text ?? '';
  const rest = args.slice(index + 1);
  if (command === 'commit' || command === 'commit-tree')
    return `this is a commit past the gates. ${commitHint}`;
  if (
    ['push', 'merge', 'am', 'rebase', 'cherry-pick', 'revert', 'pull'].includes(command) &&
    rest.some(({ text }) => text === '--no-verify')
  )
    return `--no-verify goes past the project's own checks. Mend what they name, then run \`git ${command}\` without it.`;
  if (command === 'mv') return ofMove(rest, guarded);
  return undefined;
}

const writers = new Set([
  'tee',
  'rm',
  'rmdir',
  'unlink',
  'shred',
  'truncate',
  'touch',
  'mkdir',
  'chmod',
  'chown',
  'mv',
  'dd',
]);
const copiers = new Set(['cp', 'install', 'ln', 'rsync', 'mv', 'scp']);

function ofFiles({ name, args }: Program, guarded: Guarded): string | undefined {
  const operands = args.filter(({ text }) => !text.startsWith('-') || text.includes('/'));
  const inPlace =
    (name === 'sed' || name === 'perl') &&
    args.some(({ text }) => /^-[a-zA-Z]*i/.test(text) || text.startsWith('--in-place'));
  if (writers.has(name) || inPlace) {
    for (const word of operands) {
      const reason = ofWrite(
        name === 'dd' ? withoutPrefix(word, 'of=') : word,
        guarded,
        name !== 'mv' && name !== 'touch',
      );
      if (reason !== undefined) return reason;
    }
  }
  return copiers.has(name) ? ofMove(operands, guarded) : undefined;
}

/** Moving or copying into `completed/` or into the evidence; the last operand is where to, or `-t`. */
function ofMove(operands: readonly Word[], guarded: Guarded): string | undefined {
  const target = operands.at(-1);
  if (target === undefined) return undefined;
  return ofWrite(target, guarded);
}

function ofWrite(target: Word, { opsDir, dataDir, cwd }: Guarded, closedToo = true): string | undefined {
  const text = target.text;
  const absolute = path.resolve(cwd, text);
  const names = (part: string): boolean => target.dynamic && text.includes(part);
  if (isInside(opsDir, absolute) || names('.backlog-ops') || /(^|\/)\.backlog-ops(\/|$)/.test(text))
    return `.backlog-ops holds the evidence and belongs to the program. ${gateHint}`;
  if (closedToo && (isInside(path.join(dataDir, 'completed'), absolute) || names('/completed')))
    return 'tickets are moved by `backlog ticket complete <id>` (or `backlog ticket move <id> obsolete`), which checks their gates.';
  return undefined;
}

function withoutPrefix(word: Word, prefix: string): Word {
  return word.text.startsWith(prefix)
    ? { ...word, text: word.text.slice(prefix.length) }
    : { ...word, text: '' };
}
