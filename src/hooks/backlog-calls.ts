import path from 'node:path';
import type { SimpleCommand, Word } from './shell.ts';

/** A decision that only a person may take, and the purpose of its stamp. */
export type Purpose = 'waive' | 'include' | 'allow';

const names = new Set(['backlog', 'backlog-toolkit']);
const handed = ['--session', '--agent', '--stamp'];

/** The simple commands of a line that call this program. */
export function backlogCalls(commands: readonly SimpleCommand[]): SimpleCommand[] {
  return commands.filter((command) => argumentsOf(command) !== undefined);
}

/** The words behind the program's name; `undefined` when it is another program. `npx backlog-toolkit` counts too. */
export function argumentsOf({ words }: SimpleCommand): readonly Word[] | undefined {
  const [first, second] = words;
  if (first === undefined || first.dynamic) return undefined;
  const name = path.posix.basename(first.text);
  if (names.has(name) && (first.text === name || first.text.endsWith(`/bin/${name}`))) return words.slice(1);
  if (name !== 'npx') return undefined;
  const call = words.findIndex(({ text }) => names.has(text));
  const between = words.slice(1, call).every(({ text }) => text.startsWith('-'));
  return second !== undefined && call > 0 && between ? words.slice(call + 1) : undefined;
}

/** Whether a call is one that our hook may let run unasked: by its bare name or our own path, and nothing else with it. */
export function isPlainCall(command: SimpleCommand, ownProgram: string): boolean {
  const [first] = command.words;
  if (first === undefined || first.dynamic || command.assignments.length > 0) return false;
  if (!names.has(first.text) && first.text !== ownProgram) return false;
  return command.redirections.every(
    ({ operator, target }) =>
      operator.startsWith('<<') ||
      operator === '<' ||
      ((operator === '>&' || operator === '>') && ['1', '2', '/dev/null'].includes(target.text)),
  );
}

/** What only a person may decide, among a call's arguments. */
export function purposeOf(command: SimpleCommand): Purpose | undefined {
  const args = (argumentsOf(command) ?? []).map(({ text }) => text);
  const [noun, verb] = args.filter((arg) => !arg.startsWith('-'));
  const has = (flag: string): boolean => args.some((arg) => arg === flag || arg.startsWith(`${flag}=`));
  if (noun === 'gate' && verb === 'waive') return 'waive';
  if (noun === 'commit' && has('--include')) return 'include';
  if (has('--allow-suppression')) return 'allow';
  return undefined;
}

export interface Ids {
  readonly session: string;
  readonly agent: string | undefined;
}

/**
 * Hands the caller's ids to every call of this program in a line: behind its last word, before `--`. Typed copies of our
 * flags are taken out: who calls is not the caller's to say.
 * @param stampFor the token for a call that a person decided
 */
export function withIds(
  source: string,
  calls: readonly SimpleCommand[],
  ids: Ids,
  stampFor: (call: SimpleCommand) => string | undefined,
): string {
  const edits: { readonly start: number; readonly end: number; readonly text: string }[] = [];
  for (const call of calls) {
    const args = argumentsOf(call) ?? [];
    if (args.some(({ text }) => ['--help', '-h', '--version', '-V', 'help'].includes(text))) continue;
    const separator = args.findIndex(({ text }) => text === '--');
    const options = separator < 0 ? args : args.slice(0, separator);
    for (const [index, { text, start, end }] of options.entries()) {
      const flag = handed.find((name) => text === name || text.startsWith(`${name}=`));
      if (flag === undefined) continue;
      const value = text === flag ? options[index + 1] : undefined;
      edits.push({ start: start - 1, end: value?.end ?? end, text: '' });
    }
    const last = options.at(-1) ?? call.words.find(({ text }) => names.has(path.posix.basename(text)));
    if (last === undefined) continue;
    const stamp = stampFor(call);
    const flags = [
      `--session ${ids.session}`,
      ...(ids.agent === undefined ? [] : [`--agent ${ids.agent}`]),
      ...(stamp === undefined ? [] : [`--stamp ${stamp}`]),
    ];
    edits.push({ start: last.end, end: last.end, text: ` ${flags.join(' ')}` });
  }
  let result = source;
  for (const { start, end, text } of edits.toSorted((a, b) => b.start - a.start || b.end - a.end))
    result = result.slice(0, start) + text + result.slice(end);
  return result;
}
