import path from 'node:path';
import { isSafeId } from '../attribution/places.ts';
import { commandOf } from './programs.ts';
import type { SimpleCommand, Word } from './shell.ts';

/** A decision that only a person may take, and the purpose of its stamp. */
export type Purpose = 'waive' | 'include' | 'allow' | 'raise' | 'close';

/** What this program is called. */
export const programNames: ReadonlySet<string> = new Set(['backlog', 'backlog-toolkit']);
const handed = ['--session', '--agent', '--stamp'];

/** Whether a word is one of the flags by which the hook says who calls. */
export function namesCaller({ text }: Word): boolean {
  return handed.some((name) => text === name || text.startsWith(`${name}=`));
}

/** The simple commands of a line that call this program. */
export function backlogCalls(commands: readonly SimpleCommand[]): SimpleCommand[] {
  return commands.filter((command) => argumentsOf(command) !== undefined);
}

/**
 * The words behind the program's name; `undefined` when it is another program. `timeout 60 backlog` and
 * `npx backlog-toolkit` count too.
 */
export function argumentsOf({ words: line }: SimpleCommand): readonly Word[] | undefined {
  const words = commandOf(line);
  const [first, second] = words;
  if (first === undefined || first.dynamic) return undefined;
  const name = path.posix.basename(first.text);
  if (programNames.has(name) && (first.text === name || first.text.endsWith(`/bin/${name}`)))
    return words.slice(1);
  if (name !== 'npx') return undefined;
  const call = words.findIndex(({ text }) => programNames.has(text));
  const between = words.slice(1, call).every(({ text }) => text.startsWith('-'));
  return second !== undefined && call > 0 && between ? words.slice(call + 1) : undefined;
}

/**
 * Whether a call is one that our hook may let run unasked: by its bare name or our own path, and nothing else with it.
 * @param isOurs whether a folder belongs to the project that the call is made in (its worktrees do): another one's
 * configuration may name other commands and other upstreams, and the user's rules decide on those
 */
export function isPlainCall(
  command: SimpleCommand,
  ownProgram: string,
  isOurs: (folder: string) => boolean,
): boolean {
  const [first] = command.words;
  if (first === undefined || first.dynamic || command.assignments.length > 0) return false;
  if (!programNames.has(first.text) && first.text !== ownProgram) return false;
  for (const [index, { text, dynamic }] of command.words.entries()) {
    if (text !== '--cwd' && !text.startsWith('--cwd=')) continue;
    const folder =
      text === '--cwd' ? command.words[index + 1] : { text: text.slice('--cwd='.length), dynamic };
    if (folder === undefined || folder.dynamic || !isOurs(folder.text)) return false;
  }
  if (command.words.slice(1).find(({ text }) => !text.startsWith('-'))?.text === 'hook') return false;
  if (!programNames.has(first.text) && first.text !== ownProgram) return false;
  return command.redirections.every(
    ({ operator, target }) =>
      operator.startsWith('<<') ||
      operator === '<' ||
      ((operator === '>&' || operator === '>') && ['1', '2', '/dev/null'].includes(target.text)),
  );
}

/** What only a person may decide, among a call's arguments. */
export function purposeOf(command: SimpleCommand): Purpose | undefined {
  return purposeOfArguments(argumentsOf(command) ?? []);
}

/** The same of the words behind the program's name. */
export function purposeOfArguments(words: readonly Word[]): Purpose | undefined {
  const args = words.map(({ text }) => text);
  const [noun, verb, , status] = operandsOf(words).map(({ text }) => text);
  const has = (flag: string): boolean => args.some((arg) => arg === flag || arg.startsWith(`${flag}=`));
  if (noun === 'gate' && verb === 'waive') return 'waive';
  if (noun === 'cost' && verb === 'raise') return 'raise';
  if (noun === 'commit' && has('--include')) return 'include';
  if (has('--allow-suppression')) return 'allow';
  if (noun === 'ticket' && verb === 'move' && (status === 'obsolete' || status === 'split')) return 'close';
  return undefined;
}

/** The ticket of a call that closes one. */
export function closedTicket(command: SimpleCommand): Word | undefined {
  return operandsOf(argumentsOf(command) ?? [])[2];
}

/** Words that are no flag, nor the value of one that stands before them all. */
function operandsOf(words: readonly Word[]): readonly Word[] {
  return words.filter(
    ({ text }, index) =>
      !text.startsWith('-') && !['--cwd', ...handed].includes(words[index - 1]?.text ?? ''),
  );
}

/** Gate and ticket of a `gate waive` in its usual form, as `lint FEAT-001`; `undefined` when it does not name both, once. */
export function waiverSubject(command: SimpleCommand): string | undefined {
  const args = (argumentsOf(command) ?? []).map(({ text }) => text);
  const gate = args[args.indexOf('waive') + 1];
  const tickets = args.flatMap((arg, at) => {
    if (arg.startsWith('--ticket=')) return [arg.slice('--ticket='.length)];
    return arg === '--ticket' ? [args[at + 1] ?? ''] : [];
  });
  const [ticket] = tickets;
  return gate === undefined || !args.includes('waive') || tickets.length !== 1
    ? undefined
    : `${gate} ${ticket}`;
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
    const separator = args.findIndex(({ text }) => text === '--');
    const options = separator < 0 ? args : args.slice(0, separator);
    for (let index = 0; index < options.length; index += 1) {
      const word = options[index];
      if (word === undefined || !namesCaller(word)) continue;
      const value = word.text.includes('=') ? undefined : options[index + 1];
      if (value !== undefined) index += 1;
      edits.push({ start: word.start - 1, end: (value ?? word).end, text: '' });
    }
    // The program's own help takes no ids.
    if (
      args.some(({ text }) => ['--help', '-h', '--version', '-V'].includes(text)) ||
      args[0]?.text === 'help'
    )
      continue;
    const last = options.at(-1) ?? call.words.find(({ text }) => programNames.has(path.posix.basename(text)));
    if (last === undefined) continue;
    const stamp = stampFor(call);
    const flags = [
      `--session ${quoted(ids.session)}`,
      ...(ids.agent === undefined ? [] : [`--agent ${quoted(ids.agent)}`]),
      ...(stamp === undefined ? [] : [`--stamp ${stamp}`]),
    ];
    edits.push({ start: last.end, end: last.end, text: ` ${flags.join(' ')}` });
  }
  const parts: string[] = [];
  let at = 0;
  // Built from the beginning on: a line may hold very many calls.
  for (const { start, end, text } of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    parts.push(source.slice(at, start), text);
    at = end;
  }
  return parts.join('') + source.slice(at);
}

/** An id of another form than the client's is still one word to the shell; the program refuses it. */
function quoted(id: string): string {
  return isSafeId(id) ? id : `'${id.replaceAll("'", `'\\''`)}'`;
}
