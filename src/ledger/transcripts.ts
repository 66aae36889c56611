import { readdirSync } from 'node:fs';
import path from 'node:path';
import { BacklogError, errnoOf } from '../platform/errors.ts';
import { makeFolders } from '../platform/files.ts';
import { sha256 } from '../platform/ids.ts';
import { withLock } from '../platform/lock.ts';
import { appendRecords, newRecord } from './append.ts';
import {
  cursorFile,
  type FileCursor,
  type KnownAnswer,
  noCursor,
  readCursor,
  type SessionCursor,
  writeCursor,
} from './cursor.ts';
import { recordedByGateway } from './gateway-lines.ts';
import { loadMorePrices, needsMorePrices, type PriceOverrides, priceRequest } from './prices.ts';
import type { Billing, LedgerRecord, RecordAttribution } from './record.ts';
import { type Portion, reading, readPortion, type UnreadFile } from './transcript-file.ts';
import { type TranscriptRow, transcriptRow } from './transcript-row.ts';

/** The moment that an answer's attribution is asked for. */
export interface AttributedRow {
  /** RFC 3339, UTC: the answer's own time, not the time of reading. */
  readonly at: string;
  readonly sessionId: string;
  /** `undefined` on the main thread. */
  readonly agentId: string | undefined;
}

/** What the attribution room answers; empty strings are unknown values. */
export interface RowAttribution {
  readonly context:
    | {
        readonly ticket_id: string;
        readonly gate: string;
        readonly project: string;
        readonly agent_type: string;
        readonly skill: string;
      }
    | undefined;
  readonly attributed_by: string;
}

export interface IngestRequest {
  /** The session's main transcript; its subagents' are found beside it, in `<session>/subagents/`. */
  readonly transcriptFile: string;
  readonly sessionId: string;
  readonly ledger: string;
  readonly attribute: (row: AttributedRow) => RowAttribution;
  /** Where lock and byte cursors of the sessions are kept. */
  readonly cursorDir: string;
  /** Most bytes of transcripts to look at in this call. */
  readonly maxBytes: number;
  /** Agents whose rows are left for a later call. */
  readonly later?: ((agentId: string) => boolean) | undefined;
  readonly billing: Billing;
  /** The user's own folder; a ledger in it is for its owner only. */
  readonly home: string;
  /** `project` of requests that no context claims. */
  readonly project?: string | undefined;
  readonly prices?: PriceOverrides | undefined;
  /** How long to wait for another reader of this session, ms. */
  readonly waitMs?: number;
}

export interface Ingested {
  /** Lines written to the ledger, corrections included. */
  readonly records: number;
  readonly moreToRead: boolean;
  /** Another process was reading this session all the time; it reads on. */
  readonly busy: boolean;
  /** Rows that look like answers and could not be read. */
  readonly badRows: number;
  /** Transcripts that had been cut or replaced, and were read from their start again. */
  readonly restarted: readonly string[];
  /** Transcripts of which nothing could be read this time; their cursors stay. */
  readonly unread: readonly UnreadFile[];
}

const WAIT_MS = 5_000;

/**
 * Reads a session's usage, main thread and subagents, into the ledger: one record per request, in portions of `maxBytes`. May be
 * called by several processes at once and again after a crash at any moment: each session has a lock and byte cursors, and what
 * is written twice all the same has the same request id. An answer's rows repeat its usage, and the last one counts: one that
 * comes after its record is written as a correction, a second line with the same ids.
 * @throws BacklogError `ledger-write-failed`; the cursor then stays, and the next call writes the records
 */
export async function ingestTranscript(request: IngestRequest): Promise<Ingested> {
  const file = cursorFile(request.cursorDir, request.sessionId);
  makeFolders(request.cursorDir, 0o700);
  try {
    return await withLock(`${file}.lock`, () => ingest(request, file), {
      timeoutMs: request.waitMs ?? WAIT_MS,
    });
  } catch (error) {
    if (!(error instanceof BacklogError && error.code === 'lock-timeout')) throw error;
    return { records: 0, moreToRead: true, busy: true, badRows: 0, restarted: [], unread: [] };
  }
}

async function ingest(request: IngestRequest, file: string): Promise<Ingested> {
  const cursor = readCursor(file);
  const restarted: string[] = [];
  const unread: UnreadFile[] = [];
  const result = { records: 0, moreToRead: false, busy: false, badRows: 0, restarted, unread };
  let left = request.maxBytes;
  for (const transcript of transcriptsOf(request.transcriptFile)) {
    const agentId = agentOf(transcript);
    if (agentId !== undefined && request.later?.(agentId)) continue;
    const name = path.basename(transcript);
    const known = cursor.get(name) ?? noCursor;
    const rows: TranscriptRow[] = [];
    const portion = reading(transcript, unread, () =>
      readPortion(transcript, known.position, left, (line) => {
        const row = transcriptRow(line);
        if (row === 'unreadable') result.badRows += 1;
        else if (row !== 'nothing') rows.push(row);
      }),
    );
    if (portion === undefined) continue;
    left -= portion.bytes;
    if (rows.some(({ model, at }) => needsMorePrices({ model, at, overrides: request.prices })))
      await loadMorePrices();
    if (portion.restarted) restarted.push(name);
    result.moreToRead ||= portion.moreToRead;
    result.records += writeRecords(request, cursor, { transcript, known, rows, portion });
  }
  writeCursor(file, cursor);
  return result;
}

/** The main transcript first, then the subagents' by name. A subagent's own transcript stands for itself. */
export function transcriptsOf(main: string): string[] {
  const folder = path.join(main.replace(/\.jsonl$/, ''), 'subagents');
  try {
    const agents = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && /^agent-[\w-]+\.jsonl$/.test(entry.name))
      .map((entry) => path.join(folder, entry.name));
    return [main, ...agents.sort()];
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [main];
    throw error;
  }
}

interface ReadTranscript {
  readonly transcript: string;
  readonly known: FileCursor;
  readonly rows: readonly TranscriptRow[];
  readonly portion: Portion;
}

/** Records are written before the cursor moves: after a crash between the two they are written again, and count once. */
function writeRecords(request: IngestRequest, cursor: SessionCursor, read: ReadTranscript): number {
  const { transcript, known, rows, portion } = read;
  const answers = new Map<string, KnownAnswer>(portion.restarted ? [] : known.answers);
  const records = new Map<string, LedgerRecord>();
  for (const row of rows) {
    const agentId = row.agent_id ?? agentOf(transcript);
    const sessionId = row.session_id ?? request.sessionId;
    const earlier = answers.get(row.key);
    const first = earlier ?? {
      ts: row.at,
      attribution: attributionOf(request, { at: row.at, sessionId, agentId }),
      recorded: '',
    };
    const recorded = sha256(JSON.stringify([row.model, row.usage])).slice(0, 16);
    answers.delete(row.key);
    answers.set(row.key, { ...first, recorded });
    if (recorded !== first.recorded) records.set(row.key, recordOf(request, row, first, sessionId, agentId));
  }
  const ids = [...records.values()].flatMap(({ request_id }) => request_id ?? []);
  // A request through our gateway is recorded by the gateway only.
  const metered = recordedByGateway(request.ledger, new Set(ids));
  const own = [...records.values()].filter(({ request_id }) => !metered.has(request_id ?? ''));
  appendRecords(request.ledger, own, request.home);
  cursor.set(path.basename(transcript), { position: portion.position, answers });
  return own.length;
}

function recordOf(
  request: IngestRequest,
  row: TranscriptRow,
  first: KnownAnswer,
  sessionId: string,
  agentId: string | undefined,
): LedgerRecord {
  const { model, usage } = row;
  return newRecord({
    source: 'transcript',
    id: stableId(`${sessionId}\n${row.key}`),
    request_id: row.request_id,
    message_id: row.message_id,
    ts: first.ts,
    session_id: sessionId,
    agent_id: agentId ?? null,
    ...first.attribution,
    requested_model: row.requested_model,
    model,
    stream: true,
    input_tokens: usage.input_tokens,
    output_tokens: usage.output_tokens,
    cache_read_tokens: usage.cache_read_tokens,
    cache_write_5m_tokens: usage.cache_write_5m_tokens,
    cache_write_1h_tokens: usage.cache_write_1h_tokens,
    ...priceRequest({ model, usage, at: first.ts, overrides: request.prices }),
    billing: request.billing,
  });
}

function attributionOf(request: IngestRequest, row: AttributedRow): RecordAttribution {
  const { context, attributed_by } = request.attribute(row);
  return {
    ticket_id: context?.ticket_id || null,
    gate: context?.gate || null,
    project: context?.project || request.project || null,
    agent_type: context?.agent_type || null,
    skill: context?.skill || null,
    attributed_by,
  };
}

/** Older clients leave the agent's id to the file's name. */
function agentOf(transcript: string): string | undefined {
  return /^agent-([\w-]+)\.jsonl$/.exec(path.basename(transcript))?.[1];
}

/** The same UUID for the same answer of a session, whoever reads it and how often. */
function stableId(text: string): string {
  const hex = sha256(text);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
