import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  FileSystemError,
  getStats,
  type LLMRequestLogEntry,
  logLLMRequest,
  NotFoundError,
  type StatsScope,
  ValidationError,
} from '../../src/ledger/library.ts';
import { tempDir, writeFiles } from '../support/temp.ts';
import { jsonl } from './support.ts';

const entry: LLMRequestLogEntry = {
  project_id: 'p',
  chat_id: 'c',
  model: 'claude-sonnet-4-6',
  status: 'success',
  timestamp_start: '2026-11-21T10:00:00Z',
  usage: { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 },
  timings: { latency_ms: 1000 },
};
const project: StatsScope = { type: 'project', projectId: 'p' };
const place = () => ({ ledger: path.join(tempDir(), 'usage-ledger.jsonl') });
const linesOf = ({ ledger }: { ledger: string }) => readFileSync(ledger, 'utf8').trim().split('\n');

describe('logLLMRequest', () => {
  it('writes one line, and answers with id and start', () => {
    const where = place();
    expect(logLLMRequest({ ...entry, id: 'given' }, where)).toEqual({
      id: 'given',
      logged: true,
      timestamp: '2026-11-21T10:00:00.000Z',
    });
    expect(logLLMRequest(entry, where).id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(linesOf(where).map((line) => JSON.parse(line).model)).toEqual([entry.model, entry.model]);
  });

  it('writes into the ledger of the project around a folder', () => {
    const root = tempDir();
    writeFiles(root, { 'backlog.config.json': '{}', 'src/a.ts': '' });
    logLLMRequest(entry, { cwd: path.join(root, 'src') });
    expect(linesOf({ ledger: path.join(root, '.backlog-ops/usage-ledger.jsonl') })).toHaveLength(1);
  });

  it('changes nothing of the entry, and keeps only what the ledger has', () => {
    const where = place();
    const given = Object.freeze({ ...entry, response_content: 'a secret' });
    logLLMRequest(given, where);
    expect(linesOf(where)[0]).not.toContain('secret');
  });

  it.each<[string, object]>([
    ['invalid-project-id', { project_id: '' }],
    ['invalid-project-id', { project_id: undefined }],
    ['invalid-chat-id', { chat_id: ' ' }],
    ['invalid-model', { model: 7 }],
    ['invalid-status', { status: 'done' }],
    ['invalid-time', { timestamp_start: 'now' }],
    ['invalid-time', { timestamp_end: '2026-11-21T09:59:59Z' }],
    ['invalid-usage', { usage: { prompt_tokens: -1 } }],
    ['invalid-usage', { latency_ms: Number.NaN, timings: undefined }],
    ['invalid-http-status', { http_status: 99 }],
  ])('refuses %s %o, and writes nothing', (code, wrong) => {
    const where = place();
    const call = () => logLLMRequest({ ...entry, ...wrong }, where);
    expect(call).toThrowError(ValidationError);
    expect(call).toThrowError(expect.objectContaining({ code }));
    expect(() => linesOf(where)).toThrow();
  });

  it('says when there is no project, and when the ledger cannot be written', () => {
    expect(() => logLLMRequest(entry, { cwd: tempDir() })).toThrowError(NotFoundError);
    const where = place();
    mkdirSync(where.ledger);
    expect(() => logLLMRequest(entry, where)).toThrowError(FileSystemError);
  });

  it('makes one request of what was begun and then ended', () => {
    const where = place();
    const { id } = logLLMRequest({ ...entry, status: 'pending', usage: undefined } as never, where);
    expect(getStats(project, {}, where).summary).toMatchObject({ totalRequests: 1, failedRequests: 1 });
    logLLMRequest({ ...entry, id }, where);
    expect(getStats(project, {}, where).summary).toMatchObject({ totalRequests: 1, failedRequests: 0 });
  });

  it('keeps what has ended, with its tokens and cost, when its beginning is logged late', () => {
    const where = place();
    const { id } = logLLMRequest(entry, where);
    const before = getStats(project, {}, where).summary;
    expect(before).toMatchObject({ successfulRequests: 1, totalTokens: 150 });
    logLLMRequest({ ...entry, id, status: 'pending', usage: undefined, timings: undefined } as never, where);
    expect(getStats(project, {}, where).summary).toEqual(before);
  });
});

describe('getStats', () => {
  /** 150 tokens in 1000 ms, 300 in 2000 ms, an error after 500 ms. */
  function filled() {
    const where = place();
    logLLMRequest(entry, where);
    logLLMRequest(
      { ...entry, usage: { prompt_tokens: 200, completion_tokens: 100 }, timings: { latency_ms: 2000 } },
      where,
    );
    logLLMRequest(
      { ...entry, model: 'gpt-x', status: 'error', usage: {}, timings: { latency_ms: 500 } },
      where,
    );
    return where;
  }

  it('counts, with derived totals, one average and the price of each model', () =>
    expect(getStats(project, { groupBy: 'model' }, filled())).toMatchObject({
      period: { from: '2026-11-21T10:00:00.000Z', to: '2026-11-21T10:00:00.000Z' },
      summary: {
        totalRequests: 3,
        successfulRequests: 2,
        failedRequests: 1,
        totalTokens: 450,
        promptTokens: 300,
        completionTokens: 150,
        averageLatencyMs: 1167,
        // 300 at 3 USD and 150 at 15 USD a million.
        estimatedCost: 0.00315,
      },
      breakdown: [
        { model: 'claude-sonnet-4-6', requests: 2, tokens: 450, averageLatencyMs: 1500 },
        { model: 'gpt-x', requests: 1, tokens: 0, averageLatencyMs: 500 },
      ],
      models: { 'claude-sonnet-4-6': { requests: 2, tokens: 450 } },
      badLines: 0,
    }));

  it('groups by periods of UTC', () =>
    expect(getStats(project, { groupBy: 'month' }, filled()).breakdown).toEqual([
      { period: '2026-11', requests: 3, tokens: 450, successfulRequests: 2, failedRequests: 1 },
    ]));

  it.each<[StatsScope, number]>([
    [{ type: 'global' }, 3],
    [{ type: 'project', projectId: 'other' }, 0],
    [{ type: 'chat', projectId: 'p', chatId: 'c' }, 3],
    [{ type: 'chat', projectId: 'other', chatId: 'c' }, 0],
    [{ type: 'chat', projectId: 'p', chatId: 'd' }, 0],
  ])('of %o', (scope, requests) =>
    expect(getStats(scope, {}, filled()).summary.totalRequests).toBe(requests),
  );

  it('takes both dates in', () => {
    const where = filled();
    const total = (fromDate: string, toDate: string) =>
      getStats(project, { fromDate, toDate }, where).summary.totalRequests;
    expect(total('2026-11-21', '2026-11-21')).toBe(3);
    expect(total('2026-11-22', '2026-11-23')).toBe(0);
  });

  it.each<[string, unknown, unknown]>([
    ['invalid-scope', { type: 'galaxy' }, {}],
    ['invalid-project-id', { type: 'project' }, {}],
    ['invalid-chat-id', { type: 'chat', projectId: 'p' }, {}],
    ['invalid-time', { type: 'global' }, { fromDate: 'soon' }],
    ['invalid-group-by', { type: 'global' }, { groupBy: 'moon' }],
  ])('refuses %s', (code, scope, options) => {
    const call = () => getStats(scope as StatsScope, options as object, place());
    expect(call).toThrowError(ValidationError);
    expect(call).toThrowError(expect.objectContaining({ code }));
  });

  it('is zeros without a ledger, and counts lines that cannot be read', () => {
    expect(getStats({ type: 'global' }, {}, place())).toMatchObject({
      summary: { totalRequests: 0, averageLatencyMs: 0, estimatedCost: 0 },
      breakdown: [],
    });
    const where = place();
    writeFileSync(
      where.ledger,
      jsonl('oops', { id: 'x', status: 'success', timestamp_start: 'never', model: 'm' }),
    );
    expect(getStats({ type: 'global' }, {}, where).badLines).toBe(2);
  });
});
