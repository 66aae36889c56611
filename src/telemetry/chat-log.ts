import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../platform/clock.ts';
import { BacklogError, ExitCode, errnoOf } from '../platform/errors.ts';
import { appendLine, writeFailure, writeFileAtomic } from '../platform/files.ts';
import { newId, sha256 } from '../platform/ids.ts';
import { redact } from './redact.ts';

/** What of the configuration says whether prompts and answers are kept (`llmOps.logging`). */
export interface ChatSettings {
  readonly chat: 'off' | 'redacted' | 'full';
  readonly retentionDays: number;
}

/** One text that went to a model or came from it. */
export interface ChatMessage {
  /** Of the transcript's row, else a new one: a message is written once. */
  readonly id?: string | undefined;
  /** RFC 3339, UTC. */
  readonly ts: string;
  readonly source: 'llm-call' | 'transcript';
  readonly role: 'system' | 'user' | 'assistant';
  readonly session_id: string | null;
  readonly agent_id: string | null;
  /** As in the ledger, which has the request's ticket, tokens and price. */
  readonly request_id: string | null;
  readonly model: string | null;
  readonly text: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const NAME = /^[\w-]{1,100}\.jsonl$/;

/**
 * The chat log of one session: `chats/<session>.jsonl` below the project's `.backlog-ops/`, outside a project below the user's
 * own folder. One message a line; for its owner only (0600, the folder 0700), and ignored by git whatever the project ignores.
 */
export class ChatLog {
  readonly file: string;
  readonly #redacted: boolean;

  constructor(file: string, redacted: boolean) {
    this.file = file;
    this.#redacted = redacted;
  }

  /** @throws BacklogError `file-write-failed` */
  append(messages: readonly ChatMessage[]): void {
    if (messages.length === 0) return;
    appendLine(this.file, messages.map((message) => this.#line(message)).join('\n'), {
      mode: 0o600,
      dirMode: 0o700,
    });
    // The mask of the process cannot have added rights; an older file may have had them.
    chmodSync(this.file, 0o600);
  }

  #line(message: ChatMessage): string {
    const { text, count } = this.#redacted ? redact(message.text) : { text: message.text, count: null };
    return JSON.stringify({ v: 1, id: newId(), ...message, text, redacted: count });
  }
}

/**
 * Opens a session's chat log, and removes those that nobody has written to for `retentionDays`.
 * @param folder `.backlog-ops/` of a project, or the user's own folder
 * @param session its id; without one, the day's log of calls outside any session
 * @returns `undefined` when chats are not to be kept
 * @throws BacklogError `file-write-failed`, `chat-log-unsafe` (exit 3) when the folder is a link
 */
export function openChatLog(
  folder: string,
  session: string | undefined,
  settings: ChatSettings | undefined,
  clock: Clock,
): ChatLog | undefined {
  if (settings === undefined || settings.chat === 'off') return undefined;
  const chats = path.join(folder, 'chats');
  makePrivate(chats);
  removeOld(chats, clock().getTime() - settings.retentionDays * DAY_MS);
  const name = session === undefined ? `calls-${clock().toISOString().slice(0, 10)}` : nameOf(session);
  return new ChatLog(path.join(chats, `${name}.jsonl`), settings.chat === 'redacted');
}

/** An id comes from a hook's input; whatever is in it, it stays one name in this folder. */
function nameOf(session: string): string {
  return /^[\w-]{1,100}$/.test(session) ? session : sha256(session);
}

function makePrivate(chats: string): void {
  try {
    mkdirSync(chats, { recursive: true, mode: 0o700 });
    if (!lstatSync(chats).isDirectory()) throw linked(chats);
    chmodSync(chats, 0o700);
  } catch (error) {
    throw errnoOf(error) === 'EEXIST' ? linked(chats) : writeFailure(chats, error);
  }
  const ignore = path.join(chats, '.gitignore');
  if (lstatSync(ignore, { throwIfNoEntry: false }) === undefined)
    writeFileAtomic(ignore, '*\n', { mode: 0o600 });
}

function linked(chats: string): BacklogError {
  return new BacklogError({
    code: 'chat-log-unsafe',
    message: `${chats} is no folder of its own but a link or a file, so chats are not written there`,
    fix: `rm ${chats}, or set llmOps.logging.chat to "off"`,
    exitCode: ExitCode.ProjectUnusable,
    file: chats,
  });
}

function removeOld(chats: string, before: number): void {
  for (const name of readdirSync(chats)) {
    const file = path.join(chats, name);
    const stat = NAME.test(name) ? lstatSync(file, { throwIfNoEntry: false }) : undefined;
    if (stat?.isFile() && stat.mtimeMs < before) rmSync(file, { force: true });
  }
}
