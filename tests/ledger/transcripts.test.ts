import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costReport } from '../../src/ledger/report.ts';
import { type AttributedRow, type IngestRequest, ingestTranscript } from '../../src/ledger/transcripts.ts';
import { repositoryRoot } from '../support/cli.ts';
import { script } from '../support/script.ts';
import { tempDir, writeFiles } from '../support/temp.ts';
import { jsonl, recordsOf } from './support.ts';

const fixtures = path.join(repositoryRoot, 'tests/fixtures/transcripts');
const real = [
  ['foreground', 'e1d27c00-4037-4e89-9bf3-4b65a9bd94fc'],
  ['background', '37888975-7c96-42d4-b079-735b325f0562'],
  ['nested', '5fd7f9ee-ad08-406d-82e0-3f3204509030'],
] as const;

const nobody = () => ({ context: undefined, attributed_by: 'none' });

function setting(name = 'session.jsonl', known: Partial<IngestRequest> = {}): IngestRequest {
  const folder = tempDir();
  return {
    transcriptFile: path.join(folder, name),
    sessionId: 'session',
    ledger: path.join(folder, 'usage-ledger.jsonl'),
    cursorDir: path.join(folder, 'cursors'),
    attribute: nobody,
    maxBytes: 1024 * 1024,
    billing: 'api',
    home: path.join(folder, 'home'),
    ...known,
  };
}

/** A row of an answer, as the client writes one for each content block. */
function row(requestId: string | undefined, output: number, more: object = {}): object {
  return {
    type: 'assistant',
    uuid: `u-${requestId}-${output}`,
    sessionId: 'session',
    isSidechain: false,
    timestamp: '2026-11-21T10:00:00.000Z',
    ...(requestId ? { requestId } : {}),
    message: {
      id: `msg-${requestId}`,
      model: 'claude-opus-5-5',
      role: 'assistant',
      content: [{ type: 'text', text: 'ä "assistant" €' }],
      usage: {
        input_tokens: 10,
        output_tokens: output,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
      },
    },
    ...more,
  };
}

/** Reads until there is nothing more. */
async function readAll(request: IngestRequest): Promise<number> {
  let records = 0;
  for (let calls = 0; calls < 10_000; calls += 1) {
    const result = await ingestTranscript(request);
    records += result.records;
    if (!result.moreToRead) return records;
  }
  throw new Error('never comes to an end');
}

describe('agents that are left for a later call', () => {
  it('are read then from their beginning, once, and nobody else waits for them', async () => {
    const request = setting();
    const folder = path.dirname(request.transcriptFile);
    const agent = (id: string) => jsonl(row(`req-${id}`, 5, { agentId: id }));
    writeFiles(folder, {
      'session.jsonl': jsonl(row('req-main', 5)),
      'session/subagents/agent-aopen.jsonl': agent('aopen'),
      'session/subagents/agent-aknown.jsonl': agent('aknown'),
    });
    const agents = async () => (await recordsOf(request.ledger)).map((record) => record.agent_id);
    await readAll({ ...request, later: (agentId) => agentId === 'aopen' });
    expect(await agents()).toEqual([null, 'aknown']);
    await readAll(request);
    await readAll(request);
    expect(await agents()).toEqual([null, 'aknown', 'aopen']);
  });
});

describe('transcripts of the real client', () => {
  it.each(real)('%s: main thread and subagents add up to what the client computed', async (kind, session) => {
    const transcriptFile = path.join(fixtures, kind, `${session}.jsonl`);
    const request = { ...setting(), transcriptFile, sessionId: session };
    await readAll(request);
    const report = await costReport({ ledger: request.ledger });
    const state = readFileSync(transcriptFile, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"cost-state"'))
      .map((line) => JSON.parse(line))
      .at(-1);
    expect(state.totalCostUSD).toBeGreaterThan(0);
    expect(report.total.cost_usd).toBeCloseTo(state.totalCostUSD, 6);
    expect(report.total.unpriced).toBe(0);
    for (const [model, usage] of Object.entries<Record<string, number>>(state.modelUsage)) {
      const own = report.by_model.find(({ name }) => name === model);
      expect(own?.cost_usd, model).toBeCloseTo(usage.costUSD ?? -1, 6);
      expect(own?.input_tokens, model).toBe(usage.inputTokens);
      expect(own?.output_tokens, model).toBe(usage.outputTokens);
      expect(own?.cache_read_tokens, model).toBe(usage.cacheReadInputTokens);
      expect(own?.cache_write_tokens, model).toBe(usage.cacheCreationInputTokens);
    }
  });

  it('gives two parallel subagents their own ticket each, by the ids of their rows', async () => {
    const [kind, session] = real[1];
    const tickets: Readonly<Record<string, string>> = {
      a0a4f0d328037ea7b: 'FEAT-001',
      a86b6d4c51857849d: 'FEAT-002',
    };
    const request = {
      ...setting(),
      transcriptFile: path.join(fixtures, kind, `${session}.jsonl`),
      sessionId: session,
      attribute: ({ agentId }: AttributedRow) => ({
        context: {
          ticket_id: tickets[agentId ?? ''] ?? '',
          gate: 'implement',
          project: 'p',
          agent_type: '',
          skill: '',
        },
        attributed_by: agentId ? 'agent' : 'none',
      }),
    };
    await readAll(request);
    const records = await recordsOf(request.ledger);
    for (const { agent_id, ticket_id, agent_type, session_id } of records) {
      expect(ticket_id).toBe(agent_id === null ? null : tickets[agent_id]);
      expect([agent_type, session_id]).toEqual([null, session]);
    }
    expect(new Set(records.map(({ ticket_id }) => ticket_id))).toEqual(
      new Set([null, 'FEAT-001', 'FEAT-002']),
    );
  });
});

describe('reading a transcript', () => {
  it('counts the rows of one answer once, the last one', async () => {
    const request = setting();
    writeFileSync(request.transcriptFile, jsonl(row('r1', 1), row('r1', 30), row('r2', 5)));
    expect(await ingestTranscript(request)).toMatchObject({ records: 2, moreToRead: false, badRows: 0 });
    expect((await recordsOf(request.ledger)).map(({ output_tokens }) => output_tokens)).toEqual([30, 5]);
  });

  it('takes the time of the first row of an answer: that is when it was asked for, as near as the file tells', async () => {
    const request = setting();
    const later = { timestamp: '2026-11-21T10:00:05.000Z' };
    writeFileSync(request.transcriptFile, jsonl(row('r1', 1), row('r1', 30, later)));
    await ingestTranscript(request);
    expect((await recordsOf(request.ledger)).map(({ ts }) => ts)).toEqual(['2026-11-21T10:00:00.000Z']);
  });

  it('corrects an answer whose later row comes after its record was written', async () => {
    const request = setting();
    writeFileSync(request.transcriptFile, jsonl(row('r1', 1)));
    await ingestTranscript(request);
    appendFileSync(request.transcriptFile, jsonl(row('r1', 1), row('r1', 30)));
    expect(await ingestTranscript(request)).toMatchObject({ records: 1 });
    expect(await recordsOf(request.ledger)).toEqual([
      expect.objectContaining({ request_id: 'r1', output_tokens: 30, cost_usd: 0.00064 }),
    ]);
    expect(readFileSync(request.ledger, 'utf8').trim().split('\n')).toHaveLength(2);
  });

  it('asks for the attribution of an answer at its own time, also for a row that comes later', async () => {
    const asked: AttributedRow[] = [];
    const request = setting('session.jsonl', {
      attribute: (at) => {
        asked.push(at);
        return {
          context: {
            ticket_id: 'FEAT-1',
            gate: at.at < '2026-11-21T11' ? 'plan' : 'lint',
            project: 'p',
            agent_type: 'a',
            skill: 's',
          },
          attributed_by: 'session',
        };
      },
    });
    writeFileSync(request.transcriptFile, jsonl(row('r1', 1, { timestamp: '2026-11-21T10:59:59.000Z' })));
    await ingestTranscript(request);
    appendFileSync(
      request.transcriptFile,
      jsonl(
        row('r1', 9, { timestamp: '2026-11-21T11:00:01.000Z' }),
        row('r2', 1, { timestamp: '2026-11-21T11:00:02.000Z' }),
      ),
    );
    await ingestTranscript(request);
    expect((await recordsOf(request.ledger)).map(({ gate, ts }) => [gate, ts])).toEqual([
      ['plan', '2026-11-21T10:59:59.000Z'],
      ['lint', '2026-11-21T11:00:02.000Z'],
    ]);
    expect(asked).toEqual([
      { at: '2026-11-21T10:59:59.000Z', sessionId: 'session', agentId: undefined },
      { at: '2026-11-21T11:00:02.000Z', sessionId: 'session', agentId: undefined },
    ]);
  });

  it.each([
    ['an API error', row('r1', 0, { isApiErrorMessage: true })],
    [
      'a made-up model',
      row('r1', 0, { message: { id: 'm', model: '<synthetic>', usage: { output_tokens: 0 } } }),
    ],
    ['a row without usage', row('r1', 0, { message: { id: 'm', model: 'claude-opus-5-5' } })],
    ['a user row', { type: 'user', message: { role: 'user', content: '"assistant"' } }],
    ['the totals of the client', { type: 'cost-state', note: 'assistant', totalCostUSD: 5 }],
  ])('takes %s for no request', async (_name, line) => {
    const request = setting();
    writeFileSync(request.transcriptFile, jsonl(line));
    expect(await ingestTranscript(request)).toMatchObject({ records: 0, badRows: 0 });
    expect(existsSync(request.ledger)).toBe(false);
  });

  it.each([
    ['broken JSON', '{"type":"assistant","message":{'],
    ['a row without a time', row('r1', 0, { timestamp: 'now' })],
  ])('counts %s as a row that it could not read', async (_name, line) => {
    const request = setting();
    writeFileSync(request.transcriptFile, jsonl(line, row('r2', 1)));
    expect(await ingestTranscript(request)).toMatchObject({ records: 1, badRows: 1 });
  });

  it('has nothing to do without a transcript', async () =>
    expect(await ingestTranscript(setting())).toMatchObject({ records: 0, moreToRead: false }));

  it('leaves a row that is still being written for the next time', async () => {
    const request = setting();
    const [first, second] = [jsonl(row('r1', 1)), jsonl(row('r2', 7))];
    writeFileSync(request.transcriptFile, first + second.slice(0, 40));
    expect(await ingestTranscript(request)).toMatchObject({ records: 1, moreToRead: false });
    appendFileSync(request.transcriptFile, second.slice(40));
    expect(await ingestTranscript(request)).toMatchObject({ records: 1 });
    expect((await recordsOf(request.ledger)).map(({ output_tokens }) => output_tokens)).toEqual([1, 7]);
  });

  it('writes nothing when it is called again', async () => {
    const request = setting();
    writeFileSync(request.transcriptFile, jsonl(row('r1', 1), row('r2', 2)));
    await ingestTranscript(request);
    const before = readFileSync(request.ledger, 'utf8');
    expect(await ingestTranscript(request)).toMatchObject({ records: 0 });
    expect(readFileSync(request.ledger, 'utf8')).toBe(before);
  });

  it('counts nothing twice when the cursor is lost', async () => {
    const request = setting();
    writeFileSync(request.transcriptFile, jsonl(row('r1', 1), row(undefined, 2)));
    await ingestTranscript(request);
    await ingestTranscript({ ...request, cursorDir: path.join(tempDir(), 'elsewhere') });
    expect(await recordsOf(request.ledger)).toHaveLength(2);
  });

  it.each([
    ['cut', (file: string) => truncateSync(file, 0)],
    [
      'replaced by another of the same length',
      (file: string) => writeFileSync(file, 'x'.repeat(statSync(file).size)),
    ],
  ])('notices a transcript that was %s, and reads it from its start', async (_name, change) => {
    const request = setting();
    writeFileSync(request.transcriptFile, jsonl(row('r1', 1), row('r2', 2)));
    await ingestTranscript(request);
    change(request.transcriptFile);
    writeFileSync(
      request.transcriptFile,
      `${readFileSync(request.transcriptFile, 'utf8')}\n${jsonl(row('r3', 3))}`,
    );
    expect(await ingestTranscript(request)).toMatchObject({ records: 1, restarted: ['session.jsonl'] });
    expect(await recordsOf(request.ledger)).toHaveLength(3);
  });

  it('looks at no more bytes than it may, over all transcripts, and says that there is more', async () => {
    const request = { ...setting(), maxBytes: 2_000 };
    const lines = Array.from({ length: 20 }, (_, n) => row(`r${n}`, n));
    writeFileSync(request.transcriptFile, jsonl(...lines));
    const agents = path.join(path.dirname(request.transcriptFile), 'session/subagents');
    mkdirSync(agents, { recursive: true });
    writeFileSync(path.join(agents, 'agent-a1.jsonl'), jsonl(row('agent', 5)));
    const { records, moreToRead } = await ingestTranscript(request);
    expect(records).toBe(Math.floor(2_000 / jsonl(lines[0]).length));
    expect(moreToRead).toBe(true);
    await readAll(request);
    const all = await recordsOf(request.ledger);
    expect(all).toHaveLength(21);
    expect(all.at(-1)).toMatchObject({ request_id: 'agent', agent_id: 'a1' });
  });

  it('gets through a line that is longer than a whole portion', async () => {
    const request = { ...setting(), maxBytes: 1_000 };
    const long = row('long', 5, { note: 'x'.repeat(30_000) });
    writeFileSync(request.transcriptFile, jsonl(row('r1', 1), long, row('r2', 2)));
    await readAll(request);
    expect((await recordsOf(request.ledger)).map(({ request_id }) => request_id)).toEqual([
      'r1',
      'long',
      'r2',
    ]);
  });

  it('keeps its records when the ledger cannot be written, and writes them the next time', async () => {
    const request = setting();
    writeFileSync(request.transcriptFile, jsonl(row('r1', 1)));
    mkdirSync(request.ledger);
    await expect(ingestTranscript(request)).rejects.toMatchObject({ code: 'ledger-write-failed' });
    const writable = { ...request, ledger: `${request.ledger}.2` };
    expect(await ingestTranscript(writable)).toMatchObject({ records: 1 });
  });

  it('does not wait for ever behind another reader: that one reads on', async () => {
    const request = { ...setting(), waitMs: 1 };
    writeFileSync(request.transcriptFile, jsonl(row('r1', 1)));
    let inner: unknown;
    const outer = await ingestTranscript({
      ...request,
      attribute: () => {
        inner ??= ingestTranscript(request);
        return nobody();
      },
    });
    expect(outer.records).toBe(1);
    await inner;
    expect(await recordsOf(request.ledger)).toHaveLength(1);
  });

  it('keeps a session id that is a path inside its folder', async () => {
    const request = { ...setting(), sessionId: '../../outside' };
    writeFileSync(request.transcriptFile, jsonl(row('r1', 1)));
    await ingestTranscript(request);
    expect(existsSync(path.resolve(request.cursorDir, '../../outside.json'))).toBe(false);
  });
});

describe('laws of ingestion', () => {
  const [kind, session] = real[2];

  it('any split of a transcript into growths and portions gives the same totals as one reading', async () => {
    const whole = {
      ...setting(),
      transcriptFile: path.join(fixtures, kind, `${session}.jsonl`),
      sessionId: session,
    };
    await readAll(whole);
    const expected = (await costReport({ ledger: whole.ledger })).total;
    const rows = readFileSync(whole.transcriptFile);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: rows.length }), { maxLength: 8 }),
        fc.integer({ min: 500, max: 40_000 }),
        async (cuts, maxBytes) => {
          const request = { ...setting(`${session}.jsonl`), sessionId: session, maxBytes };
          cpSync(
            path.join(fixtures, kind, session),
            path.join(path.dirname(request.transcriptFile), session),
            {
              recursive: true,
            },
          );
          for (const end of [...cuts.sort((a, b) => a - b), rows.length]) {
            writeFileSync(request.transcriptFile, rows.subarray(0, end));
            await ingestTranscript(request);
          }
          await readAll(request);
          expect((await costReport({ ledger: request.ledger })).total).toEqual(expected);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('sums are those of an independent calculation', async () => {
    const answer = fc.record({
      request: fc.integer({ min: 0, max: 20 }),
      input: fc.nat(50_000),
      output: fc.nat(50_000),
      read: fc.nat(50_000),
      minutes: fc.nat(50_000),
      hour: fc.nat(50_000),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { maxLength: 40 }), async (answers) => {
        const request = setting();
        const usages = answers.map(({ request: n, input, output, read, minutes, hour }) =>
          row(`r${n}`, output, {
            message: {
              id: `m${n}`,
              model: 'claude-opus-5-5',
              usage: {
                input_tokens: input,
                output_tokens: output,
                cache_read_input_tokens: read,
                cache_creation_input_tokens: minutes + hour,
                cache_creation: { ephemeral_5m_input_tokens: minutes, ephemeral_1h_input_tokens: hour },
              },
            },
          }),
        );
        writeFileSync(request.transcriptFile, jsonl(...usages));
        await readAll(request);
        const last = new Map(answers.map((one) => [one.request, one]));
        let usd = 0;
        for (const { input, output, read, minutes, hour } of last.values())
          usd += (input * 4 + output * 20 + read * 0.2 + minutes * 5 + hour * 8) / 1_000_000;
        const { total } = await costReport({ ledger: request.ledger });
        expect(total.requests).toBe(last.size);
        expect(Math.abs(total.cost_usd - usd)).toBeLessThan(1e-6);
      }),
      { numRuns: 50 },
    );
  });

  it('six processes at once count nothing twice', async () => {
    const folder = tempDir();
    const request = setting();
    writeFileSync(request.transcriptFile, jsonl(...Array.from({ length: 300 }, (_, n) => row(`r${n}`, n))));
    const run = await script(
      folder,
      { ingestTranscript: 'ledger/transcripts.ts' },
      `const request = JSON.parse(process.argv[2]);
       request.attribute = () => ({ context: undefined, attributed_by: 'none' });
       let records = 0;
       for (let more = true; more; ) {
         const result = await ingestTranscript(request);
         records += result.records;
         more = result.moreToRead;
       }
       process.stdout.write(String(records));`,
    );
    const ended = await Promise.all(
      Array.from({ length: 6 }, () => run(JSON.stringify({ ...request, maxBytes: 7_000, waitMs: 60_000 }))),
    );
    expect(ended.map(({ exitCode }) => exitCode)).toEqual(Array(6).fill(0));
    expect(ended.reduce((sum, { stdout }) => sum + Number(stdout), 0)).toBe(300);
    expect(readFileSync(request.ledger, 'utf8').trim().split('\n')).toHaveLength(300);
  });
});
