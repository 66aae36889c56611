import path from 'node:path';
import { readShell, type SimpleCommand, type Word } from './shell.ts';

/** A program with its arguments, after everything that only starts it has been taken off. */
export interface Program {
  readonly name: string;
  readonly args: readonly Word[];
}

/** Programs that run the command in their arguments; the value says which of their options take an argument. */
const starters: Readonly<Record<string, string>> = {
  command: '',
  exec: 'a',
  nohup: '',
  env: 'uCS',
  sudo: 'ugpCDRTh',
  nice: 'n',
  ionice: 'cnp',
  timeout: 'ks',
  stdbuf: 'ioe',
  setsid: '',
  time: 'fo',
  xargs: 'IEadLnPs',
  busybox: '',
};

const shells = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh']);

/** All programs that a line runs: also behind `env`, `xargs` and `sh -c`. `unclear` when one of them is known only when it runs. */
export function programsOf(commands: readonly SimpleCommand[]): {
  readonly programs: readonly Program[];
  readonly unclear: boolean;
} {
  const programs: Program[] = [];
  let unclear = false;
  const visit = (words: readonly Word[], depth: number): void => {
    const program = started(words);
    if (program === undefined) return;
    programs.push(program);
    const script = scriptOf(program);
    if (script === undefined) return;
    if (script.dynamic || depth > 5) {
      unclear = true;
      return;
    }
    const inner = readShell(script.text);
    if (inner.unreadable) unclear = true;
    for (const command of inner.commands) visit(command.words, depth + 1);
  };
  for (const command of commands) visit(command.words, 0);
  return { programs, unclear };
}

/** The program that really runs. */
function started(words: readonly Word[]): Program | undefined {
  let rest = words;
  for (let depth = 0; depth < 20; depth += 1) {
    const [first] = rest;
    if (first === undefined) return undefined;
    const name = path.posix.basename(first.text);
    const withArgument = starters[name];
    if (withArgument === undefined) return { name, args: rest.slice(1) };
    rest = afterOptions(rest.slice(1), withArgument);
    if (name === 'timeout') rest = rest.slice(1);
  }
  return undefined;
}

function afterOptions(words: readonly Word[], withArgument: string): readonly Word[] {
  let index = 0;
  for (; index < words.length; index += 1) {
    const text = words[index]?.text ?? '';
    if (/^[A-Za-z_][A-Za-z0-9_]*=/.test(text)) continue;
    if (!text.startsWith('-') || text === '-') break;
    if (text === '--') return words.slice(index + 1);
    if (text.length === 2 && withArgument.includes(text.charAt(1))) index += 1;
  }
  return words.slice(index);
}

/** The script of `sh -c '…'` or `eval …`. */
function scriptOf({ name, args }: Program): Pick<Word, 'text' | 'dynamic'> | undefined {
  if (name === 'eval')
    return { text: args.map(({ text }) => text).join(' '), dynamic: args.some(({ dynamic }) => dynamic) };
  if (!shells.has(name)) return undefined;
  const flag = args.findIndex(({ text }) => /^-[a-z]*c[a-z]*$/.test(text));
  return flag < 0 ? undefined : args[flag + 1];
}
