import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { inLastDays } from '../../src/ledger/period.ts';
import type { LedgerRecord } from '../../src/ledger/record.ts';
import { costReport, type ReportQuery, ticketCost } from '../../src/ledger/report.ts';
import { tempDir } from '../support/temp.ts';
import { jsonl, record } from './support.ts';

function ledgerOf(...lines: readonly unknown[]): string {
  const file = path.join(tempDir(), 'usage-ledger.jsonl');
  writeFileSync(file, jsonl(...lines));
  return file;
}
const report = (lines: readonly unknown[], query: Partial<ReportQuery> = {}) =>
  costReport({ ledger: ledgerOf(...lines), ...query });

describe('the cost report', () => {
  it('adds up by ticket, gate, agent and model, dearest first', async () => {
    const feat = { ticket_id: 'FEAT-001', agent_type: 'backend' };
    const answer = await report([
      record({ ...feat, gate: 'plan', cost_usd: 0.1 }),
      record({ ...feat, gate: 'implement', cost_usd: 0.2, model: 'claude-haiku-4-5' }),
      record({ ticket_id: 'BUG-1', gate: 'plan', cost_usd: 0.7, agent_type: 'frontend' }),
      record({ cost_usd: 0.05 }),
    ]);
    const rows = (list: readonly { name: string | null; cost_usd: number; requests: number }[]) =>
      list.map(({ name, cost_usd, requests }) => [name, cost_usd, requests]);
    expect(answer.total).toMatchObject({ requests: 4, cost_usd: 1.05, input_tokens: 400, output_tokens: 80 });
    expect(rows(answer.by_ticket)).toEqual([
      ['BUG-1', 0.7, 1],
      ['FEAT-001', 0.3, 2],
      [null, 0.05, 1],
    ]);
    expect(rows(answer.by_gate)).toEqual([
      ['plan', 0.8, 2],
      ['implement', 0.2, 1],
      [null, 0.05, 1],
    ]);
    expect(rows(answer.by_agent)).toEqual([
      ['frontend', 0.7, 1],
      ['backend', 0.3, 2],
      [null, 0.05, 1],
    ]);
    expect(rows(answer.by_model)).toEqual([
      ['claude-opus-5-5', 0.85, 3],
      ['claude-haiku-4-5', 0.2, 1],
    ]);
  });

  it('shows a turn that went through five gates as five gates', async () => {
    const gates = ['plan', 'implement', 'lint', 'review', 'commit'];
    const answer = await report(
      gates.map((gate) => record({ session_id: 's', ticket_id: 'FEAT-001', gate })),
    );
    expect(answer.by_gate.map(({ name, requests }) => [name, requests])).toEqual(
      expect.arrayContaining(gates.map((gate) => [gate, 1])),
    );
  });

  it('always has the line of what is not attributed, also when there is nothing on it', async () => {
    const answer = await report([record({ ticket_id: 'FEAT-001', gate: 'plan', agent_type: 'a' })]);
    for (const rows of [answer.by_ticket, answer.by_gate, answer.by_agent])
      expect(rows.at(-1)).toMatchObject({ name: null, requests: 0, cost_usd: 0 });
    expect((await report([])).by_ticket).toEqual([expect.objectContaining({ name: null, requests: 0 })]);
  });

  it.each<[string, readonly LedgerRecord['billing'][], string]>([
    ['nothing', [], 'cost'],
    ['requests that are paid', ['api', 'local'], 'cost'],
    ['requests on a plan', ['plan', 'local'], 'list-price equivalent'],
    ['both', ['plan', 'api'], 'cost and list-price equivalent'],
    ['a plan and nobody knows', ['plan', 'unknown'], 'cost and list-price equivalent'],
  ])('heads the sum of %s', async (_name, billings, heading) =>
    expect((await report(billings.map((billing) => record({ billing })))).heading).toBe(heading),
  );

  it('lists models without a price, and failures', async () =>
    expect(
      await report([
        record({ cost_usd: null, model: 'gpt-99' }),
        record({ cost_usd: null, model: 'gpt-99' }),
        record({ cost_usd: null, status: 'error', input_tokens: 0, output_tokens: 0 }),
      ]),
    ).toMatchObject({
      total: { requests: 3, failed: 1, unpriced: 2, cost_usd: 0 },
      unpriced_models: [{ name: 'gpt-99', requests: 2 }],
    }));

  it('tells prices of the demo from money', async () =>
    expect(await report([record({ price_source: 'demo' }), record()])).toMatchObject({ demo_requests: 1 }));

  it('has the days from the first to the last request, in whatever order they stand', async () =>
    expect(
      await report([record({ ts: '2026-11-20T10:00:00.000Z' }), record({ ts: '2026-11-18T10:00:00.000Z' })]),
    ).toMatchObject({ from: '2026-11-18T10:00:00.000Z', to: '2026-11-20T10:00:00.000Z' }));

  it('takes the last days by UTC, today included', async () => {
    const days = [
      '2026-11-18T23:59:59.999Z',
      '2026-11-19T00:00:00.000Z',
      '2026-11-21T23:59:59.999Z',
      '2026-11-22T00:00:00.000Z',
    ];
    const answer = await report(
      days.map((ts) => record({ ts })),
      { inTime: inLastDays(3, () => new Date('2026-11-21T01:00:00Z')) },
    );
    expect(answer).toMatchObject({ total: { requests: 2 }, from: days[1], to: days[2] });
  });

  it('says what one ticket has cost', async () =>
    expect(
      await ticketCost(
        ledgerOf(record({ ticket_id: 'FEAT-001' }), record({ ticket_id: 'FEAT-002' })),
        'FEAT-001',
      ),
    ).toMatchObject({ ticket: 'FEAT-001', total: { requests: 1, cost_usd: 0.5 } }));
});
