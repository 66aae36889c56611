import { BacklogError, ExitCode, messageOf } from '../platform/errors.ts';
import type { Io } from './io.ts';
import { painter } from './painter.ts';
import { runnable } from './program-name.ts';

/** Version of the JSON documents that commands print. */
export const SCHEMA_VERSION = 1;

/**
 * Prints a result: with `--json` one document with `schemaVersion`, else the text for people. Of what is given as a function only
 * the one that is printed is made: over a large backlog either takes as long as the work, and as much memory.
 */
export function printResult(
  io: Io,
  result: { readonly json: object | (() => object); readonly text: string | (() => string) },
): void {
  if (io.json) io.out(documentOf(typeof result.json === 'function' ? result.json() : result.json, io.env));
  else io.out(typeof result.text === 'function' ? result.text() : result.text);
}

/**
 * As `printResult`, for lists that grow with the backlog: each item, or each line, is made, printed and let go.
 * @param result `json` with the keys behind `items`; a line may hold others
 */
export async function printList(
  io: Io,
  result: {
    readonly items: () => Iterable<object>;
    readonly json: () => object;
    readonly lines: () => Iterable<string>;
  },
): Promise<void> {
  await io.pieces(io.json ? documentWith(result.items(), result.json(), io.env) : linesOf(result.lines()));
}

async function* documentWith(
  items: Iterable<object>,
  json: object,
  env: NodeJS.ProcessEnv,
): AsyncGenerator<string> {
  const document = documentOf({ items: [], ...json }, env);
  const begin = document.indexOf('[') + 1;
  let between = document.slice(0, begin);
  for (const item of items) {
    yield between + JSON.stringify(withCalls(item, env));
    between = ',';
  }
  yield `${between === ',' ? '' : between}${document.slice(begin)}\n`;
}

/** Lines as `out` prints their text: with an end to the last one, which an empty text has not. */
async function* linesOf(lines: Iterable<string>): AsyncGenerator<string> {
  let before: string | undefined;
  for (const line of lines) {
    if (before !== undefined) yield `${before}\n`;
    before = line;
  }
  if (before) yield before.endsWith('\n') ? before : `${before}\n`;
}

/**
 * With `--json`: one document with `schemaVersion`, whose last key is `content`.
 * @param content in pieces, each as {@link insideJson} gives it
 */
export async function printContent(io: Io, json: object, content: Iterable<string>): Promise<void> {
  const document = documentOf({ ...json, content: '' }, io.env);
  const end = document.length - '"}'.length;
  async function* pieces(): AsyncGenerator<string> {
    yield document.slice(0, end);
    yield* content;
    yield `${document.slice(end)}\n`;
  }
  await io.pieces(pieces());
}

/** Text as it stands between the quotes of a JSON string. */
export function insideJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Prints what went wrong and how to mend it; returns the exit code. Anything but a BacklogError is a bug of ours. */
export function printFailure(
  io: Pick<Io, 'json' | 'color' | 'env' | 'out' | 'note'>,
  thrown: unknown,
): ExitCode {
  const error = thrown instanceof BacklogError ? thrown : asBug(thrown);
  if (io.json) {
    const { code, message, fix, file, line, details } = error;
    io.out(documentOf({ error: withCalls({ code, message, fix, file, line, ...details }, io.env) }, io.env));
  }
  const place =
    error.file !== undefined && !error.message.includes(error.file)
      ? `${error.file}${error.line ? `:${error.line}` : ''}: `
      : '';
  const paint = painter(io);
  io.note(`${paint('red', 'error:')} ${place}${error.message}\n${paint('cyan', 'fix:')} ${error.fix}`);
  if (io.env.BACKLOG_DEBUG === '1' && thrown instanceof Error) io.note(thrown.stack ?? '');
  return error.exitCode;
}

function asBug(thrown: unknown): BacklogError {
  return new BacklogError({
    code: 'bug',
    message: `this is a bug in backlog: ${messageOf(thrown)}`,
    fix: 'run it again with BACKLOG_DEBUG=1 and report what it prints',
    exitCode: ExitCode.Bug,
    cause: thrown,
  });
}

/** One document; the commands in its `next` and `fix` are as they have to be typed here. */
function documentOf(json: object, env: NodeJS.ProcessEnv): string {
  return JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...withCalls(json, env) });
}

function withCalls(json: object, env: NodeJS.ProcessEnv): object {
  const entries = Object.entries(json).map(([key, value]: [string, unknown]): [string, unknown] => {
    if (typeof value === 'string')
      return [key, key === 'next' || key === 'fix' ? runnable(value, env) : value];
    if (!Array.isArray(value) || !ITEMS.has(key)) return [key, value];
    return [
      key,
      value.map((item) => (typeof item === 'object' && item !== null ? withCalls(item, env) : item)),
    ];
  });
  return Object.fromEntries(entries);
}

/** Lists whose items carry a `next` or `fix` of ours. */
const ITEMS: ReadonlySet<string> = new Set(['items', 'broken', 'findings', 'problems']);
