import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendRecord } from '../../src/ledger/append.ts';
import type { PartialRecord } from '../../src/ledger/record.ts';
import { RunningSums, type SpentScope } from '../../src/ledger/sums.ts';
import { script } from '../support/script.ts';
import { tempDir } from '../support/temp.ts';
import { jsonl, record, recordsOf } from './support.ts';

const now = new Date('2026-11-21T12:00:00.000Z');
const home = '/nowhere';

function ledger(): string {
  return path.join(tempDir(), 'usage-ledger.jsonl');
}
const add = (file: string, known: Partial<PartialRecord> = {}) => appendRecord(file, record(known));

/** What a process that starts now sees, and leaves behind. */
function seen(file: string, scope: SpentScope = { kind: 'all' }) {
  const sums = RunningSums.open(file, home);
  sums.refresh();
  sums.save();
  return sums.spent(scope, now);
}

describe('running sums', () => {
  it('are zero without a ledger', () =>
    expect(seen(ledger())).toMatchObject({ usd: 0, tokens: 0, requests: 0, unpriced: 0 }));

  it.each<[SpentScope, number]>([
    [{ kind: 'all' }, 1.5],
    [{ kind: 'day' }, 1.25],
    [{ kind: 'day', id: '2026-11-20' }, 0.25],
    [{ kind: 'month' }, 1.5],
    [{ kind: 'month', id: '2026-10' }, 0],
    [{ kind: 'session', id: 's1' }, 1.25],
    [{ kind: 'ticket', id: 'FEAT-001' }, 1],
    [{ kind: 'ticket' }, 0.5],
    [{ kind: 'gate', id: 'FEAT-001/plan' }, 1],
    [{ kind: 'gate', id: 'FEAT-001/lint' }, 0],
    [{ kind: 'unattributed' }, 0.25],
  ])('of %o are %d USD', (scope, usd) => {
    const file = ledger();
    add(file, { session_id: 's1', ticket_id: 'FEAT-001', gate: 'plan', cost_usd: 1 });
    add(file, { session_id: 's1', cost_usd: 0.25 });
    add(file, { session_id: 's2', cost_usd: 0.25, ts: '2026-11-20T23:59:59.999Z' });
    expect(seen(file, scope).usd).toBe(usd);
    expect(seen(file, scope).usd).toBe(usd);
  });

  it('count tokens, and requests without a price', () => {
    const file = ledger();
    add(file, { cost_usd: null, input_tokens: 1, cache_read_tokens: 20, cache_write_1h_tokens: 300 });
    expect(seen(file)).toEqual({
      usd: 0,
      tokens: 341,
      requests: 1,
      unpriced: 1,
      unpriced_input_tokens: 321,
      unpriced_output_tokens: 20,
    });
  });

  it('fold only what came since the checkpoint', () => {
    const file = ledger();
    add(file);
    seen(file);
    // A sign that the first line is not read again: it is another one now, as long as the old.
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('"cost_usd":0.5', '"cost_usd":0.7'));
    add(file);
    expect(seen(file).usd).toBe(1);
  });

  it('count a request once whose later line comes in a later run', () => {
    const file = ledger();
    add(file, { request_id: 'r1', cost_usd: 1, ticket_id: 'FEAT-001', gate: 'plan', attributed_by: 'agent' });
    add(file, { request_id: 'r2', cost_usd: 1 });
    expect(seen(file).usd).toBe(2);
    add(file, { request_id: 'r1', cost_usd: 3, source: 'transcript' });
    expect(seen(file)).toMatchObject({ usd: 4, requests: 2 });
    expect(seen(file, { kind: 'ticket', id: 'FEAT-001' }).usd).toBe(3);
    add(file, { request_id: 'r1', cost_usd: 5 });
    expect(seen(file)).toMatchObject({ usd: 6, requests: 2 });
    expect(seen(file, { kind: 'ticket' }).usd).toBe(1);
  });

  it('follow the ledger through a rotation, late lines of the old file included', () => {
    const file = ledger();
    add(file, { request_id: 'r1', cost_usd: 1 });
    expect(seen(file).usd).toBe(1);
    add(file, { request_id: 'r2', cost_usd: 1 });
    const old = file.replace('.jsonl', '-2026-10.jsonl');
    renameSync(file, old);
    appendFileSync(old, jsonl(record({ request_id: 'r3', cost_usd: 1 })));
    add(file, { request_id: 'r1', cost_usd: 2 });
    add(file, { request_id: 'r4', cost_usd: 1 });
    expect(seen(file)).toMatchObject({ usd: 5, requests: 4 });
    renameSync(file, file.replace('.jsonl', '-2026-11.jsonl'));
    expect(seen(file)).toMatchObject({ usd: 5, requests: 4 });
  });

  it('leave a line that is still being written for the next time', () => {
    const file = ledger();
    add(file);
    const line = jsonl(record({ cost_usd: 2 }));
    appendFileSync(file, line.slice(0, 100));
    expect(seen(file).usd).toBe(0.5);
    appendFileSync(file, line.slice(100));
    expect(seen(file).usd).toBe(2.5);
  });

  it.each<[string, (file: string) => void]>([
    ['cut', (file) => writeFileSync(file, jsonl(record({ cost_usd: 7 })))],
    ['removed', (file) => rmSync(file)],
    ['replaced by a longer one', (file) => writeFileSync(file, jsonl(...Array(9).fill(record())))],
  ])('begin anew when the ledger was %s', (_name, change) => {
    const file = ledger();
    for (let n = 0; n < 3; n += 1) add(file);
    seen(file);
    change(file);
    const fresh = path.join(tempDir(), 'usage-ledger.jsonl');
    try {
      writeFileSync(fresh, readFileSync(file));
    } catch {
      // Removed: nothing is there either.
    }
    expect(seen(file)).toEqual(seen(fresh));
  });

  it.each(['', '\n', 'no json', '{"v":1}', '{"v":1}\n', '{"v":2}\n'])(
    'begin anew with a checkpoint that is %j',
    (text) => {
      const file = ledger();
      add(file);
      seen(file);
      writeFileSync(path.join(path.dirname(file), 'cache/sums.bin'), text);
      expect(seen(file).usd).toBe(0.5);
    },
  );

  it('begin anew with a checkpoint that was cut', () => {
    const file = ledger();
    add(file);
    seen(file);
    const checkpoint = path.join(path.dirname(file), 'cache/sums.bin');
    writeFileSync(checkpoint, readFileSync(checkpoint).subarray(0, -1));
    add(file);
    expect(seen(file).usd).toBe(1);
  });

  it('read in portions when asked to', () => {
    const file = ledger();
    for (let n = 0; n < 2_000; n += 1) appendFileSync(file, jsonl(record({ request_id: `r${n}` })));
    const sums = RunningSums.open(file, home);
    expect(sums.refresh(100_000)).toBe(false);
    const first = sums.spent({ kind: 'all' }, now).usd;
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(1_000);
    sums.save();
    expect(seen(file).usd).toBe(1_000);
  });

  it('are exact after `rebuild`, however far apart the lines of a request lie', () => {
    const file = ledger();
    const lines = Array.from({ length: 9_000 }, (_, n) => record({ request_id: `r${n}`, cost_usd: 0.001 }));
    writeFileSync(file, jsonl(record({ request_id: 'old', cost_usd: 1 }), ...lines));
    expect(seen(file).usd).toBe(10);
    add(file, { request_id: 'old', cost_usd: 1 });
    // Too far back to be recognised: never too low.
    expect(seen(file).usd).toBe(11);
    const sums = RunningSums.open(file, home);
    sums.rebuild();
    expect(sums.spent({ kind: 'all' }, now)).toMatchObject({ usd: 10, requests: 9_001 });
  });

  describe('of two processes', () => {
    /** A ledger whose first request comes again when it is too far back to be recognised. */
    function counted(): { file: string; running: RunningSums } {
      const file = ledger();
      const lines = Array.from({ length: 9_000 }, (_, n) => record({ request_id: `r${n}`, cost_usd: 0.001 }));
      writeFileSync(file, jsonl(record({ request_id: 'old', cost_usd: 1 }), ...lines));
      seen(file);
      const running = RunningSums.open(file, home);
      add(file, { request_id: 'old', cost_usd: 1 });
      running.refresh();
      expect(running.spent({ kind: 'all' }, now).usd).toBe(11);
      return { file, running };
    }
    const rebuild = async (file: string) => {
      const body = `const sums = RunningSums.open(...process.argv.slice(2));
        sums.rebuild();
        sums.save();`;
      const run = await script(tempDir(), { RunningSums: 'ledger/sums.ts' }, body);
      expect(await run(file, home)).toMatchObject({ exitCode: 0 });
    };

    it.each(['nothing', 'a rotation'])(
      'keep what the other has rebuilt, with %s in between',
      async (between) => {
        const { file, running } = counted();
        await rebuild(file);
        if (between === 'a rotation') renameSync(file, file.replace('.jsonl', '-2026-10.jsonl'));
        add(file, { request_id: 'new', cost_usd: 0.5 });
        running.refresh();
        running.save();
        expect(running.spent({ kind: 'all' }, now)).toMatchObject({ usd: 10.5, requests: 9_002 });
        expect(seen(file)).toMatchObject({ usd: 10.5, requests: 9_002 });
      },
    );

    it('keep what a longer running one has read further', () => {
      const file = ledger();
      add(file);
      const early = RunningSums.open(file, home);
      early.refresh();
      add(file);
      seen(file);
      const checkpoint = path.join(path.dirname(file), 'cache/sums.bin');
      const further = readFileSync(checkpoint);
      early.save();
      expect(readFileSync(checkpoint)).toEqual(further);
      expect(early.spent({ kind: 'all' }, now).usd).toBe(1);
    });

    it('replace what was read of a ledger that was cut since', () => {
      const { file, running } = counted();
      writeFileSync(file, jsonl(record({ cost_usd: 7 })));
      running.refresh();
      running.save();
      expect(seen(file).usd).toBe(7);
    });
  });

  it('are what reading the whole ledger gives, wherever the runs begin and the files are cut (law)', async () => {
    const step = fc.oneof(
      { weight: 8, arbitrary: fc.record({ request: fc.nat(15), cents: fc.nat(500), ticket: fc.nat(3) }) },
      { weight: 1, arbitrary: fc.constant('run' as const) },
      { weight: 1, arbitrary: fc.constant('rotate' as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const file = ledger();
        add(file, { request_id: 'first' });
        let rotations = 0;
        for (const one of steps) {
          if (one === 'run') seen(file);
          else if (one === 'rotate') {
            rotations += 1;
            renameSync(file, file.replace('.jsonl', `-2026-10-${rotations}.jsonl`));
            add(file, { request_id: `after-${rotations}` });
          } else
            add(file, {
              request_id: `r${one.request}`,
              cost_usd: one.cents / 100,
              ...(one.ticket === 0 ? {} : { ticket_id: `T-${one.ticket}`, attributed_by: 'agent' }),
            });
        }
        const requests = await recordsOf(file);
        const cents = (chosen: typeof requests) =>
          Math.round(chosen.reduce((sum, { cost_usd }) => sum + (cost_usd ?? 0), 0) * 100);
        const all = seen(file);
        expect([Math.round(all.usd * 100), all.requests]).toEqual([cents(requests), requests.length]);
        for (const ticket of ['T-1', 'T-2', 'T-3'])
          expect(Math.round(seen(file, { kind: 'ticket', id: ticket }).usd * 100)).toBe(
            cents(requests.filter(({ ticket_id }) => ticket_id === ticket)),
          );
      }),
      { numRuns: 60 },
    );
  });
});
