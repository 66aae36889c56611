import { appendFileSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { appendRecord, ledgerFile, newRecord } from '../../src/ledger/append.ts';
import { script } from '../support/script.ts';
import { tempDir } from '../support/temp.ts';
import { itemsOf, record, recordsOf } from './support.ts';

describe('appending to the ledger', () => {
  it('is in the project, and without one in the home folder', () => {
    expect(ledgerFile('/p/.backlog-ops', '/home/.backlog-toolkit')).toBe(
      '/p/.backlog-ops/usage-ledger.jsonl',
    );
    expect(ledgerFile(undefined, '/home/.backlog-toolkit')).toBe('/home/.backlog-toolkit/usage-ledger.jsonl');
  });

  it('gives back what was put in', async () => {
    const file = path.join(tempDir(), 'usage-ledger.jsonl');
    const written = record({ ticket_id: 'FEAT-001', gate: 'plan', request_id: 'req_1' });
    appendRecord(file, written);
    expect(await recordsOf(file)).toEqual([written]);
  });

  it.each([
    [8, 50],
    [32, 20],
  ])('keeps all lines whole when %i processes append %i records each at once', async (writers, each) => {
    const folder = tempDir();
    const file = path.join(folder, 'usage-ledger.jsonl');
    const run = await script(
      folder,
      { 'appendRecord, newRecord': 'ledger/append.ts' },
      `const [, , file, writer, each] = process.argv;
       for (let n = 0; n < Number(each); n += 1)
         appendRecord(file, newRecord({ source: 'gateway', request_id: writer + '-' + n, project: 'p'.repeat(n * 97) }));`,
    );
    const ended = await Promise.all(
      Array.from({ length: writers }, (_, writer) => run(file, `w${writer}`, String(each))),
    );
    expect(ended.map(({ exitCode }) => exitCode)).toEqual(Array(writers).fill(0));
    expect(
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    ).toHaveLength(writers * each);
    const items = await itemsOf(file);
    expect(items.filter((item) => !('record' in item))).toEqual([]);
    expect(new Set((await recordsOf(file)).map(({ request_id }) => request_id)).size).toBe(writers * each);
  });

  it('closes a line that a crash has torn off, so that the next record is not lost with it', async () => {
    const file = path.join(tempDir(), 'usage-ledger.jsonl');
    appendRecord(file, record({ request_id: 'a' }));
    appendFileSync(file, '{"v":1,"id":"torn');
    appendRecord(file, record({ request_id: 'b' }));
    expect((await recordsOf(file)).map(({ request_id }) => request_id)).toEqual(['a', 'b']);
    expect((await itemsOf(file)).filter((item) => 'badLine' in item)).toEqual([
      { badLine: { line: 2, reason: 'is no JSON object' } },
    ]);
  });

  it('makes a ledger in the home folder for its owner only', () => {
    const home = path.join(tempDir(), 'home');
    const file = ledgerFile(undefined, home);
    appendRecord(file, record(), home);
    expect([statSync(home).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o700, 0o600]);
  });

  it('says so when a record could not be written', () => {
    const file = path.join(tempDir(), 'usage-ledger.jsonl');
    mkdirSync(file);
    expect(() => appendRecord(file, record())).toThrowError(
      expect.objectContaining({
        code: 'ledger-write-failed',
        exitCode: 4,
        file,
        message: expect.stringContaining('the usage of one request is not in the ledger'),
      }),
    );
  });

  it('writes the fields of a record and nothing else: no prompt gets in', () => {
    const file = path.join(tempDir(), 'usage-ledger.jsonl');
    const withPrompt = { ...record(), prompt: 'a secret', messages: ['a secret'] };
    appendRecord(file, withPrompt);
    expect(readFileSync(file, 'utf8')).not.toContain('secret');
  });
});

describe('a new record', () => {
  it('is complete, with unknown values as null and an id of its own', () => {
    const made = newRecord({ source: 'llm-call' });
    expect(made).toMatchObject({
      v: 1,
      ticket_id: null,
      attributed_by: 'none',
      cost_usd: null,
      billing: 'unknown',
      input_tokens: 0,
    });
    expect(made.id).not.toBe(newRecord({ source: 'llm-call' }).id);
    expect(Object.values(made)).not.toContain(undefined);
  });

  it.each([
    ['NaN', Number.NaN],
    ['infinite', Number.POSITIVE_INFINITY],
    ['negative', -1],
  ])('takes a %s cost for unknown, not for money', (_name, cost_usd) =>
    expect(newRecord({ source: 'gateway', cost_usd }).cost_usd).toBeNull(),
  );
});
