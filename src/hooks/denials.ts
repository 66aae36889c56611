import path from 'node:path';
import { CONFIG_FILE } from '../project/paths.ts';
import { namesCaller, programNames, purposeOfArguments } from './backlog-calls.ts';
import { exportedBy, ofEnvironment } from './environment.ts';
import { ofGit } from './git-denials.ts';
import { type Guarded, gateHint, placeOf, withKnown } from './guarded.ts';
import { type Program, programsOf } from './programs.ts';
import type { ShellLine, Word } from './shell.ts';
import { ofFiles, ofRedirection, reasonFor } from './write-denials.ts';

export type { Guarded } from './guarded.ts';

/** `deny` with what to do instead; `ask` when the line cannot be read and may be a commit. */
export type Judgement = { readonly decision: 'deny' | 'ask'; readonly reason: string } | undefined;

/** Judges a command line of an agent that holds a ticket. Quoted text and searches are no commands. */
export function judgeLine(line: ShellLine, source: string, guarded: Guarded): Judgement {
  const { programs, unclear } = programsOf(line.commands);
  let known = !line.unreadable && !unclear;
  let here = guarded;
  const exported: Word[] = [];
  for (const program of programs) {
    const git = ofGit(program, here);
    if (git === 'unclear') known = false;
    const reason =
      (git === 'unclear' ? undefined : git) ??
      ofEnvironment(program, exported) ??
      ofFiles(program, here) ??
      ofOurs(program) ??
      ofWrites(program, here);
    if (reason !== undefined) return { decision: 'deny', reason };
    here = after(program, here);
    exported.push(...exportedBy(program));
  }
  if (known) return undefined;
  if (source.includes('git') && source.includes('commit'))
    return {
      decision: 'ask',
      reason:
        'backlog cannot read this command, and it mentions git and commit. A ticket is committed by `backlog commit`.',
    };
  if (source.includes('backlog') && /--(?:agent|session|stamp)\b/.test(source))
    return { decision: 'ask', reason: `backlog cannot read this command. ${callHint}` };
  return undefined;
}

/**
 * Judges a file that an Edit or Write tool is about to change.
 * @param added the new text
 * @param result the whole file as it would be, as far as that is known
 */
export function judgeFile(file: string, added: string, guarded: Guarded, result = ''): Judgement {
  const place = placeOf(file, guarded);
  if (place === 'evidence')
    return { decision: 'deny', reason: `${file} is evidence and belongs to the program. ${gateHint}` };
  if (place === 'completed')
    return {
      decision: 'deny',
      reason: `completed tickets are closed by \`backlog ticket complete <id>\`, which checks their gates.`,
    };
  const elsewhere = reasonFor(place, guarded);
  if (elsewhere !== undefined) return { decision: 'deny', reason: elsewhere };
  if (isTicket(file, guarded) && (saysCompleted.test(added) || saysCompleted.test(frontMatterOf(result))))
    return {
      decision: 'deny',
      reason: 'a ticket is completed by `backlog ticket complete <id>`, which checks its gates.',
    };
  if (path.basename(file).toLowerCase() === CONFIG_FILE)
    return {
      decision: 'ask',
      reason: `${file} says which gates there are and what they run: a change of it is for a person to decide.`,
    };
  return undefined;
}

const saysCompleted = /^[ \t{]*["']?status["']?[ \t]*:[ \t]*["']?completed\b/m;

function frontMatterOf(text: string): string {
  return /^\uFEFF?---\r?\n([\s\S]*?)\n---/.exec(text)?.[1] ?? '';
}

const callHint =
  'Write the call of `backlog` plainly, without --agent, --session and --stamp: who calls is said by the hook, never by the caller.';

/** Who calls, and what a person typed, is said by hooks; a call that the hook cannot rewrite may not say it itself. */
function ofOurs({ name, args, nested }: Program): string | undefined {
  if (!programNames.has(name)) return undefined;
  if (args.find(({ text }) => !text.startsWith('-'))?.text === 'hook')
    return '`backlog hook` is for Claude Code itself.';
  if (!nested) return undefined;
  if (purposeOfArguments(args) !== undefined)
    return 'this is for a person to decide: write the call of `backlog` plainly, so that one can be asked, or let them type it in a terminal of their own.';
  return args.some(namesCaller) ? callHint : undefined;
}

function ofWrites({ redirections }: Program, guarded: Guarded): string | undefined {
  for (const redirection of redirections) {
    const reason = ofRedirection(redirection, guarded);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Where the commands behind a `cd` run; a subshell's end is not seen, which only makes the judgement stricter or miss. */
function after({ name, args }: Program, guarded: Guarded): Guarded {
  const { cwd, userHome } = guarded;
  if (name !== 'cd' && name !== 'pushd') return guarded;
  const target = args.find(({ text }) => !text.startsWith('-') || text === '-');
  if (target === undefined)
    return name === 'cd' && userHome !== undefined ? { ...guarded, cwd: userHome, adrift: false } : guarded;
  const folder = target.dynamic ? withKnown(target.text, guarded) : target.text;
  if (folder === undefined || folder === '-') return { ...guarded, adrift: true };
  const found = path.isAbsolute(folder);
  return { ...guarded, cwd: path.resolve(cwd, folder), adrift: found ? false : guarded.adrift };
}

function isTicket(file: string, { cwd, dataDir }: Guarded): boolean {
  const inData = { opsDir: dataDir, dataDir, cwd };
  return placeOf(file, inData) === 'evidence';
}
