import { confinedHint } from './confines.ts';
import { type Guarded, gateHint, type Place, placeOfWord } from './guarded.ts';
import type { Program } from './programs.ts';
import type { Redirection, Word } from './shell.ts';

const intoGit =
  "git's own files are changed by git alone; hooks, settings and references there decide what gets past the gates.";
const intoHome =
  '~/.backlog-toolkit belongs to the program: it says there who works on what, and what a person has decided.';
const intoEvidence = `.backlog-ops holds the evidence and belongs to the program. ${gateHint}`;
export const intoCompleted =
  'tickets are moved by `backlog ticket complete <id>` (or `backlog ticket move <id> obsolete`), which checks their gates.';

/** Programs that change every file they are given. */
const writers = new Set(['tee', 'shred', 'truncate', 'touch', 'mkdir', 'chmod', 'chown', 'mv', 'dd']);
/** Programs that take a folder away with all that is in it. */
const removers = new Set(['rm', 'rmdir', 'unlink']);
const copiers = new Set(['cp', 'install', 'ln', 'rsync', 'mv', 'scp']);

/** Why a redirection may not happen. */
export function ofRedirection({ operator, target }: Redirection, guarded: Guarded): string | undefined {
  if (!operator.includes('>')) return undefined;
  // `2>&1` and `>&-` name descriptors; `>&file` is a file.
  if (operator.endsWith('&') && /^(?:\d+|-)$/.test(target.text)) return undefined;
  return refusal(target, guarded, false);
}

/** Why a program that writes files may not run. */
export function ofFiles({ name, args }: Program, guarded: Guarded): string | undefined {
  const operands = args.filter(({ text }) => !text.startsWith('-') || text.includes('/'));
  const copied = copiers.has(name) ? copyTarget(args) : undefined;
  const target = copied && refusal(copied, guarded, true);
  if (target !== undefined) return target;
  for (const word of changed(name, args, operands)) {
    const place = placeOfWord(word, guarded, false);
    if (place === 'around' && removers.has(name)) return intoEvidence;
    if (place === 'completed' && (name === 'mv' || name === 'touch')) continue;
    const reason = reasonFor(place, guarded);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** The last operand of a copy, or what `-t` names. */
export function copyTarget(args: readonly Word[]): Word | undefined {
  for (const [index, word] of args.entries()) {
    const { text } = word;
    if (/^-[A-Za-z]*t$/.test(text) || text === '--target-directory') return args[index + 1];
    const joined = /^--target-directory=(.*)$/s.exec(text) ?? /^-t(.+)$/s.exec(text);
    if (joined !== null) return { ...word, text: joined[1] ?? '' };
  }
  return args.findLast(({ text }) => !text.startsWith('-'));
}

function changed(name: string, args: readonly Word[], operands: readonly Word[]): readonly Word[] {
  if (name === 'dd')
    return operands.flatMap((word) =>
      word.text.startsWith('of=') ? [{ ...word, text: word.text.slice('of='.length) }] : [],
    );
  if (writers.has(name) || removers.has(name)) return operands;
  const editor = name === 'sed' || name === 'perl';
  if (
    !editor ||
    !args.some(
      ({ text }) => /^-[a-zA-Z0-9]*i/.test(text.replace(/^-[MmI].*/s, '')) || text.startsWith('--in-place'),
    )
  )
    return [];
  // The script is no file, whatever it spells.
  const scripted = args.findIndex(({ text }) => /^-[a-zA-Z]*[ef]$/.test(text) || text === '--expression');
  const script = scripted < 0 ? operands[0] : args[scripted + 1];
  return operands.filter((word) => word !== script);
}

function refusal(target: Word, guarded: Guarded, mover: boolean): string | undefined {
  return reasonFor(placeOfWord(target, guarded, mover), guarded);
}

/** Why nothing may be written there; `undefined` where it may. */
export function reasonFor(place: Place, { confines }: Guarded): string | undefined {
  switch (place) {
    case 'evidence':
      return intoEvidence;
    case 'completed':
      return intoCompleted;
    case 'git':
      return intoGit;
    case 'home':
      return intoHome;
    case 'outside':
      return confines && confinedHint(confines);
    default:
      return undefined;
  }
}
