import path from 'node:path';
import type { Listing } from '../tickets/backlog.ts';
import { answer, type Found } from './answer.ts';
import type { CodeIndex } from './code-index.ts';
import { type Patterns, patternsOf } from './patterns.ts';
import type { SourceWorld } from './sources.ts';

/** Lines of a snippet. */
const SNIPPET_LINES = 20;
/** What a prompt has beside its files (rules, ticket), and what an answer takes; as the scope gate counts. */
const PROMPT_TOKENS = 2_000;
const ANSWER_TOKENS = 10_000;
const TOKENS_A_LINE = 4;

export interface CandidateFile {
  readonly path: string;
  readonly lines: number;
  readonly bytes: number;
  readonly score: number;
  readonly snippet: {
    readonly start: number;
    readonly end: number;
    readonly symbols: string;
    readonly text: string;
  };
}

export interface KnownTicket {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly priority: string;
  /** The index finds it for this request. */
  readonly related: boolean;
}

/** What somebody who writes a ticket has to know of the code and the backlog. */
export interface ContextMap {
  readonly request: string;
  /** Most likely ones first. */
  readonly files: readonly CandidateFile[];
  readonly patterns: Patterns;
  /** Open ones, related ones first. */
  readonly tickets: readonly KnownTicket[];
  /** The folder that holds the first files; the project itself where they have none in common. */
  readonly scope: { readonly boundary: string; readonly files: readonly string[] };
  /** Of an implementation that reads the files of the scope. */
  readonly estimated_tokens: number;
}

export interface ContextRequest {
  /** What is asked for, in words; with the files that are named. */
  readonly text: string;
  /** Files that are known to be meant: they come first. */
  readonly files: readonly string[];
  /** The ticket itself, which is not listed among the others. */
  readonly ticketId: string | undefined;
}

/** The context map of a request. @param index of the files as they are */
export function contextMap(
  { config, paths }: SourceWorld,
  index: CodeIndex,
  backlog: Listing,
  { text, files: named, ticketId }: ContextRequest,
): ContextMap {
  const most = config.llmOps.ragPolicy.topK;
  const kinds = new Map(index.files.map(({ path: file, kind }) => [file, kind]));
  const code = answer(index, paths, {
    question: text,
    top: most,
    without: (file) => kinds.get(file) === 'ticket',
  });
  const sizes = new Map(index.files.map((file) => [file.path, file]));
  const first = named.flatMap((file) => {
    const found = answer(index, paths, {
      question: `${text}\n${file}`,
      top: 1,
      without: (one) => one !== file,
    });
    return found.slice(0, 1);
  });
  const files = [...first, ...code.filter((found) => !named.includes(found.path))]
    .filter((found, at, all) => all.findIndex((other) => other.path === found.path) === at)
    .slice(0, Math.max(most, first.length))
    .map((found): CandidateFile => {
      const { lines = 0, size = 0 } = sizes.get(found.path) ?? {};
      return { path: found.path, lines, bytes: size, score: found.score, snippet: snippetOf(found) };
    });
  const scope = files.slice(0, config.ticketConstraints.maxAffectedFiles);
  const tickets = answer(index, paths, {
    question: text,
    top: most,
    without: (file) => kinds.get(file) !== 'ticket',
  });
  return {
    request: text,
    files,
    patterns: patternsOf(index, files, config),
    tickets: knownTickets(backlog, tickets, ticketId, paths.mainRoot),
    scope: { boundary: commonFolder(scope.map((file) => file.path)), files: scope.map((file) => file.path) },
    estimated_tokens:
      scope.reduce((sum, { lines }) => sum + lines * TOKENS_A_LINE, 0) + PROMPT_TOKENS + ANSWER_TOKENS,
  };
}

function snippetOf({ start, symbols, text }: Found): CandidateFile['snippet'] {
  const lines = text.split('\n').slice(0, SNIPPET_LINES);
  return { start, end: start + lines.length - 1, symbols, text: lines.join('\n') };
}

function knownTickets(
  backlog: Listing,
  found: readonly Found[],
  own: string | undefined,
  root: string,
): KnownTicket[] {
  const rank = new Map(found.map(({ path: file }, place) => [file, place]));
  const place = (file: string) =>
    rank.get(path.relative(root, file).split(path.sep).join('/')) ?? Number.POSITIVE_INFINITY;
  return backlog.tickets
    .filter(({ folder, id }) => folder === 'pending' && id !== own)
    .map((ticket) => ({ ticket, at: place(ticket.file) }))
    .sort((left, right) => (left.at === right.at ? 0 : left.at - right.at))
    .map(({ ticket: { id, title, status, priority }, at }) => ({
      id,
      title,
      status,
      priority,
      related: Number.isFinite(at),
    }));
}

function commonFolder(files: readonly string[]): string {
  const [first = '', ...others] = files.map((file) => file.split('/').slice(0, -1));
  if (first === '') return '.';
  let length = first.length;
  for (const other of others) {
    let same = 0;
    while (same < length && first[same] === other[same]) same += 1;
    length = same;
  }
  return length === 0 ? '.' : `${first.slice(0, length).join('/')}/`;
}
