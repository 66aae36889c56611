import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { jsonl, record } from '../../ledger/support.ts';
import { nowhere } from '../../router/support.ts';
import { backlog, jsonOf } from '../../support/cli.ts';
import { writeFiles } from '../../support/temp.ts';
import { ANY, type Proof, type Servers } from './proof.ts';

const ops = (root: string, name: string) => path.join(root, '.backlog-ops', name);
const home = (root: string) => ({ BACKLOG_HOME: ops(root, 'home'), OLLAMA_HOST: nowhere });

/** `llm-call --no-fallback` with these arguments. */
function call(root: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return backlog(['llm-call', '--no-fallback', '--user', 'hi', '--json', ...args], {
    cwd: root,
    env: { ...home(root), LITELLM_BASE_URL: nowhere, ...env },
  });
}

/** The newest line of the project's ledger. */
function newest(root: string): Record<string, unknown> {
  const lines = readFileSync(ops(root, 'usage-ledger.jsonl'), 'utf8').trimEnd().split('\n');
  return JSON.parse(lines.at(-1) ?? '');
}

const provider = (changes: object = {}) => ({
  version: '1.1',
  llmOps: { providers: { [ANY]: { type: 'anthropic', baseURL: '{here}', ...changes } } },
});

/** A key of a provider: what is seen after one call to it. */
const ofProvider = (
  values: Proof['values'],
  shows: Proof['shows'],
  see: Proof['see'],
  changes: object = {},
): Proof => ({ values, around: provider(changes), see, shows });

const tier = (name: string): Proof => ({
  values: [['mine/one'], ['mine/other']],
  around: provider(),
  see: async (root) => {
    await call(root, ['--model', name]);
    return newest(root).model;
  },
  shows: ['one', 'other'],
});

const free = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };

/** One price among others that are 0, for a call that uses a million tokens of each kind. */
const price = (): Proof => ({
  values: [1, 2],
  around: {
    version: '1.1',
    llmOps: { ...provider().llmOps, prices: { [ANY]: free } },
  },
  see: async (root) => {
    await call(root, ['--model', `${ANY}/${ANY}`]);
    return newest(root).cost_usd;
  },
  shows: [1, 2],
});

/** What `cost guard` says after 8 USD were spent today, in this session, on one gate of one ticket. */
const guard = (flags: readonly string[]) => async (root: string) => {
  const spent = { ts: new Date().toISOString(), cost_usd: 8, ticket_id: 'FEAT-001', gate: 'plan' };
  writeFiles(root, { '.backlog-ops/usage-ledger.jsonl': jsonl(record(spent)) });
  return jsonOf(await backlog(['cost', 'guard', '--json', ...flags], { cwd: root, env: home(root) })).state;
};

const budget = (name: string, ...flags: string[]): Readonly<Record<string, Proof>> => {
  const around = (own: object) => ({ version: '1.1', llmOps: { budgets: { [name]: own } } });
  const see = guard(flags);
  return {
    [`llmOps.budgets.${name}.limit`]: {
      values: [100, 5],
      around: around({}),
      see,
      shows: ['ok', 'hard-stop'],
    },
    [`llmOps.budgets.${name}.warn`]: {
      values: [0.7, 0.9],
      around: around({ limit: 10 }),
      see,
      shows: ['warning', 'ok'],
    },
    [`llmOps.budgets.${name}.hardStop`]: {
      values: [0.9, 0.8],
      around: around({ limit: 10 }),
      see,
      shows: ['warning', 'hard-stop'],
    },
  };
};

/** The gateway, which is asked by its built-in name. */
const gateway = async (root: string): Promise<void> => {
  await backlog(['llm-call', '--no-fallback', '--user', 'hi', '--model', 'litellm/cheap'], {
    cwd: root,
    env: { ...home(root), ONE_KEY: 'one', OTHER_KEY: 'other' },
  });
};

const keysSeen = ({ here }: Servers) =>
  here.seen.map(({ headers }) => headers['x-api-key'] ?? headers.authorization);

/** How the answers of a Claude Code session are booked: its transcript is read when it stops. */
async function bookedBilling(root: string): Promise<unknown> {
  const transcript = ops(root, 'session.jsonl');
  const row = {
    type: 'assistant',
    uuid: 'u-1',
    sessionId: 'session',
    isSidechain: false,
    timestamp: new Date().toISOString(),
    requestId: 'req_1',
    message: {
      id: 'msg_1',
      model: 'claude-opus-5-5',
      role: 'assistant',
      content: [{ type: 'text', text: 'hi' }],
      usage: { input_tokens: 10, output_tokens: 5 },
    },
  };
  writeFiles(root, { '.backlog-ops/session.jsonl': jsonl(row) });
  const input = JSON.stringify({
    session_id: 'session',
    hook_event_name: 'Stop',
    transcript_path: transcript,
    cwd: root,
  });
  await backlog(['hook', 'Stop'], { cwd: root, env: home(root), input });
  return newest(root).billing;
}

/** Keys of llmOps. */
export const modelProofs: Readonly<Record<string, Proof>> = {
  'llmOps.providers.*.type': ofProvider(
    ['openai', 'anthropic'],
    [['/v1/chat/completions'], ['/v1/messages']],
    async (root, { here }) => {
      await call(root, ['--model', 'mine/model']);
      return here.seen.map((request) => request.path);
    },
  ),
  'llmOps.providers.*.baseURL': ofProvider(
    ['{here}', '{there}'],
    [
      [1, 0],
      [0, 1],
    ],
    async (root, servers) => {
      await call(root, ['--model', 'mine/model']);
      return [servers.here.seen.length, servers.there.seen.length];
    },
  ),
  'llmOps.providers.*.apiKeyEnv': ofProvider(
    ['ONE_KEY', 'OTHER_KEY'],
    [['one'], ['other']],
    async (root, servers) => {
      await call(root, ['--model', 'mine/model'], { ONE_KEY: 'one', OTHER_KEY: 'other' });
      return keysSeen(servers);
    },
  ),
  'llmOps.providers.*.billing': ofProvider(['api', 'plan'], ['api', 'plan'], async (root) => {
    await call(root, ['--model', 'mine/model']);
    return newest(root).billing;
  }),
  'llmOps.providers.*.script': {
    ...ofProvider(
      ['one.json', 'other.json'],
      ['one', 'other'],
      async (root) => jsonOf(await call(root, ['--model', 'mine/model'])).text,
      { type: 'scripted', baseURL: undefined },
    ),
    files: {
      'one.json': JSON.stringify({ answers: [{ text: 'one' }] }),
      'other.json': JSON.stringify({ answers: [{ text: 'other' }] }),
    },
  },
  'llmOps.providers.*.timeoutSeconds': ofProvider([0.1, 60], ['timeout', null], async (root) => {
    await call(root, ['--model', 'mine/slow']);
    return newest(root).failure_type;
  }),
  'llmOps.tiers.free': tier('free'),
  'llmOps.tiers.cheap': tier('cheap'),
  'llmOps.tiers.balanced': tier('balanced'),
  'llmOps.tiers.frontier': tier('frontier'),
  'llmOps.roles': {
    values: [{ judge: 'mine/one' }, { judge: 'mine/other' }],
    around: provider(),
    see: async (root) => {
      await call(root, ['--role', 'judge']);
      return newest(root).model;
    },
    shows: ['one', 'other'],
  },
  ...budget('day', '--period', 'day'),
  ...budget('month', '--period', 'month'),
  ...budget('ticket', '--ticket', 'FEAT-001'),
  'llmOps.billing': {
    values: ['plan', 'api'],
    around: { version: '1.1' },
    see: bookedBilling,
    shows: ['plan', 'api'],
  },
  'llmOps.prices.*.input': price(),
  'llmOps.prices.*.output': price(),
  'llmOps.prices.*.cacheRead': price(),
  'llmOps.prices.*.cacheWrite5m': price(),
  'llmOps.prices.*.cacheWrite1h': price(),
  'llmOps.providers.*.command': {
    values: ['echo', '/nowhere/gemini'],
    around: { version: '1.1', llmOps: { providers: { [ANY]: { type: 'gemini-cli' } } } },
    see: async (root) =>
      (await call(root, ['--model', 'mine/model'])).stderr.includes('could not be started'),
    shows: [false, true],
  },
  'llmOps.providers.*.contextTokens': {
    values: [4096, 8192],
    around: { version: '1.1', llmOps: { providers: { [ANY]: { type: 'ollama', baseURL: '{here}' } } } },
    see: async (root, { here }) => {
      await call(root, ['--model', 'mine/model']);
      return here.seen.flatMap(({ body }) => Object(body).options?.num_ctx ?? []);
    },
    shows: [[4096], [8192]],
  },
  'llmOps.traces.includePrompts': {
    values: [false, true],
    around: provider(),
    see: async (root) => {
      await call(root, ['--model', 'mine/model', '--system', 'a secret recipe']);
      const folder = ops(root, 'traces');
      return readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.json'))
        .map((name) => readFileSync(path.join(folder, name), 'utf8').includes('a secret recipe'));
    },
    shows: [[false], [true]],
  },
  'llmOps.gateway.baseURL': {
    values: ['{here}', '{there}'],
    around: { version: '1.1' },
    see: async (root, { here, there }) => {
      await gateway(root);
      return [here.seen.length, there.seen.length];
    },
    shows: [
      [1, 0],
      [0, 1],
    ],
  },
  'llmOps.gateway.apiKeyEnv': {
    values: ['ONE_KEY', 'OTHER_KEY'],
    around: { version: '1.1', llmOps: { gateway: { baseURL: '{here}' } } },
    see: async (root, servers) => {
      await gateway(root);
      return keysSeen(servers);
    },
    shows: [['Bearer one'], ['Bearer other']],
  },
};
