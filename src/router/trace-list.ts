import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { errnoOf, messageOf } from '../platform/errors.ts';
import { amount, record, string } from './fields.ts';

/** One attempt as a trace file tells it. */
export interface TraceSummary {
  readonly file: string;
  readonly call_id: string;
  /** RFC 3339, UTC. */
  readonly ts: string;
  readonly asked: string | null;
  readonly provider: string;
  readonly attempt: number;
  readonly model: string;
  readonly status: string;
  readonly failure_type: string | null;
  readonly latency_ms: number | null;
  /** USD; `null` when unknown. */
  readonly cost_usd: number | null;
}

export interface TraceList {
  /** Newest first. */
  readonly items: readonly TraceSummary[];
  /** Files that could not be read. */
  readonly broken: readonly { readonly file: string; readonly line: number; readonly message: string }[];
  /** Folders that are there. */
  readonly folders: readonly string[];
}

/** The newest traces below `<folder>/traces/`, by the time in the trace, not by the file's. Only as many days are read as needed. */
export function newestTraces(folders: readonly string[], last: number): TraceList {
  const roots = folders
    .map((folder) => path.join(folder, 'traces'))
    .filter((root) => names(root) !== undefined);
  const days = [...new Set(roots.flatMap((root) => names(root) ?? []))]
    .filter((name) => /^\d{8}$/.test(name))
    .sort()
    .reverse();
  const items: TraceSummary[] = [];
  const broken: TraceList['broken'][number][] = [];
  for (const day of days) {
    if (items.length >= last) break;
    for (const folder of roots.map((root) => path.join(root, day)))
      for (const name of names(folder) ?? []) {
        if (!name.endsWith('.json')) continue;
        const file = path.join(folder, name);
        try {
          items.push(summaryIn(file));
        } catch (error) {
          broken.push({ file, line: 1, message: messageOf(error) });
        }
      }
  }
  items.sort((a, b) => b.ts.localeCompare(a.ts) || b.attempt - a.attempt);
  return { items: items.slice(0, last), broken, folders: roots };
}

function summaryIn(file: string): TraceSummary {
  const trace = record(JSON.parse(readFileSync(file, 'utf8')));
  const attempt = record(trace?.record);
  const [callId, ts, provider] = [string(trace?.call_id), string(attempt?.ts), string(attempt?.provider)];
  if (callId === undefined || ts === undefined || provider === undefined) throw new Error('is no trace');
  return {
    file,
    call_id: callId,
    ts,
    asked: string(trace?.asked) ?? null,
    provider,
    attempt: amount(attempt?.attempt) ?? 0,
    model: string(attempt?.model) ?? '',
    status: string(attempt?.status) ?? 'unknown',
    failure_type: string(attempt?.failure_type) ?? null,
    latency_ms: amount(attempt?.latency_ms) ?? null,
    cost_usd: amount(attempt?.cost_usd) ?? null,
  };
}

function names(folder: string): string[] | undefined {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}
