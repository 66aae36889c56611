import { readdirSync } from 'node:fs';
import path from 'node:path';
import { newRecord } from './new-record.ts';
import { loadMorePrices, type PriceOverrides, priceRequest } from './prices.ts';
import type { Billing, LedgerRecord } from './record.ts';
import { reading, readPortion, START, type UnreadFile } from './transcript-file.ts';
import type { FoundTranscript } from './transcript-folders.ts';
import { transcriptRow } from './transcript-row.ts';

/** A request that a transcript tells of, and the git branch it was made on. */
export interface TranscriptRequest {
  readonly record: LedgerRecord;
  readonly branch: string | null;
}

/**
 * The requests of sessions straight from their transcripts, each once, without a ledger: for folders in which nothing keeps
 * one. Nothing is written. `bad_rows` could not be read, and `unread_files` not at all.
 */
export async function transcriptRequests(
  transcripts: readonly FoundTranscript[],
  options: { readonly billing: Billing; readonly prices?: PriceOverrides | undefined },
): Promise<{
  readonly requests: readonly TranscriptRequest[];
  readonly bad_rows: number;
  readonly unread_files: readonly UnreadFile[];
}> {
  await loadMorePrices();
  const requests = new Map<string, TranscriptRequest>();
  let badRows = 0;
  const unread: UnreadFile[] = [];
  for (const transcript of transcripts)
    for (const file of filesOf(transcript.transcript_path))
      reading(file, unread, () =>
        readPortion(file, START, Number.MAX_SAFE_INTEGER, (bytes) => {
          const row = transcriptRow(bytes);
          if (row === 'unreadable') badRows += 1;
          if (row === 'nothing' || row === 'unreadable') return;
          // An answer's rows repeat its usage; the last one counts, at the time of the first.
          const ts = requests.get(row.key)?.record.ts ?? row.at;
          const { usage, model } = row;
          const record = newRecord({
            source: 'transcript',
            id: row.key,
            request_id: row.request_id,
            message_id: row.message_id,
            ts,
            session_id: row.session_id ?? transcript.session_id,
            agent_id: row.agent_id,
            model,
            input_tokens: usage.input_tokens,
            output_tokens: usage.output_tokens,
            cache_read_tokens: usage.cache_read_tokens,
            cache_write_5m_tokens: usage.cache_write_5m_tokens,
            cache_write_1h_tokens: usage.cache_write_1h_tokens,
            ...priceRequest({ model, usage, at: ts, overrides: options.prices }),
            billing: options.billing,
          });
          requests.set(row.key, { record, branch: row.branch });
        }),
      );
  return { requests: [...requests.values()], bad_rows: badRows, unread_files: unread };
}

function filesOf(main: string): string[] {
  const folder = path.join(main.replace(/\.jsonl$/, ''), 'subagents');
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
    return [main, ...names.sort().map((name) => path.join(folder, name))];
  } catch {
    // Most sessions have no subagents.
    return [main];
  }
}
