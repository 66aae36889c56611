import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { appendRecord, newRecord } from '../../src/ledger/append.ts';
import { readEscalations, recordEscalation } from '../../src/ledger/escalations.ts';
import type { PartialRecord } from '../../src/ledger/record.ts';
import { tempDir, writeFiles } from '../support/temp.ts';

const clock = () => new Date('2026-11-21T10:00:00.000Z');
const opus = {
  step: 'implement',
  from: 'balanced',
  to: 'frontier',
  model: 'opus',
  reason: 'lint failed 2 times',
  by: 'program',
  session_id: null,
  agent_id: null,
} as const;

/** The reason that a request's line in the ledger carries. */
async function reasonOf(record: Partial<PartialRecord>): Promise<unknown> {
  const folder = tempDir();
  await recordEscalation(folder, 'FEAT-001', () => opus, clock);
  const ledger = path.join(folder, 'usage-ledger.jsonl');
  appendRecord(
    ledger,
    newRecord({
      source: 'gateway',
      ts: '2026-11-21T10:00:01.000Z',
      ticket_id: 'FEAT-001',
      gate: 'implement',
      model: 'claude-opus-5-5',
      ...record,
    }),
  );
  return Object(JSON.parse(readFileSync(ledger, 'utf8'))).escalation_reason;
}

describe('the reason of an escalation', () => {
  it.each([
    ['of its ticket, gate and model', {}],
    ['that mends what lint found', { gate: 'lint' }],
    ['that asked for the tier', { model: 'my-own', tier: 'frontier' }],
  ])('stands with a later request %s', async (_name, record) => {
    expect(await reasonOf(record)).toBe('lint failed 2 times');
  });

  it.each([
    ['before it', { ts: '2026-11-21T09:59:59.000Z' }],
    ['of another ticket', { ticket_id: 'FEAT-002' }],
    ['of another gate', { gate: 'review' }],
    ['that went to the model of always', { model: 'claude-sonnet-5-5' }],
    ['of no ticket', { ticket_id: null }],
  ])('stands with no request %s', async (_name, record) => {
    expect(await reasonOf(record)).toBeNull();
  });

  it('never takes the place of a reason that the record has', async () => {
    expect(await reasonOf({ escalation_reason: 'mine' })).toBe('mine');
  });

  it('counts lines that cannot be read, and goes on', async () => {
    const folder = tempDir();
    writeFiles(folder, { 'escalations.jsonl': 'no json\n{"at":1}\n' });
    await recordEscalation(folder, 'FEAT-001', () => opus, clock);
    expect(readEscalations(folder)).toMatchObject({ broken: 2, items: [{ reason: opus.reason }] });
  });
});
