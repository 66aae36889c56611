import { execFileSync } from 'node:child_process';
import { copyFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLedger } from '../../src/ledger/read.ts';
import type { PartialRecord } from '../../src/ledger/record.ts';
import { tempDir } from '../support/temp.ts';
import { itemsOf, jsonl, record, recordsOf } from './support.ts';

function ledger(...lines: readonly unknown[]): string {
  const file = path.join(tempDir(), 'usage-ledger.jsonl');
  writeFileSync(file, jsonl(...lines));
  return file;
}

describe('reading a ledger', () => {
  it('has no requests without a file', async () =>
    expect(await itemsOf(path.join(tempDir(), 'none.jsonl'))).toEqual([]));

  const pipe = () => {
    const file = path.join(tempDir(), 'usage-ledger.jsonl');
    execFileSync('mkfifo', [file]);
    return file;
  };
  it.each([
    ['a folder', () => tempDir()],
    ['a named pipe', pipe],
  ])('refuses %s by name', async (_name, file) => {
    await expect(itemsOf(file())).rejects.toMatchObject({ code: 'ledger-read-failed', exitCode: 3 });
  });

  it('tells how many MiB it has read, of all files of the ledger', () => {
    const long = (id: number) => record({ request_id: `r${id}`, model: 'x'.repeat(1000) });
    const file = ledger(...Array.from({ length: 2500 }, (_, id) => long(id)));
    const size = statSync(file).size;
    copyFileSync(file, path.join(path.dirname(file), 'usage-ledger-2026-01.jsonl'));
    const told: unknown[] = [];
    let read = 0;
    const none = () => {};
    const watch = {
      begin: (...part: unknown[]) => void told.push(part),
      advance: (more = 1) => {
        expect(more).toBeGreaterThan(0);
        read += more;
      },
    };
    readLedger(file, { add: none, remove: none, bad: none, other: none }, watch);
    const mib = Math.floor((2 * size) / 2 ** 20);
    expect(mib).toBeGreaterThan(3);
    expect(told).toEqual([['reading the ledger, MiB', mib]]);
    expect(read).toBe(mib);
  });

  it('tells of a later line only what is new', () => {
    const first = record({ request_id: 'a', source: 'gateway', ticket_id: 'FEAT-001', gate: 'plan' });
    const again = { ...first, id: 'other', source: 'transcript', ticket_id: null, gate: null };
    const told = (...lines: unknown[]) => {
      const kinds: string[] = [];
      const tell = (kind: string) => () => void kinds.push(kind);
      readLedger(ledger(...lines), {
        add: tell('add'),
        remove: tell('remove'),
        bad: tell('bad'),
        other: tell('other'),
      });
      return kinds;
    };
    expect(told(first, { ...again, attributed_by: 'none' })).toEqual(['add']);
    for (const news of [{ cost_usd: 7 }, { output_tokens: 21 }, { status: 'error' }, { latency_ms: 1 }])
      expect(told(first, { ...again, attributed_by: 'none', ...news })).toEqual(['add', 'remove', 'add']);
  });

  it.each([
    ['no JSON', 'oops', 'is no JSON object'],
    ['a list', '[1]', 'is no JSON object'],
    ['null', 'null', 'is no JSON object'],
    ['half a line', '{"v":1,"id":"x', 'is no JSON object'],
    ['a newer version', { ...record(), v: 2 }, 'has version 2; this program reads version 1'],
    ['no id', { ...record(), id: null }, 'has no id'],
    ['no time', { ...record(), ts: 'soon' }, 'has no time in ts: "soon"'],
    ['a 30th of February', { ...record(), ts: '2026-02-30T00:00:00Z' }, 'has no time in ts'],
    ['a cost that is text', { ...record(), cost_usd: '1' }, 'has a cost_usd that is no amount: "1"'],
    ['a negative cost', { ...record(), cost_usd: -1 }, 'has a cost_usd that is no amount: -1'],
    ['negative tokens', { ...record(), input_tokens: -5 }, 'has a input_tokens that is no amount'],
    ['an unknown source', { ...record(), source: 'moon' }, 'has an unknown source: "moon"'],
    ['an unknown status', { ...record(), status: 'ok' }, 'has an unknown status: "ok"'],
    ['something else', { hello: 'world' }, 'is no usage record: no tokens, model or cost'],
    ['a bad time in an old line', { model: 'm', date: 'then' }, 'has no readable time: "then"'],
    ['a bad cost in an old line', { model: 'm', cost_usd: 'free' }, 'has a cost_usd that is no amount'],
  ])('shows %s with its line number and reads on', async (_name, line, reason) => {
    const items = await itemsOf(ledger(record({ request_id: 'a' }), line, record({ request_id: 'b' })));
    expect(items).toHaveLength(3);
    expect(items[1]).toEqual({ badLine: { line: 2, reason: expect.stringContaining(reason) } });
  });

  it('takes blank lines and CRLF for nothing, and does without a last line end', async () => {
    const file = path.join(tempDir(), 'l.jsonl');
    writeFileSync(file, `\n${JSON.stringify(record())}\r\n\n   \n${JSON.stringify(record())}`);
    expect((await itemsOf(file)).map((item) => 'record' in item)).toEqual([true, true]);
  });

  it('does not take a line of many MB into memory, and reads on behind it', async () => {
    const file = ledger(record(), `{"model":"${'x'.repeat(3_000_000)}"}`, record());
    const items = await itemsOf(file);
    expect(items).toHaveLength(3);
    expect(items[1]).toMatchObject({
      badLine: { line: 2, reason: expect.stringContaining('is longer than') },
    });
  });

  it('reads characters that lie across the borders of what is read at once', async () => {
    const names = Array.from({ length: 2_000 }, (_, n) => `${'ä'.repeat(n % 7)}€${n}`);
    const file = ledger(...names.map((project) => record({ project })));
    expect((await recordsOf(file)).map(({ project }) => project)).toEqual(names);
  });
});

describe('records of one request', () => {
  const ids = (request_id: string | null, message_id: string | null, id: string) => ({
    request_id,
    message_id,
    id,
  });
  it.each([
    ['the same request id', ids('r', 'm1', 'i1'), ids('r', 'm2', 'i2'), 1],
    ['the same message id where one has no request id', ids('r', 'm', 'i1'), ids(null, 'm', 'i2'), 1],
    ['the same message id, the other way round', ids(null, 'm', 'i1'), ids('r', 'm', 'i2'), 1],
    ['the same id and nothing else', ids(null, null, 'i'), ids(null, null, 'i'), 1],
    ['the same id, later with a request id', ids(null, null, 'i'), ids('r', 'm', 'i'), 1],
    ['the same id, first with a request id', ids('r', 'm', 'i'), ids(null, null, 'i'), 1],
    ['other request ids, whatever else is equal', ids('r1', 'm', 'i'), ids('r2', 'm', 'i'), 2],
    ['nothing in common', ids('r1', 'm1', 'i1'), ids('r2', 'm2', 'i2'), 2],
    ['no ids but their own', ids(null, null, 'i1'), ids(null, null, 'i2'), 2],
  ])('%s', async (_name, first, second, requests) => {
    expect(
      await recordsOf(ledger(record(first), record({ request_id: 'between' }), record(second))),
    ).toHaveLength(requests + 1);
  });

  const merged = async (...lines: readonly Partial<PartialRecord>[]) => {
    const all = await recordsOf(ledger(...lines.map((line) => record({ request_id: 'r', ...line }))));
    expect(all).toHaveLength(1);
    return all[0];
  };

  it('become one, the last state', async () =>
    expect(
      await merged(
        { output_tokens: 5, cost_usd: 0.1, status: 'cancelled' },
        { output_tokens: 50, cost_usd: 1 },
      ),
    ).toMatchObject({ output_tokens: 50, cost_usd: 1, status: 'success' }));

  it('never lose the ticket to a later line without one', async () =>
    expect(
      await merged(
        { ticket_id: 'FEAT-001', gate: 'plan', attributed_by: 'session' },
        { attributed_by: 'none' },
      ),
    ).toMatchObject({ ticket_id: 'FEAT-001', gate: 'plan', attributed_by: 'session' }));

  it('take a ticket that a later line brings', async () =>
    expect(
      await merged({ attributed_by: 'none' }, { ticket_id: 'FEAT-002', gate: 'lint', attributed_by: 'file' }),
    ).toMatchObject({ ticket_id: 'FEAT-002', gate: 'lint', attributed_by: 'file' }));

  it('keep the attribution of the better rule as a whole', async () =>
    expect(
      await merged(
        { ticket_id: 'FEAT-001', gate: null, attributed_by: 'agent' },
        { ticket_id: 'FEAT-002', gate: 'lint', attributed_by: 'file' },
      ),
    ).toMatchObject({ ticket_id: 'FEAT-001', gate: null, attributed_by: 'agent' }));

  it('keep what only one of them knows, and the time when the request began', async () =>
    expect(
      await merged(
        { latency_ms: 900, tier: 'cheap', ts: '2026-11-21T10:00:00.000Z' },
        { latency_ms: null, session_id: 's', ts: '2026-11-21T10:00:09.000Z' },
      ),
    ).toMatchObject({ latency_ms: 900, tier: 'cheap', session_id: 's', ts: '2026-11-21T10:00:00.000Z' }));

  it('keep a known cost only while the usage is the same', async () => {
    expect(await merged({ cost_usd: 1 }, { cost_usd: null })).toMatchObject({ cost_usd: 1 });
    expect(await merged({ cost_usd: 1 }, { cost_usd: null, output_tokens: 999 })).toMatchObject({
      cost_usd: null,
    });
  });

  it('count once, however often and in whatever order their lines come (law)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 200 }), async (requests) => {
        const file = path.join(tempDir(), 'l.jsonl');
        writeFileSync(file, jsonl(...requests.map((n) => record({ request_id: `r${n}`, output_tokens: n }))));
        const all = await recordsOf(file);
        expect(all.map(({ request_id }) => request_id).sort()).toEqual(
          [...new Set(requests)].map((n) => `r${n}`).sort(),
        );
      }),
      { numRuns: 40 },
    );
  });
});

describe('lines of earlier tools', () => {
  it.each([
    [
      'the documented line, whose input has the cache in it',
      {
        timestamp: '2026-02-20T10:00:00',
        workflow: 'implementer',
        phase: 'plan',
        ticket_id: 'FEAT-001',
        model_alias: 'cheap',
        provider: 'anthropic',
        model: 'claude-haiku-4-5',
        input_tokens: 100,
        output_tokens: 20,
        cached_input_tokens: 40,
        cost_usd: 0.01,
        cache_hit: true,
        batch_job_id: 'b',
        escalation_reason: null,
        status: 'success',
      },
      {
        ts: '2026-02-20T10:00:00.000Z',
        ticket_id: 'FEAT-001',
        gate: 'plan',
        tier: 'cheap',
        model: 'claude-haiku-4-5',
        input_tokens: 60,
        cache_read_tokens: 40,
        cost_usd: 0.01,
        batch_job_id: 'b',
        skill: 'implementer',
      },
    ],
    [
      "the implementer's first",
      {
        ticket_id: 'BUG-2',
        gate: 'lint',
        model: 'sonnet',
        input_tokens: 5,
        output_tokens: 6,
        date: '2026-02-20',
      },
      { ts: '2026-02-20T00:00:00.000Z', gate: 'lint', model: 'sonnet', input_tokens: 5, cost_usd: null },
    ],
    [
      "the implementer's second",
      {
        ticket_id: 'BUG-2',
        gate: 'implement',
        requested_model: 'free',
        actual_model: 'claude-haiku-4-5',
        escalated: true,
        input_tokens: 1000,
        output_tokens: 6,
        cache_read_tokens: 500,
        cache_creation_tokens: 100,
        cache_hit_rate: 0.5,
        cost_usd: 0.2,
        ollama_attempted: true,
        ollama_fallback: true,
        date: '2026-02-20T10:00:00+02:00',
      },
      {
        ts: '2026-02-20T08:00:00.000Z',
        requested_model: 'free',
        model: 'claude-haiku-4-5',
        input_tokens: 400,
        cache_read_tokens: 500,
        cache_write_5m_tokens: 100,
        escalation_reason: 'escalated',
        fallback_from: 'ollama',
        price_source: 'import',
      },
    ],
    [
      'the fast path, which says no time',
      {
        ticket_id: 'FEAT-3',
        pipeline: 'fast',
        model: 'claude-haiku-4-5',
        cost_usd: 0.3,
        escalated_to_full: false,
      },
      { ts: '', ticket_id: 'FEAT-3', cost_usd: 0.3, escalation_reason: null },
    ],
    [
      'the request log',
      {
        id: 'c0ffee',
        project_id: 'p',
        chat_id: 'c',
        status: 'timeout',
        timestamp_start: '2026-02-20T10:00:00Z',
        model: 'gpt-4',
        usage: { prompt_tokens: 100, completion_tokens: 50 },
        timings: { latency_ms: 0 },
        error: null,
      },
      {
        id: 'c0ffee',
        project: 'p',
        session_id: 'c',
        status: 'error',
        failure_type: 'timeout',
        input_tokens: 100,
        output_tokens: 50,
        latency_ms: 0,
      },
    ],
    [
      'the request log with a total only',
      {
        id: 'x',
        status: 'success',
        timestamp_start: '2026-02-20',
        model: 'm',
        usage: { total_tokens: 70 },
        latency_ms: 5,
      },
      { input_tokens: 70, output_tokens: 0, latency_ms: 5, failure_type: null },
    ],
    [
      'a request that was begun and not ended',
      { id: 'x', status: 'pending', timestamp_start: '2026-02-20', model: 'm' },
      { status: 'cancelled', failure_type: 'pending' },
    ],
  ])('%s', async (_name, line, expected) => {
    expect(await recordsOf(ledger(line))).toEqual([
      expect.objectContaining({ ...expected, source: 'import' }),
    ]);
  });

  it('become one record when they are of one request (begun, then ended)', async () => {
    const begun = { id: 'x', status: 'pending', timestamp_start: '2026-02-20T10:00:00Z', model: 'm' };
    const ended = { ...begun, status: 'success', usage: { prompt_tokens: 1, completion_tokens: 2 } };
    expect(await recordsOf(ledger(begun, ended))).toEqual([
      expect.objectContaining({ status: 'success', failure_type: null, output_tokens: 2 }),
    ]);
  });

  it('stay two when two lines without ids are equal', async () => {
    const line = { ticket_id: 'BUG-2', gate: 'lint', model: 'sonnet', cost_usd: 1, date: '2026-02-20' };
    expect(await recordsOf(ledger(line, line))).toHaveLength(2);
  });

  it('are told apart from requests when they are about findings', async () => {
    const sentinel = { skill: 'sentinel', commit: 'abc', tickets_created: 2, date: '2026-02-20' };
    expect(await itemsOf(ledger(sentinel))).toEqual([
      { otherLine: { line: 1, reason: 'is about the skill sentinel, not about a request' } },
    ]);
  });
});
