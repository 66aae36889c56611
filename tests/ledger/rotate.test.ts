import { appendFileSync, existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { appendRecord } from '../../src/ledger/append.ts';
import { rotateIfDue } from '../../src/ledger/rotate.ts';
import { segmentFiles } from '../../src/ledger/segments.ts';
import { LineLog } from '../../src/platform/line-log.ts';
import { script } from '../support/script.ts';
import { tempDir } from '../support/temp.ts';
import { itemsOf, jsonl, record, recordsOf } from './support.ts';

const october = new Date('2026-10-31T23:59:59.000Z');
const november = new Date('2026-11-01T00:00:00.000Z');

/** A ledger with one record, last written to at `when`. */
function ledgerOf(when: Date, request_id = 'r1'): string {
  const file = path.join(tempDir(), 'usage-ledger.jsonl');
  writeFileSync(file, jsonl(record({ request_id })));
  utimesSync(file, when, when);
  return file;
}
const names = (file: string) => readdirSync(path.dirname(file)).sort();

describe('the rotation of a ledger', () => {
  it('moves it aside in a new month, under the month of its last record', () => {
    const file = ledgerOf(october);
    expect(rotateIfDue(file, october)).toBe(false);
    expect(rotateIfDue(file, november)).toBe(true);
    expect(names(file)).toEqual(['usage-ledger-2026-10.jsonl']);
  });

  it('moves it aside when it is too large, and numbers the files of a month', async () => {
    const file = ledgerOf(october);
    expect(rotateIfDue(file, october, 10_000)).toBe(false);
    for (let n = 2; n <= 12; n += 1) {
      expect(rotateIfDue(file, october, 100)).toBe(true);
      writeFileSync(file, jsonl(record({ request_id: `r${n}` })));
      utimesSync(file, october, october);
    }
    expect(segmentFiles(file).map((name) => path.basename(name))).toEqual([
      'usage-ledger-2026-10.jsonl',
      ...Array.from({ length: 10 }, (_, index) => `usage-ledger-2026-10-${index + 2}.jsonl`),
      'usage-ledger.jsonl',
    ]);
    expect((await recordsOf(file)).map(({ request_id }) => request_id)).toEqual(
      Array.from({ length: 12 }, (_, index) => `r${index + 1}`),
    );
  });

  it('is done by an append, and what is appended is in the new file', async () => {
    const file = ledgerOf(new Date('2020-01-15T00:00:00.000Z'));
    appendRecord(file, record({ request_id: 'r2' }));
    expect(names(file)).toEqual(['usage-ledger-2020-01.jsonl', 'usage-ledger.jsonl']);
    expect((await recordsOf(file)).map(({ request_id }) => request_id)).toEqual(['r1', 'r2']);
  });

  it('joins the lines of a request that lie in two files, and names the file of a bad line', async () => {
    const file = ledgerOf(october);
    appendFileSync(file, '{"torn');
    rotateIfDue(file, new Date('2199-01-01'));
    appendRecord(file, record({ request_id: 'r1', cost_usd: 9 }));
    expect(await itemsOf(file)).toEqual([
      { badLine: { line: 2, reason: 'is no JSON object' } },
      { record: expect.objectContaining({ request_id: 'r1', cost_usd: 9 }) },
    ]);
  });

  it('leaves other files alone', async () => {
    const file = ledgerOf(october);
    for (const name of ['usage-ledger-old.jsonl', 'usage-ledger-2026-10.jsonl.bak', 'other-2026-10.jsonl'])
      writeFileSync(path.join(path.dirname(file), name), jsonl(record()));
    expect(await recordsOf(file)).toHaveLength(1);
  });

  it('is followed by a writer that keeps the file open', async () => {
    const file = ledgerOf(october);
    const log = new LineLog(file);
    log.append(jsonl(record({ request_id: 'r2' })));
    rotateIfDue(file, new Date('2199-01-01'));
    log.append(jsonl(record({ request_id: 'r3' })));
    log.close();
    expect(existsSync(file)).toBe(true);
    expect((await recordsOf(file)).map(({ request_id }) => request_id)).toEqual(['r1', 'r2', 'r3']);
  });

  it('is not done while another process does it, and is when that one has died', () => {
    const file = ledgerOf(october);
    writeFileSync(
      `${file}.lock`,
      JSON.stringify({ pid: 4_000_000, started: '0', host: 'elsewhere', token: 't' }),
    );
    expect(rotateIfDue(file, november)).toBe(false);
    writeFileSync(`${file}.lock`, 'no lock of ours');
    expect(rotateIfDue(file, november)).toBe(true);
  });

  it('never stands in the way of a record', async () => {
    const file = ledgerOf(new Date('2020-01-15T00:00:00.000Z'));
    mkdirSync(`${file}.lock`);
    appendRecord(file, record({ request_id: 'r2' }));
    expect(await recordsOf(file)).toHaveLength(2);
  });

  it('loses nothing when 32 processes write and rotate at once', async () => {
    const folder = tempDir();
    const file = path.join(folder, 'usage-ledger.jsonl');
    const run = await script(
      folder,
      { 'appendRecord, newRecord': 'ledger/append.ts', rotateIfDue: 'ledger/rotate.ts' },
      `const [, , file, writer] = process.argv;
       for (let n = 0; n < 20; n += 1) {
         rotateIfDue(file, new Date(), 30_000);
         appendRecord(file, newRecord({ source: 'gateway', request_id: writer + '-' + n }));
       }`,
    );
    const ended = await Promise.all(Array.from({ length: 32 }, (_, writer) => run(file, `w${writer}`)));
    expect(ended.map(({ exitCode }) => exitCode)).toEqual(Array(32).fill(0));
    expect(segmentFiles(file).length).toBeGreaterThan(5);
    const items = await itemsOf(file);
    expect(items.filter((item) => !('record' in item))).toEqual([]);
    expect(items).toHaveLength(32 * 20);
  });
});
