import { closeSync, fstatSync, readSync } from 'node:fs';
import { errnoOf, messageOf } from '../platform/errors.ts';
import { openToRead } from '../platform/files.ts';
import { amountIn, parseObject } from './fields.ts';
import type { FoundTranscript } from './transcript-folders.ts';

/** The client writes its sum last, at the end of a session. */
const TAIL_BYTES = 256 * 1024;

/**
 * What Claude Code itself says its sessions have cost (`cost-state` rows, since 2.1.328), USD by session id. Sessions without
 * such a row are left out.
 * @param unread is told of a transcript that cannot be read
 */
export function claudeTotals(
  transcripts: readonly FoundTranscript[],
  unread: (file: string, message: string) => void,
): Map<string, number> {
  const totals = new Map<string, number>();
  for (const { session_id, transcript_path } of transcripts)
    try {
      const total = totalIn(transcript_path);
      if (total !== undefined) totals.set(session_id, total);
    } catch (error) {
      // One that was removed meanwhile, and what is no file, has no sum to compare with.
      const code = errnoOf(error);
      if (code !== undefined && code !== 'ENOENT') unread(transcript_path, messageOf(error));
    }
  return totals;
}

function totalIn(file: string): number | undefined {
  let handle: number | undefined;
  try {
    handle = openToRead(file);
    const { size } = fstatSync(handle);
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(handle, bytes, 0, bytes.length, size - bytes.length);
    const line = bytes
      .toString('utf8')
      .split('\n')
      .findLast((text) => text.startsWith('{"type":"cost-state"'));
    return line === undefined ? undefined : (amountIn(parseObject(line), 'totalCostUSD') ?? undefined);
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
