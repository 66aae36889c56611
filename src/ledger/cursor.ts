import path from 'node:path';
import { readTextIfExists, writeFileAtomic } from '../platform/files.ts';
import { sha256 } from '../platform/ids.ts';
import { amountIn, type Fields, objectOf, parseObject, textIn } from './fields.ts';
import type { RecordAttribution } from './record.ts';
import { type Position, START } from './transcript-file.ts';

/** An answer whose record is in the ledger already: a later row of it may still correct its usage. */
export interface KnownAnswer {
  /** Time of its first row, which also decided its attribution. */
  readonly ts: string;
  readonly attribution: RecordAttribution;
  /** Digest of what was recorded: an equal row needs no correction. */
  readonly recorded: string;
}

/** What is remembered of one transcript between two readings. */
export interface FileCursor {
  readonly position: Position;
  /** The latest answers by their key, oldest first. */
  readonly answers: ReadonlyMap<string, KnownAnswer>;
}

/** By the transcript's name within its session. */
export type SessionCursor = Map<string, FileCursor>;

export const noCursor: FileCursor = { position: START, answers: new Map() };

/** Rows of one answer follow each other closely; these many answers may be open at once. */
export const ANSWERS_KEPT = 32;

export function cursorFile(cursorDir: string, sessionId: string): string {
  // An id comes from a hook's input; whatever is in it, it stays one name in this folder.
  const name = /^[\w-]{1,100}$/.test(sessionId) ? sessionId : sha256(sessionId);
  return path.join(cursorDir, `${name}.json`);
}

/** A missing or unreadable cursor is the start: reading again counts nothing twice, since request ids stay the same. */
export function readCursor(file: string): SessionCursor {
  const stored = objectOf(parseObject(readTextIfExists(file) ?? '')?.files);
  const cursor: SessionCursor = new Map();
  for (const [name, value] of Object.entries(stored ?? {})) {
    const fields = objectOf(value);
    const [offset, scanned] = [amountIn(fields, 'offset'), amountIn(fields, 'scanned')];
    const before = textIn(fields, 'before');
    if (offset === null || scanned === null || before === null || scanned < offset) continue;
    const answers = Object.entries(objectOf(fields?.answers) ?? {}).flatMap(([key, answer]) => {
      const known = answerOf(objectOf(answer));
      return known ? [[key, known] as const] : [];
    });
    cursor.set(name, { position: { offset, scanned, before }, answers: new Map(answers) });
  }
  return cursor;
}

export function writeCursor(file: string, cursor: SessionCursor): void {
  const files = Object.fromEntries(
    [...cursor].map(([name, { position, answers }]) => [
      name,
      { ...position, answers: Object.fromEntries([...answers].slice(-ANSWERS_KEPT)) },
    ]),
  );
  writeFileAtomic(file, `${JSON.stringify({ v: 1, files })}\n`, { mode: 0o600, dirMode: 0o700 });
}

function answerOf(fields: Fields | undefined): KnownAnswer | undefined {
  const [ts, recorded] = [textIn(fields, 'ts'), textIn(fields, 'recorded')];
  const attribution = objectOf(fields?.attribution);
  if (ts === null || recorded === null || attribution === undefined) return undefined;
  return {
    ts,
    recorded,
    attribution: {
      ticket_id: textIn(attribution, 'ticket_id'),
      gate: textIn(attribution, 'gate'),
      project: textIn(attribution, 'project'),
      agent_type: textIn(attribution, 'agent_type'),
      skill: textIn(attribution, 'skill'),
      attributed_by: textIn(attribution, 'attributed_by') ?? 'none',
    },
  };
}
