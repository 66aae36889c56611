import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { BacklogError, ExitCode, errnoOf } from '../platform/errors.ts';
import { readTextIfExists, writeFileAtomic } from '../platform/files.ts';
import { withLock } from '../platform/lock.ts';

const text = z.string();

const waveTicket = z.object({
  id: text,
  agent_type: text,
  complexity: z.enum(['trivial', 'simple', 'complex']),
  pipeline: z.enum(['fast', 'full']),
  tier: text,
  batch: text.nullable(),
});

const putBack = z.object({
  ticket_id: text,
  at: text,
  /** One sentence: what a merge would not take, and why. */
  reason: text,
});

const waveRecord = z.object({
  v: z.literal(1),
  /** From 1, in the order in which waves were started. */
  wave: z.int().min(1),
  session_id: text.nullable(),
  /** RFC 3339, UTC. */
  started_at: text,
  ended_at: text.nullable(),
  /** The user's branch that takes the finished tickets. */
  branch: text,
  base_commit: text,
  tickets: z.array(waveTicket),
  put_back: z.array(putBack),
  /** Tickets that its start left out. */
  skipped: z.array(z.object({ id: text, reason: text })).default([]),
  /** What `wave end` reported; a second call prints it again. */
  result: z.record(z.string(), z.unknown()).nullable(),
});

/** A wave: `.backlog-ops/waves/wave-0001.json`. What its tickets have reached is in their evidence, not here. */
export type WaveRecord = z.infer<typeof waveRecord>;
export type WaveTicket = z.infer<typeof waveTicket>;

const NAME = /^wave-(\d{4,9})\.json$/;

/**
 * Every wave of the project, the first one first.
 * @throws BacklogError `wave-record-broken` (exit 3)
 */
export function readWaves(opsDir: string): WaveRecord[] {
  return waveNames(opsDir).map((name) => readWave(path.join(opsDir, 'waves', name)));
}

/** The wave that was started last, when it has not ended. */
export function openWave(opsDir: string): WaveRecord | undefined {
  const last = readWaves(opsDir).at(-1);
  return last?.ended_at === null ? last : undefined;
}

/** Stores a wave; the caller holds the waves' lock. */
export function writeWave(opsDir: string, record: WaveRecord): void {
  writeFileAtomic(fileOf(opsDir, record), `${JSON.stringify(record, null, 2)}\n`);
}

/** Takes the record of a wave away none of whose tickets could be started. */
export function removeWave(opsDir: string, record: WaveRecord): void {
  rmSync(fileOf(opsDir, record), { force: true });
}

function fileOf(opsDir: string, { wave }: WaveRecord): string {
  return path.join(opsDir, 'waves', `wave-${String(wave).padStart(4, '0')}.json`);
}

/** One wave is started, merged or ended at a time. A merge runs gates, so others wait for as long as those may take. */
export function withWavesLock<T>(opsDir: string, work: () => Promise<T>): Promise<T> {
  return withLock(path.join(opsDir, 'waves', '.lock'), work, { timeoutMs: 60 * 60 * 1000 });
}

function waveNames(opsDir: string): string[] {
  try {
    return readdirSync(path.join(opsDir, 'waves'))
      .filter((name) => NAME.test(name))
      .sort((a, b) => numberOf(a) - numberOf(b));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function numberOf(name: string): number {
  return Number(NAME.exec(name)?.[1] ?? 0);
}

function readWave(file: string): WaveRecord {
  try {
    return waveRecord.parse(JSON.parse(readTextIfExists(file) ?? ''));
  } catch (error) {
    throw new BacklogError({
      code: 'wave-record-broken',
      message: `${file} is no record of a wave`,
      fix: `move ${file} away; tickets, claims and evidence are kept elsewhere, and \`backlog wave start\` goes on with them`,
      exitCode: ExitCode.ProjectUnusable,
      file,
      cause: error,
    });
  }
}
