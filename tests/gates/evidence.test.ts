import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { appendEvidence, type NewEvidence, OUTPUT_TAIL, readEvidence } from '../../src/gates/evidence.ts';
import { sha256 } from '../../src/platform/ids.ts';
import { tempDir } from '../support/temp.ts';

const id = 'FEAT-001';
const line = (note: string, changes: Partial<NewEvidence> = {}): NewEvidence => ({
  ticket_id: id,
  gate: 'lint',
  result: 'pass',
  command: 'true',
  exit_code: 0,
  started_at: '2026-11-21T04:13:00.000Z',
  duration_ms: 5,
  holds_for: { kind: 'tree', tree: note },
  base_commit: 'b',
  output_sha256: null,
  output_tail: note,
  agent_id: null,
  session_id: null,
  ...changes,
});
const fileIn = (opsDir: string) => path.join(opsDir, 'evidence', `${id}.jsonl`);

async function three(): Promise<{ opsDir: string; file: string; rows: string[] }> {
  const opsDir = tempDir();
  for (const note of ['one', 'two', 'three']) await appendEvidence(opsDir, line(note));
  const file = fileIn(opsDir);
  return { opsDir, file, rows: readFileSync(file, 'utf8').trimEnd().split('\n') };
}

describe('evidence', () => {
  it('is one line after the other, each naming the one before it', async () => {
    const { opsDir, rows } = await three();
    const lines = readEvidence(opsDir, id);
    expect(lines.map(({ record }) => record.previous_sha256)).toEqual([
      null,
      sha256(rows[0] ?? ''),
      sha256(rows[1] ?? ''),
    ]);
    expect(lines.map((one) => [one.line, one.sha256])).toEqual(
      rows.map((row, index) => [index + 1, sha256(row)]),
    );
    expect(readEvidence(opsDir, 'FEAT-002')).toEqual([]);
  });

  it('stays a chain when several processes write at once', async () => {
    const opsDir = tempDir();
    const script = path.join(tempDir(), 'appender.mjs');
    await build({
      entryPoints: [path.join(import.meta.dirname, 'support/appender.ts')],
      outfile: script,
      bundle: true,
      format: 'esm',
      platform: 'node',
      logLevel: 'warning',
    });
    const run = (name: string) => promisify(execFile)(process.execPath, [script, opsDir, name, '100']);
    await Promise.all(['a', 'b', 'c'].map(run));
    expect(readEvidence(opsDir, id)).toHaveLength(300);
  });

  it('keeps the end of an output only', async () => {
    const opsDir = tempDir();
    const { record } = await appendEvidence(opsDir, line('x', { output_tail: `${'a'.repeat(10_000)}end` }));
    expect(record.output_tail).toHaveLength(OUTPUT_TAIL);
    expect(record.output_tail.endsWith('end')).toBe(true);
  });

  it.each<[string, (rows: string[]) => string[], number]>([
    ['an edited line', (rows) => [rows[0] ?? '', (rows[1] ?? '').replace('"two"', '"2"'), rows[2] ?? ''], 3],
    ['a line taken out', (rows) => [rows[0] ?? '', rows[2] ?? ''], 2],
    ['lines in another order', (rows) => [rows[1] ?? '', rows[0] ?? '', rows[2] ?? ''], 1],
    ['a line that is no JSON', (rows) => [rows[0] ?? '', '{"v":1', rows[2] ?? ''], 2],
    ['an empty line', (rows) => [rows[0] ?? '', '', rows[1] ?? '', rows[2] ?? ''], 2],
    ['a last line that was cut short', (rows) => [...rows.slice(0, 2), (rows[2] ?? '').slice(0, 40)], 3],
    ['a result that does not exist', (rows) => [(rows[0] ?? '').replace('"pass"', '"maybe"')], 1],
    ['another ticket', (rows) => [(rows[0] ?? '').replace('FEAT-001', 'FEAT-009')], 1],
    ['a holds_for without its tree', (rows) => [(rows[0] ?? '').replace('"tree":"one"', '"x":1')], 1],
  ])('names the line: %s', async (_what, change, number) => {
    const { opsDir, file, rows } = await three();
    writeFileSync(file, change(rows).join('\n'));
    const error = expect.objectContaining({ code: 'evidence-broken', exitCode: 3, file, line: number });
    expect(() => readEvidence(opsDir, id)).toThrow(error);
    const before = readFileSync(file, 'utf8');
    await expect(appendEvidence(opsDir, line('four'))).rejects.toMatchObject({ code: 'evidence-broken' });
    expect(readFileSync(file, 'utf8')).toBe(before);
  });
});
