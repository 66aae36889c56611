import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BudgetDoor } from '../../src/gateway/budget-door.ts';
import { type Gateway, openGateway } from '../../src/gateway/open-gateway.ts';
import { SettingsCache } from '../../src/gateway/project-settings.ts';
import { newRecord } from '../../src/ledger/append.ts';
import { estimateOf } from '../../src/ledger/estimate.ts';
import { writeRaise } from '../../src/ledger/raises.ts';
import type { LedgerRecord, PartialRecord } from '../../src/ledger/record.ts';
import { type Reply, type ScriptedApi, startScriptedApi } from '../e2e/support/scripted-api.ts';
import { gitEnv, tempDir, writeFiles } from '../support/temp.ts';

/** 5 USD per million tokens of input, 25 of output. */
const MODEL = 'claude-opus-4-5';
const session = '11111111-2222-4333-8444-555555555555';

interface Asked {
  readonly ticket?: string;
  readonly gate?: string;
  readonly session?: string;
  readonly model?: string;
  readonly maxTokens?: number;
  readonly project?: string;
  readonly signal?: AbortSignal;
}

interface World {
  readonly api: ScriptedApi;
  readonly ledger: string;
  readonly opsDir: string;
  readonly faults: readonly string[];
  /** The time of the gateway; the real one unless a test sets it. */
  now: () => Date;
  records(): LedgerRecord[];
  ask(asked?: Asked): Promise<{ status: number; message: string; retry: string | null }>;
  /** Somebody else's line in the ledger. */
  spent(known: Partial<PartialRecord>): void;
  restart(): Promise<void>;
  close(): Promise<void>;
}

function bodyOf({ ticket, gate = 'implement', model = MODEL, maxTokens = 10 }: Asked): string {
  const marker = `[backlog ticket=${ticket} gate=${gate} agent=backend]\nwork`;
  const content = ticket === undefined ? 'hello' : marker;
  return JSON.stringify({ model, max_tokens: maxTokens, messages: [{ role: 'user', content }] });
}

/** A gateway in this process, a scripted upstream, and two projects, `shop` and `other`, with these settings. */
async function world(llmOps: object, answer: () => Reply | Promise<Reply> = () => ({})): Promise<World> {
  const api = await startScriptedApi(answer);
  const root = tempDir();
  const home = path.join(root, 'home');
  const config = (name: string) => JSON.stringify({ version: '1.1', project: { name }, llmOps });
  const route = (name: string) => ({
    prefix: `${name}-0a0a`,
    root: path.join(root, name),
    upstream: api.url,
  });
  const projects = { 'shop-0a0a': route('shop'), 'other-0a0a': route('other') };
  writeFiles(root, {
    'shop/backlog.config.json': config('shop'),
    'other/backlog.config.json': config('other'),
    'home/gateway/routes.json': JSON.stringify({ v: 1, port: null, projects }),
  });
  const opsDir = path.join(root, 'shop/.backlog-ops');
  const ledger = path.join(opsDir, 'usage-ledger.jsonl');
  mkdirSync(opsDir);
  const faults: string[] = [];
  const open = () =>
    openGateway({
      home,
      env: { ...gitEnv(), HOME: root },
      port: 0,
      version: 'test',
      clock: () => here.now(),
      onFault: (message) => faults.push(message),
    });
  const here: World = {
    api,
    ledger,
    opsDir,
    faults,
    now: () => new Date(),
    records: () =>
      existsSync(ledger)
        ? readFileSync(ledger, 'utf8')
            .trimEnd()
            .split('\n')
            .map((line): LedgerRecord => JSON.parse(line))
        : [],
    ask: async (asked = {}) => {
      const url = `http://127.0.0.1:${gateway.port}/p/${asked.project ?? 'shop'}-0a0a/v1/messages`;
      const headers = {
        'content-type': 'application/json',
        'x-api-key': 'none',
        'x-claude-code-session-id': asked.session ?? session,
      };
      const { signal = null } = asked;
      const response = await fetch(url, { method: 'POST', headers, signal, body: bodyOf(asked) });
      const { error } = Object(await response.json());
      if (response.status !== 200) expect(error?.type).toBe('billing_error');
      const retry = response.headers.get('x-should-retry');
      return { status: response.status, message: String(error?.message ?? ''), retry };
    },
    spent: (known) => {
      const record = newRecord({
        source: 'llm-call',
        model: MODEL,
        ts: here.now().toISOString(),
        ...known,
      });
      appendFileSync(ledger, `${JSON.stringify(record)}\n`);
    },
    restart: async () => {
      await gateway.close(1000);
      gateway = await open();
    },
    close: async () => {
      await gateway.close(1000);
      await api.close();
    },
  };
  let gateway: Gateway = await open();
  onTestFinished(() => here.close());
  return here;
}

const costs = (usd: number): Reply => ({ usage: { input_tokens: usd * 200_000, output_tokens: 0 } });
const sum = (records: readonly LedgerRecord[]) =>
  records.reduce((total, { cost_usd }) => total + (cost_usd ?? 0), 0);

describe('a request whose budget is spent', () => {
  it('is refused with the budget, what was spent and the command that raises it; its record says blocked', async () => {
    const here = await world({ budgets: { ticket: { limit: 1 } } }, () => costs(1.5));
    expect(await here.ask({ ticket: 'FEAT-001' })).toMatchObject({ status: 200 });
    expect(await here.ask({ ticket: 'FEAT-001' })).toEqual({
      status: 402,
      message:
        'backlog: the budget of ticket FEAT-001 is spent: $1.50 of $1.00 (150 %). A person can raise it: `backlog cost raise ticket FEAT-001 --usd 3`',
      retry: 'false',
    });
    expect(here.api.requests).toHaveLength(1);
    expect(here.records().at(-1)).toMatchObject({
      status: 'blocked',
      failure_type: 'budget',
      ticket_id: 'FEAT-001',
      cost_usd: null,
    });
  });

  it('of one ticket, gate or session does not stop another', async () => {
    const here = await world(
      { budgets: { ticket: { limit: 5 }, gate: { limit: 1 }, session: { limit: 3 } } },
      () => costs(1.5),
    );
    const statuses: number[] = [];
    const ask = async (asked: Asked) => statuses.push((await here.ask(asked)).status);
    await ask({ ticket: 'FEAT-001', gate: 'plan' });
    await ask({ ticket: 'FEAT-001', gate: 'plan' }); // the gate's
    await ask({ ticket: 'FEAT-001', gate: 'lint' });
    await ask({ ticket: 'FEAT-002', gate: 'lint' }); // the session's
    await ask({ ticket: 'FEAT-002', gate: 'lint', session: 'another' });
    await ask({ session: 'another' });
    await ask({ session: 'another' }); // the session's
    expect(statuses).toEqual([200, 402, 200, 402, 200, 200, 402]);
  });

  it('lets the requests in flight finish', async () => {
    const here = await world({ budgets: { day: { limit: 1 } } }, () => ({ ...costs(0.1), delayMs: 300 }));
    const first = here.ask();
    await expect.poll(() => here.api.requests.length).toBe(1);
    here.spent({ cost_usd: 5 });
    expect((await here.ask()).status).toBe(402);
    expect((await first).status).toBe(200);
    expect(
      here
        .records()
        .map(({ status }) => status)
        .toSorted(),
    ).toEqual(['blocked', 'success', 'success']);
  });

  it('goes on when a person has raised it, for this ticket alone', async () => {
    const here = await world({ budgets: { ticket: { limit: 1 } } }, () => costs(1));
    for (const ticket of ['A-1', 'A-2']) await here.ask({ ticket });
    expect((await here.ask({ ticket: 'A-1' })).status).toBe(402);
    const raise = { budget: 'ticket', id: 'A-1', unit: 'usd', limit: 3, by: 'human:Ada' } as const;
    await writeRaise(here.opsDir, raise, here.now);
    expect((await here.ask({ ticket: 'A-1' })).status).toBe(200);
    expect((await here.ask({ ticket: 'A-2' })).status).toBe(402);
  });

  it('counts tokens where the budget is in tokens, and USD stop nothing on a plan', async () => {
    const usage = { input_tokens: 500, output_tokens: 500, cache_read_input_tokens: 1000 };
    const budgets = { day: { limit: 0.01 }, ticket: { tokens: 2000 } };
    const here = await world({ billing: 'plan', budgets }, () => ({ usage }));
    expect((await here.ask({ ticket: 'A-1' })).status).toBe(200);
    expect(await here.ask({ ticket: 'A-1' })).toMatchObject({
      status: 402,
      message: expect.stringContaining('2,000 tokens of 2,000 tokens (100 %)'),
    });
    expect((await here.ask()).status).toBe(200);
  });

  it('counts answers without a known price at the dearest one, and says so', async () => {
    const here = await world({ budgets: { day: { limit: 1 } } }, () => costs(0.5));
    expect((await here.ask({ model: 'unheard-of' })).status).toBe(200);
    expect(await here.ask()).toMatchObject({
      status: 402,
      message: expect.stringContaining('$1.50 of it estimated at the dearest known price'),
    });
  });

  it('leaves the reserve to work on a ticket, and stops that too when it is used up', async () => {
    const here = await world({ budgets: { day: { limit: 10 }, reserve: 0.2 } }, () => costs(1));
    here.spent({ cost_usd: 8 });
    expect(await here.ask()).toMatchObject({
      status: 402,
      message: expect.stringContaining('the $2.00 left are for work on a ticket that is under way'),
    });
    const statuses: number[] = [];
    for (let turn = 0; turn < 3; turn += 1) statuses.push((await here.ask({ ticket: 'A-1' })).status);
    expect(statuses).toEqual([200, 200, 402]);
  });
});

describe('what counts as spent', () => {
  it('is what anybody wrote into the ledger, before the start, during it and after a restart', async () => {
    const here = await world({ budgets: { day: { limit: 3 } } }, () => costs(1));
    here.spent({ cost_usd: 1 });
    expect((await here.ask()).status).toBe(200);
    here.spent({ cost_usd: 0.999 });
    expect((await here.ask()).status).toBe(200);
    expect((await here.ask()).status).toBe(402);
    await here.restart();
    expect((await here.ask()).status).toBe(402);
    // The checkpoint is a help, not the truth.
    rmSync(path.join(here.opsDir, 'cache'), { recursive: true });
    await here.restart();
    expect((await here.ask()).status).toBe(402);
  });

  it('is of this project alone', async () => {
    const here = await world({ budgets: { day: { limit: 1 } } }, () => costs(1));
    expect((await here.ask()).status).toBe(200);
    expect((await here.ask()).status).toBe(402);
    expect((await here.ask({ project: 'other' })).status).toBe(200);
  });

  it('begins anew at midnight and at the end of the month, UTC', async () => {
    const here = await world({ budgets: { day: { limit: 1 }, month: { limit: 2.5 } } }, () => costs(1));
    const at = async (time: string) => {
      here.now = () => new Date(time);
      return (await here.ask()).status;
    };
    expect(await at('2026-11-28T23:59:59.000Z')).toBe(200);
    expect(await at('2026-11-28T23:59:59.999Z')).toBe(402);
    expect(await at('2026-11-29T00:00:00.000Z')).toBe(200);
    here.spent({ ts: '2026-11-29T12:00:00.000Z', cost_usd: 1 });
    expect(await at('2026-11-30T23:59:59.999Z')).toBe(402); // the month's
    expect(await at('2026-12-01T00:00:00.000Z')).toBe(200);
  });

  it('is held in memory while the ledger takes nothing', async () => {
    const here = await world({ budgets: { day: { limit: 1 } } }, () => costs(1));
    mkdirSync(here.ledger); // a folder in its place cannot be appended to
    expect((await here.ask()).status).toBe(200);
    expect((await here.ask()).status).toBe(402);
    rmSync(here.ledger, { recursive: true });
    await expect.poll(() => here.records().length, { timeout: 5000 }).toBe(2);
    expect((await here.ask()).status).toBe(402);
  });

  it('keeps its limits while the configuration is half-written', async () => {
    const here = await world({ budgets: { day: { limit: 1 } } }, () => costs(1));
    expect((await here.ask()).status).toBe(200);
    writeFiles(path.dirname(here.opsDir), { 'backlog.config.json': '{"version": "1.1", "llmOps": {"bud' });
    expect((await here.ask()).status).toBe(402);
  });
});

describe('requests in parallel', () => {
  it('twenty at once do not all slip through: at most the limit and one request', async () => {
    const here = await world({ budgets: { ticket: { limit: 1 } } }, () => ({ ...costs(0.1), delayMs: 30 }));
    // 4,000 tokens of output: an estimate of a little more than 0.1 USD each.
    const asked: Asked = { ticket: 'A-1', maxTokens: 4000 };
    const answers = await Promise.all(Array.from({ length: 20 }, () => here.ask(asked)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(sum(here.records())).toBeCloseTo(1, 9);
    for (const { status, message } of answers)
      if (status === 402) expect(message).toContain('the budget of ticket A-1 is spent: $1.00 of $1.00');
  });

  it('wait for one another rather than being refused for estimates that prove too high', async () => {
    const here = await world({ budgets: { ticket: { limit: 1 } } }, () => ({ ...costs(0.01), delayMs: 20 }));
    const asked: Asked = { ticket: 'A-1', maxTokens: 4000 };
    const answers = await Promise.all(Array.from({ length: 40 }, () => here.ask(asked)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(sum(here.records())).toBeCloseTo(0.4, 9);
  });

  it('that a client gives up while they wait never go on, and count for nothing', async () => {
    const here = await world({ budgets: { day: { limit: 0.05 } } }, () => ({ ...costs(0.01), delayMs: 300 }));
    const first = here.ask({ maxTokens: 4000 });
    await expect.poll(() => here.api.requests.length).toBe(1);
    await expect(here.ask({ signal: AbortSignal.timeout(50) })).rejects.toThrow();
    expect((await first).status).toBe(200);
    expect((await here.ask()).status).toBe(200);
    expect(here.api.requests).toHaveLength(2);
    expect(here.records().map(({ status }) => status)).toEqual(['success', 'success']);
  });

  it('are refused when those in flight take too long', async () => {
    const root = tempDir();
    writeFiles(root, {
      'backlog.config.json': JSON.stringify({
        version: '1.1',
        project: { name: 'shop' },
        llmOps: { budgets: { day: { limit: 0.05 } } },
      }),
    });
    const faults: string[] = [];
    const door = new BudgetDoor({
      home: path.join(root, 'home'),
      clock: () => new Date(),
      isWaiting: () => false,
      onFault: (message) => faults.push(message),
      mostWaitMs: 30,
    });
    const ask = () =>
      door.admit({
        facts: {
          model: MODEL,
          stream: true,
          maxTokens: 4000,
          marker: undefined,
          bytes: 4000,
        },
        attribution: { context: undefined, attributed_by: 'none' },
        settings: new SettingsCache().of(root),
        ledger: path.join(root, 'usage-ledger.jsonl'),
        sessionId: session,
        provider: 'anthropic',
        isGone: () => false,
      });
    const first = await ask();
    expect(await ask()).toEqual({
      message: expect.stringContaining('is taken by requests in flight: $0.00 of $0.05'),
    });
    if ('settle' in first) first.settle(undefined);
    expect(await ask()).toHaveProperty('settle');
    expect(faults).toEqual([]);
    door.close();
  });

  it('spend no more than the limit, one request, and what answers cost above their estimates', async () => {
    const request = fc.record({
      usd: fc.double({ min: 0.001, max: 0.4, noNaN: true }),
      maxTokens: fc.integer({ min: 1, max: 16_000 }),
      delayMs: fc.nat(8),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0.05, max: 2, noNaN: true }),
        fc.array(request, { minLength: 1, maxLength: 24 }),
        async (limit, requests) => {
          let next = 0;
          const replies = requests.map(({ usd, delayMs }) => ({ ...costs(usd), delayMs }));
          const here = await world({ budgets: { day: { limit } } }, () => replies[next++] ?? {});
          await Promise.all(requests.map(({ maxTokens }) => here.ask({ maxTokens })));
          const paid = here.records().filter(({ status }) => status === 'success');
          const dearest = Math.max(...paid.map(({ cost_usd }) => cost_usd ?? 0));
          // Which answer met which request is open: the least estimate gives the widest bound.
          const least = Math.min(...requests.map(({ maxTokens }) => estimate(maxTokens)));
          const above = paid.reduce((total, { cost_usd }) => total + Math.max(0, (cost_usd ?? 0) - least), 0);
          expect(paid.length).toBeGreaterThanOrEqual(1);
          expect(sum(paid)).toBeLessThanOrEqual(limit + dearest + above + 1e-9);
          // Everything is settled: the next is judged by what was really spent.
          expect((await here.ask()).status).toBe(sum(paid) >= limit ? 402 : 200);
          await here.close();
        },
      ),
      { numRuns: 25 },
    );
  }, 60_000);

  it('one after the other are never refused before the limit', async () => {
    const here = await world({ budgets: { session: { limit: 1 } } }, () => costs(0.25));
    const statuses: number[] = [];
    for (let turn = 0; turn < 6; turn += 1) statuses.push((await here.ask({ maxTokens: 64_000 })).status);
    expect(statuses).toEqual([200, 200, 200, 200, 402, 402]);
  });
});

function estimate(maxTokens: number): number {
  const asked = { model: MODEL, provider: 'anthropic', at: '2026-11-21T00:00:00.000Z' };
  return estimateOf({ ...asked, bytes: bodyOf({ maxTokens }).length, maxTokens }).usd;
}
