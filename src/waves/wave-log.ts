import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { writeFileAtomic } from '../platform/files.ts';

/** Relative to `.backlog-ops/`. */
export const WAVE_LOG = 'wave-log.md';

export interface WaveLogEntry {
  readonly wave: number;
  /** UTC day, `2026-11-21`. */
  readonly date: string;
  readonly completed: readonly string[];
  /** Each with its reason: `FEAT-003 (lint-blocked)`. */
  readonly failed: readonly string[];
  /** The same. */
  readonly skipped: readonly string[];
  /** USD that the session has cost, as far as it is priced. */
  readonly sessionCostUsd: number;
  /** Requests by model. */
  readonly models: Readonly<Record<string, number>>;
}

/**
 * Appends a wave to `.backlog-ops/wave-log.md`. A wave that is there already is not written twice.
 * @returns whether it was written
 */
export function logWave(opsDir: string, entry: WaveLogEntry): boolean {
  const file = path.join(opsDir, WAVE_LOG);
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '# Waves\n';
  if (text.split('\n').some((line) => line.startsWith(`### Wave ${entry.wave} `))) return false;
  mkdirSync(opsDir, { recursive: true });
  writeFileAtomic(file, `${text.trimEnd()}\n\n${entryText(entry)}\n`);
  return true;
}

function entryText(entry: WaveLogEntry): string {
  const models = Object.entries(entry.models).filter(([, count]) => count > 0);
  const list = (ids: readonly string[]): string => (ids.length === 0 ? 'none' : ids.map(oneLine).join(', '));
  return [
    `### Wave ${entry.wave} — ${entry.date}`,
    '',
    `- Completed: ${list(entry.completed)}`,
    ...(entry.failed.length > 0 ? [`- Failed: ${list(entry.failed)}`] : []),
    ...(entry.skipped.length > 0 ? [`- Skipped: ${list(entry.skipped)}`] : []),
    `- Session cost: $${entry.sessionCostUsd.toFixed(2)}`,
    ...(models.length > 0
      ? [`- Models: ${models.map(([name, count]) => `${name}=${count}`).join(', ')}`]
      : []),
  ].join('\n');
}

/** Reasons may quote what somebody else has written, in lines. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
