import path from 'node:path';
import { openGateway } from '../../../src/gateway/open-gateway.ts';
import { checkBudgets, placesOf } from '../../../src/ledger/check.ts';
import { projectLimits } from '../../../src/project/budgets.ts';
import { requireProject } from '../../../src/project/paths.ts';
import { jsonl, record } from '../../ledger/support.ts';
import { nowhere } from '../../router/support.ts';
import { writeFiles } from '../../support/temp.ts';
import type { Proof, Servers } from './proof.ts';

/** One request through a gateway of the project's own, whose requests went nowhere before it was enabled. */
async function send(root: string, to: string, model: string): Promise<void> {
  const home = path.join(root, '.backlog-ops/home');
  const projects = { 'shop-1': { prefix: 'shop-1', root, upstream: nowhere } };
  writeFiles(home, { 'gateway/routes.json': JSON.stringify({ v: 1, port: null, projects }) });
  const gateway = await openGateway({ home, env: {}, port: 0, version: '0' });
  try {
    const content = '[backlog ticket=FEAT-001 gate=plan agent=backend]\ngo';
    const answer = await fetch(`http://127.0.0.1:${gateway.port}/p/shop-1${to}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content }] }),
    });
    await answer.text();
  } finally {
    await gateway.close(0);
  }
}

const upstream = (to: string, model = 'some-model'): Proof => ({
  values: ['{here}', '{there}'],
  around: { version: '1.1' },
  see: async (root, { here, there }: Servers) => {
    await send(root, to, model);
    return [here.seen.length, there.seen.length];
  },
  shows: [
    [1, 0],
    [0, 1],
  ],
});

/** How the budgets stand after 8 USD and 80 tokens of one session, on one gate of one ticket. */
async function states(root: string): Promise<string[]> {
  const tokens = { input_tokens: 80, output_tokens: 0, cache_read_tokens: 0 };
  const writes = { cache_write_5m_tokens: 0, cache_write_1h_tokens: 0 };
  const about = { session_id: 's1', ticket_id: 'FEAT-001', gate: 'plan', ts: new Date().toISOString() };
  const spent = record({ ...about, ...tokens, ...writes, cost_usd: 8 });
  writeFiles(root, { '.backlog-ops/usage-ledger.jsonl': jsonl(spent) });
  const paths = requireProject(root);
  const now = new Date();
  return checkBudgets({
    limits: projectLimits(paths),
    ledger: path.join(paths.opsDir, 'usage-ledger.jsonl'),
    opsDir: paths.opsDir,
    home: path.join(paths.opsDir, 'home'),
    places: placesOf({ sessionId: 's1', ticketId: 'FEAT-001', gate: 'plan' }, now),
    now,
  }).map(({ state }) => state);
}

const limitOf = (name: string, own: object = {}) => ({
  version: '1.1',
  llmOps: { budgets: { [name]: own } },
});

const tokens = (name: string): Proof => ({
  values: [1000, 50],
  around: limitOf(name),
  see: states,
  shows: [['ok'], ['hard-stop']],
});

const whole = (name: string): Readonly<Record<string, Proof>> => ({
  [`llmOps.budgets.${name}.limit`]: {
    values: [100, 5],
    around: limitOf(name),
    see: states,
    shows: [['ok'], ['hard-stop']],
  },
  [`llmOps.budgets.${name}.tokens`]: tokens(name),
  [`llmOps.budgets.${name}.warn`]: {
    values: [0.7, 0.9],
    around: limitOf(name, { limit: 10 }),
    see: states,
    shows: [['warning'], ['ok']],
  },
  [`llmOps.budgets.${name}.hardStop`]: {
    values: [0.9, 0.8],
    around: limitOf(name, { limit: 10 }),
    see: states,
    shows: [['warning'], ['hard-stop']],
  },
});

/** Keys of llmOps.gateway that our gateway reads, and the budgets that `cost guard` does not ask for. */
export const gatewayProofs: Readonly<Record<string, Proof>> = {
  'llmOps.gateway.upstream': upstream('/v1/messages'),
  'llmOps.gateway.tierUpstreams.free': upstream('/v1/messages', 'free'),
  'llmOps.gateway.tierUpstreams.cheap': upstream('/v1/messages', 'cheap'),
  'llmOps.gateway.tierUpstreams.balanced': upstream('/v1/messages', 'balanced'),
  'llmOps.gateway.tierUpstreams.frontier': upstream('/v1/messages', 'frontier'),
  'llmOps.gateway.chatUpstream': upstream('/v1/chat/completions'),
  'llmOps.gateway.fallbackUpstream': upstream('/v1/messages'),
  'llmOps.gateway.adapters': {
    values: [[], ['portkey']],
    around: { version: '1.1', llmOps: { gateway: { upstream: '{here}' } } },
    see: async (root, { here }) => {
      await send(root, '/v1/messages', 'some-model');
      return here.seen.map(({ headers }) => headers['x-portkey-metadata'] !== undefined);
    },
    shows: [[false], [true]],
  },
  'llmOps.budgets.day.tokens': tokens('day'),
  'llmOps.budgets.month.tokens': tokens('month'),
  'llmOps.budgets.ticket.tokens': tokens('ticket'),
  ...whole('session'),
  ...whole('gate'),
  'llmOps.budgets.reserve': {
    values: [0, 0.3],
    around: limitOf('day', { limit: 10 }),
    see: states,
    shows: [['warning'], ['hard-stop']],
  },
};
