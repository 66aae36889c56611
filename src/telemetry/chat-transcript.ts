import path from 'node:path';
import { amountIn, type Fields, objectOf, parseObject, textIn, utcTime } from '../ledger/fields.ts';
import { type Position, readPortion, START } from '../ledger/transcript-file.ts';
import { transcriptsOf } from '../ledger/transcripts.ts';
import { BacklogError } from '../platform/errors.ts';
import { makeFolders, readTextIfExists, writeFileAtomic } from '../platform/files.ts';
import { withLock } from '../platform/lock.ts';
import type { ChatLog, ChatMessage } from './chat-log.ts';

export interface ChatRequest {
  /** The session's main transcript; its subagents' are found beside it, in `<session>/subagents/`. */
  readonly transcriptFile: string;
  readonly sessionId: string;
  readonly log: ChatLog;
  /** Where it is remembered how far each transcript was read. */
  readonly cursorFile: string;
  /** Most bytes of transcripts to look at in this call. */
  readonly maxBytes: number;
}

/** A hook waits for it, and whoever holds the lock reads the same. */
const WAIT_MS = 250;

/**
 * Writes a session's new prompts and answers to its chat log: what people and agents wrote and what models answered, in words;
 * no tool calls, their results, thinking, or rows that the client added of its own. Each message once: the cursor says what was read, and what
 * a crash left in the log behind it is recognised by its id.
 * @returns whether there is more to read
 * @throws BacklogError `file-write-failed`; the cursor then stays
 */
export async function logChats(request: ChatRequest): Promise<boolean> {
  makeFolders(path.dirname(request.cursorFile), 0o700);
  try {
    return await withLock(`${request.cursorFile}.lock`, () => logNew(request), { timeoutMs: WAIT_MS });
  } catch (error) {
    // Another process reads this session, and reads on.
    if (error instanceof BacklogError && error.code === 'lock-timeout') return false;
    throw error;
  }
}

function logNew({ transcriptFile, sessionId, log, cursorFile, maxBytes }: ChatRequest): boolean {
  const cursor = readCursor(cursorFile);
  const written = idsBehind(log.file, cursor.log);
  const messages: ChatMessage[] = [];
  let [left, more, again] = [maxBytes, false, false];
  for (const transcript of transcriptsOf(transcriptFile)) {
    const name = path.basename(transcript);
    const portion = readPortion(transcript, cursor.files.get(name) ?? START, left, (line) => {
      const message = messageIn(line, sessionId);
      if (message !== undefined) messages.push(message);
    });
    if (portion === undefined) continue;
    left -= portion.bytes;
    more ||= portion.moreToRead;
    again ||= portion.restarted;
    cursor.files.set(name, portion.position);
  }
  // A transcript that was cut or replaced is read from its start.
  const all = again ? idsBehind(log.file, START).ids : written.ids;
  log.append(messages.filter(({ id = '' }) => !all.has(id)));
  writeCursor(cursorFile, { files: cursor.files, log: idsBehind(log.file, written.end).end });
  return more;
}

const USER = Buffer.from('"user"');
const ASSISTANT = Buffer.from('"assistant"');

function messageIn(line: Buffer, sessionId: string): ChatMessage | undefined {
  if (!line.includes(USER) && !line.includes(ASSISTANT)) return undefined;
  const row = parseObject(line.toString('utf8'));
  const role = row?.type;
  if (row === undefined || (role !== 'user' && role !== 'assistant')) return undefined;
  if (row.isMeta === true || row.isApiErrorMessage === true) return undefined;
  const message = objectOf(row.message);
  const text = wordsOf(message?.content);
  const [id, ts] = [textIn(row, 'uuid'), utcTime(row.timestamp)];
  if (text === '' || id === null || ts === undefined) return undefined;
  return {
    id,
    ts,
    source: 'transcript',
    role,
    session_id: textIn(row, 'sessionId') ?? sessionId,
    agent_id: textIn(row, 'agentId'),
    request_id: textIn(row, 'requestId'),
    model: textIn(message, 'model'),
    text,
  };
}

function wordsOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .flatMap((block: unknown) => {
      const fields = objectOf(block);
      return fields?.type === 'text' ? (textIn(fields, 'text') ?? []) : [];
    })
    .join('\n');
}

interface Cursor {
  /** By the transcript's name within its session. */
  readonly files: Map<string, Position>;
  /** How far the log was known when this was written. */
  readonly log: Position;
}

/** Ids of the messages behind `from`: all of them when the log is another one since. `llm-call` writes there too. */
function idsBehind(
  file: string,
  from: Position,
): { readonly ids: ReadonlySet<string>; readonly end: Position } {
  const ids = new Set<string>();
  const portion = readPortion(file, from, Number.MAX_SAFE_INTEGER, (line) => {
    const id = textIn(parseObject(line.toString('utf8')), 'id');
    if (id !== null) ids.add(id);
  });
  return { ids, end: portion?.position ?? START };
}

/** A missing or unreadable cursor is the start: the log's ids tell what is there. */
function readCursor(file: string): Cursor {
  const stored = parseObject(readTextIfExists(file) ?? '');
  const files = Object.entries(objectOf(stored?.files) ?? {}).flatMap(([name, value]) => {
    const position = positionOf(objectOf(value));
    return position === undefined ? [] : [[name, position] as const];
  });
  return { files: new Map(files), log: positionOf(objectOf(stored?.log)) ?? START };
}

function positionOf(fields: Fields | undefined): Position | undefined {
  const [offset, scanned, before] = [
    amountIn(fields, 'offset'),
    amountIn(fields, 'scanned'),
    textIn(fields, 'before'),
  ];
  return offset === null || scanned === null || before === null || scanned < offset
    ? undefined
    : { offset, scanned, before };
}

function writeCursor(file: string, { files, log }: Cursor): void {
  const text = JSON.stringify({ v: 1, log, files: Object.fromEntries(files) });
  writeFileAtomic(file, `${text}\n`, { mode: 0o600, dirMode: 0o700 });
}
