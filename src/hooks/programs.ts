import path from 'node:path';
import { type Redirection, readShell, type SimpleCommand, type Word } from './shell.ts';

/** A program with its arguments, after everything that only starts it has been taken off. */
export interface Program {
  /** In small letters, without its folder; empty when a command is redirections or assignments alone. */
  readonly name: string;
  readonly args: readonly Word[];
  readonly redirections: readonly Redirection[];
  /** Variables that are set for it alone: `A=1 git`, `env A=1 git`. */
  readonly assigned: readonly Word[];
  /** It stands in another program's arguments (`sh -c`, `eval`, `find -exec`), where its words cannot be rewritten. */
  readonly nested: boolean;
}

/** Programs that run the command in their arguments. */
interface Starter {
  /** Letters of the options that take an argument. */
  readonly letters: string;
  /** Long options that take an argument as a word of its own. */
  readonly long?: readonly string[];
  /** Operands before the command. */
  readonly operands?: number;
}

const starters: ReadonlyMap<string, Starter> = new Map(
  Object.entries({
    builtin: { letters: '' },
    busybox: { letters: '' },
    caffeinate: { letters: 'tw' },
    command: { letters: '' },
    doas: { letters: 'uC' },
    env: { letters: 'uC', long: ['unset', 'chdir'] },
    exec: { letters: 'a' },
    flock: { letters: 'wE', long: ['timeout', 'wait', 'conflict-exit-code'], operands: 1 },
    ionice: { letters: 'cnp', long: ['class', 'classdata'] },
    nice: { letters: 'n', long: ['adjustment'] },
    nohup: { letters: '' },
    setsid: { letters: '' },
    stdbuf: { letters: 'ioe', long: ['input', 'output', 'error'] },
    sudo: {
      letters: 'ugpCDRTh',
      long: ['user', 'group', 'prompt', 'close-from', 'chdir', 'chroot', 'command-timeout', 'host'],
    },
    time: { letters: 'fo', long: ['format', 'output'] },
    timeout: { letters: 'ks', long: ['kill-after', 'signal'], operands: 1 },
    xargs: {
      letters: 'IEadLnPs',
      long: ['arg-file', 'delimiter', 'max-args', 'max-procs', 'max-chars', 'process-slot-var'],
    },
  } satisfies Record<string, Starter>),
);

const shells = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh']);
/** Programs that hand what is behind `-c` to a shell, and read no script from their input. */
const shellStarters = new Set(['su', 'script']);

/** All programs that a line runs: also behind `env`, `xargs` and `sh -c`. `unclear` when one of them is known only when it runs. */
export function programsOf(commands: readonly SimpleCommand[]): {
  readonly programs: readonly Program[];
  readonly unclear: boolean;
} {
  const programs: Program[] = [];
  let unclear = false;
  const assignsCommit = commands.some(({ assignments }) =>
    assignments.some(({ text }) => text.includes('commit')),
  );
  const visit = ({ assignments, words, redirections }: SimpleCommand, depth: number): void => {
    const running = commandOf(words);
    const [first, ...args] = running;
    const before = words.slice(0, words.length - running.length);
    const assigned = [...assignments, ...before.filter(({ text }) => /^[A-Za-z_]\w*=/.test(text))];
    const name = first === undefined ? '' : path.posix.basename(first.text).toLowerCase();
    const program = { name, args, redirections, assigned, nested: depth > 0 };
    programs.push(program);
    if (first === undefined) {
      unclear ||= words.some(({ text }) => /^(?:-[A-Za-z0-9]*S|--split-string)/.test(text));
      return;
    }
    if (depth > 5) {
      unclear = true;
      return;
    }
    unclear ||=
      (first.dynamic && !isPlainName(name) && mayCommit(args, assignsCommit)) || runsWhatItReads(program);
    for (const inner of foundBy(program))
      visit({ assignments: [], words: inner, redirections: [] }, depth + 1);
    const script = scriptOf(program);
    if (script === undefined) return;
    if (script.dynamic) {
      unclear = true;
      return;
    }
    const inner = readShell(script.text);
    unclear ||= inner.unreadable;
    for (const command of inner.commands) visit(command, depth + 1);
  };
  for (const command of commands) visit(command, 0);
  return { programs, unclear };
}

/**
 * The words from the program on that really runs, without `env`, `sudo`, `timeout 5` and their like before it. None when
 * nothing runs (`command -v git`), or when the command is in one word (`env -S`).
 */
export function commandOf(words: readonly Word[]): readonly Word[] {
  let rest = words;
  for (let depth = 0; depth < 20; depth += 1) {
    const name = path.posix.basename(rest[0]?.text ?? '').toLowerCase();
    const starter = starters.get(name);
    if (starter === undefined) return rest;
    const next = afterOptions(rest.slice(1), starter);
    const options = rest.slice(1, rest.length - next.length).map(({ text }) => text);
    if (name === 'command' && options.some((text) => /^-[pvV]*[vV]/.test(text))) return [];
    if (name === 'env' && options.some((text) => /^(?:-[A-Za-z0-9]*S|--split-string)/.test(text))) return [];
    rest = next.slice(starter.operands ?? 0);
  }
  return [];
}

function afterOptions(words: readonly Word[], { letters, long = [] }: Starter): readonly Word[] {
  let index = 0;
  for (; index < words.length; index += 1) {
    const text = words[index]?.text ?? '';
    if (/^[A-Za-z_][A-Za-z0-9_]*=/.test(text)) continue;
    if (!text.startsWith('-') || text === '-') break;
    if (text === '--') return words.slice(index + 1);
    if (text.startsWith('--')) {
      if (long.includes(text.slice(2))) index += 1;
      continue;
    }
    // In a cluster such as `-Eu` the first letter with an argument takes the rest, or else the next word.
    const at = [...text].findIndex((letter, place) => place > 0 && letters.includes(letter));
    if (at === text.length - 1) index += 1;
  }
  return words.slice(index);
}

/** The last part of a path such as `$HOME/bin/tool` is known although its folder is not. */
function isPlainName(name: string): boolean {
  return /^[\w.+-]+$/.test(name);
}

/** Whether a program whose name is an expansion may turn out to be a commit. */
function mayCommit(args: readonly Word[], assigned: boolean): boolean {
  return (
    assigned || args.length === 0 || args.some(({ text, dynamic }) => dynamic || text.startsWith('commit'))
  );
}

/** A shell that takes its script from its input, or `source` of what is known only when it runs. */
function runsWhatItReads({ name, args }: Program): boolean {
  if (name === 'source' || name === '.') return args[0]?.dynamic ?? false;
  if (!shells.has(name) || scriptFlag(args) >= 0) return false;
  return args.every(({ text }) => text.startsWith('-')) || args.some(({ text }) => /^-[a-z]*s$/.test(text));
}

/** The commands of `find -exec … ;`. */
function foundBy({ name, args }: Program): (readonly Word[])[] {
  const found: (readonly Word[])[] = [];
  if (name !== 'find') return found;
  for (let index = 0; index < args.length; index += 1) {
    if (!/^-(?:exec|execdir|ok|okdir)$/.test(args[index]?.text ?? '')) continue;
    const start = index + 1;
    while (index < args.length && args[index]?.text !== ';' && args[index]?.text !== '+') index += 1;
    found.push(args.slice(start, index));
  }
  return found;
}

/** What git hands to a shell: `rebase --exec`, `submodule foreach`, `bisect run`. */
function gitScript(args: readonly Word[]): Pick<Word, 'text' | 'dynamic'> | undefined {
  const texts = args.map(({ text }) => text);
  const joined = args.find(({ text }) => texts.includes('rebase') && text.startsWith('--exec='));
  if (joined !== undefined) return { ...joined, text: joined.text.slice('--exec='.length) };
  const flag = texts.includes('rebase') ? texts.findIndex((text) => text === '-x' || text === '--exec') : -1;
  if (flag >= 0) return args[flag + 1];
  const runs = texts.findIndex(
    (text, at) =>
      (text === 'foreach' && texts[at - 1] === 'submodule') || (text === 'run' && texts[at - 1] === 'bisect'),
  );
  if (runs < 0) return undefined;
  const words = args.slice(runs + 1).filter(({ text }) => text !== '--recursive' && text !== '--quiet');
  return { text: words.map(({ text }) => text).join(' '), dynamic: words.some(({ dynamic }) => dynamic) };
}

/** The script of `sh -c '…'`, `eval …` or `trap '…' EXIT`. */
function scriptOf({ name, args }: Program): Pick<Word, 'text' | 'dynamic'> | undefined {
  if (name === 'git') return gitScript(args);
  if (name === 'eval')
    return { text: args.map(({ text }) => text).join(' '), dynamic: args.some(({ dynamic }) => dynamic) };
  if (name === 'trap') return args.find(({ text }) => !text.startsWith('-'));
  if (!shells.has(name) && !shellStarters.has(name)) return undefined;
  const flag = scriptFlag(args);
  return flag < 0 ? undefined : args[flag + 1];
}

function scriptFlag(args: readonly Word[]): number {
  return args.findIndex(({ text }) => /^-[a-z]*c[a-z]*$/.test(text));
}
