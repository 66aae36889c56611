import { appendFileSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { appendRecord } from '../../src/ledger/append.ts';
import type { LedgerRecord } from '../../src/ledger/record.ts';
import { RunningSums } from '../../src/ledger/sums.ts';
import { LineLog } from '../../src/platform/line-log.ts';
import { script } from '../support/script.ts';
import { tempDir } from '../support/temp.ts';
import { jsonl, record } from './support.ts';

const now = new Date('2026-11-21T12:00:00.000Z');
const home = '/nowhere';

/** A process that writes to a ledger and sums it, as the gateway does. */
function writer() {
  const file = path.join(tempDir(), 'usage-ledger.jsonl');
  appendRecord(file, record({ request_id: 'first' }));
  const log = new LineLog(file);
  const sums = RunningSums.open(file, home, { keepsOpen: true });
  sums.refresh();
  onTestFinished(() => {
    sums.close();
    log.close();
  });
  const write = (...records: readonly LedgerRecord[]) => {
    const lines = records.map((one) => ({ record: one, bytes: Buffer.byteLength(jsonl(one)) }));
    sums.appended({ ...log.append(jsonl(...records)), lines });
  };
  const spent = () => {
    sums.refresh();
    const { usd, requests } = sums.spent({ kind: 'all' }, now);
    return { usd, requests };
  };
  return { file, sums, write, spent };
}

/** What reading the whole ledger gives. */
function whole(file: string) {
  const sums = RunningSums.open(file, home);
  sums.rebuild();
  const { usd, requests } = sums.spent({ kind: 'all' }, now);
  return { usd, requests };
}

it('counts the lines that it wrote without reading them', () => {
  const { file, write, spent } = writer();
  write(record({ cost_usd: 0.25, project: 'größe' }), record({ cost_usd: 0.25 }));
  // A sign that they are not read: they say something else now, as long as before.
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('"cost_usd":0.25', '"cost_usd":0.75'));
  expect(spent()).toEqual({ usd: 1, requests: 3 });
});

it('goes on from there for others, and knows its own lines again', () => {
  const { file, sums, write, spent } = writer();
  write(record({ request_id: 'r1', cost_usd: 1 }));
  expect(spent()).toEqual({ usd: 1.5, requests: 2 });
  write(record({ request_id: 'r2', cost_usd: 1 }), record({ request_id: 'r1', cost_usd: 3 }));
  expect(spent()).toEqual({ usd: 4.5, requests: 3 });
  sums.save();
  appendRecord(file, record({ request_id: 'r2', cost_usd: 2 }));
  const next = RunningSums.open(file, home);
  next.refresh();
  expect(next.spent({ kind: 'all' }, now)).toMatchObject({ usd: 5.5, requests: 3 });
});

it('reads the file when another process has appended in between', async () => {
  const { file, write, spent } = writer();
  const body = 'appendRecord(process.argv[2], JSON.parse(process.argv[3]));';
  const append = await script(tempDir(), { appendRecord: 'ledger/append.ts' }, body);
  write(record({ cost_usd: 1 }));
  expect(await append(file, JSON.stringify(record({ cost_usd: 2 })))).toMatchObject({ exitCode: 0 });
  write(record({ cost_usd: 4 }));
  expect(spent()).toEqual({ usd: 7.5, requests: 4 });
  write(record({ cost_usd: 8 }));
  expect(await append(file, JSON.stringify(record({ cost_usd: 16 })))).toMatchObject({ exitCode: 0 });
  expect(spent()).toEqual({ usd: 31.5, requests: 6 });
});

it('reads the file when another was quicker between the look at its size and the write', () => {
  const { file, sums, spent } = writer();
  const { size, ino } = statSync(file);
  const [mine, others] = [record({ cost_usd: 1 }), record({ cost_usd: 2 })];
  appendFileSync(file, jsonl(others, mine));
  sums.appended({
    inode: ino,
    offset: size,
    lines: [{ record: mine, bytes: Buffer.byteLength(jsonl(mine)) }],
  });
  expect(spent()).toEqual({ usd: 3.5, requests: 3 });
});

it('is what reading the whole ledger gives, whoever writes, tears and rotates (law)', () => {
  const cost = fc.record({ request: fc.nat(12), cents: fc.nat(500) });
  const step = fc.oneof(
    { weight: 8, arbitrary: cost.map((one) => ({ by: 'own' as const, ...one })) },
    { weight: 2, arbitrary: cost.map((one) => ({ by: 'other' as const, ...one })) },
    { weight: 4, arbitrary: fc.constant('sum' as const) },
    { weight: 1, arbitrary: fc.constant('save' as const) },
    { weight: 1, arbitrary: fc.constant('tear' as const) },
    { weight: 1, arbitrary: fc.constant('rotate' as const) },
  );
  const cents = ({ usd, requests }: { usd: number; requests: number }) => [Math.round(usd * 100), requests];
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
      const { file, sums, write, spent } = writer();
      let rotations = 0;
      for (const one of steps) {
        if (one === 'sum') expect(cents(spent())).toEqual(cents(whole(file)));
        else if (one === 'save') sums.save();
        else if (one === 'tear') appendFileSync(file, '{"v":1,"id":"torn');
        else if (one === 'rotate') {
          rotations += 1;
          renameSync(file, file.replace('.jsonl', `-2026-10-${rotations}.jsonl`));
          write(record({ request_id: `after-${rotations}` }));
        } else {
          const line = record({ request_id: `r${one.request}`, cost_usd: one.cents / 100 });
          if (one.by === 'own') write(line);
          else appendRecord(file, line);
        }
      }
      expect(cents(spent())).toEqual(cents(whole(file)));
    }),
    { numRuns: 60 },
  );
});
