import { existsSync, readFileSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { nowhere } from '../../router/support.ts';
import { backlog } from '../../support/cli.ts';
import { writeFiles } from '../../support/temp.ts';
import { ANY, type Proof, type Servers } from './proof.ts';

const ops = (root: string, name: string) => path.join(root, '.backlog-ops', name);

/** A scripted answer, so that the servers see nothing but spans. */
const files = { 'script.json': JSON.stringify({ answers: [{ text: 'Bearer abcdef123456' }] }) };
const around = (keys: object) => ({
  version: '1.1',
  llmOps: { providers: { [ANY]: { type: 'scripted', script: 'script.json' } }, ...keys },
});

async function call(root: string): Promise<void> {
  await backlog(
    ['llm-call', '--no-fallback', '--session', 'one', '--user', 'hi', '--model', `${ANY}/model`],
    {
      cwd: root,
      env: {
        BACKLOG_HOME: ops(root, 'home'),
        OLLAMA_HOST: nowhere,
        ONE_HEADERS: 'x-team=one',
        OTHER_HEADERS: 'x-team=other',
      },
    },
  );
}

const spansSeen = ({ here, there }: Servers) => [here, there].map(({ seen }) => seen.map(({ path }) => path));

/** Keys of llmOps.telemetry and llmOps.logging. */
export const telemetryProofs: Readonly<Record<string, Proof>> = {
  'llmOps.telemetry.otlpEndpoint': {
    values: ['{here}', '{there}/otel'],
    around: around({}),
    files,
    see: async (root, servers) => {
      await call(root);
      return spansSeen(servers);
    },
    shows: [
      [['/v1/traces'], []],
      [[], ['/otel/v1/traces']],
    ],
  },
  'llmOps.telemetry.otlpHeadersEnv': {
    values: ['ONE_HEADERS', 'OTHER_HEADERS'],
    around: around({ telemetry: { otlpEndpoint: '{here}' } }),
    files,
    see: async (root, { here }) => {
      await call(root);
      return here.seen.map(({ headers }) => headers['x-team']);
    },
    shows: [['one'], ['other']],
  },
  'llmOps.telemetry.otlpInsecure': {
    values: [false, true],
    around: around({
      telemetry: { otlpEndpoint: 'http://collector.example:4318' },
      budgets: { day: { limit: 1 } },
    }),
    see: async (root) => {
      const guard = ['cost', 'guard', '--period', 'day'];
      const result = await backlog(guard, { cwd: root, env: { BACKLOG_HOME: ops(root, 'home') } });
      return [result.exitCode, result.stderr.includes('otlpInsecure')];
    },
    shows: [
      [3, true],
      [0, false],
    ],
  },
  'llmOps.logging.chat': {
    values: ['redacted', 'full'],
    around: around({}),
    files,
    see: async (root) => {
      await call(root);
      return readFileSync(ops(root, 'chats/one.jsonl'), 'utf8').includes('abcdef123456');
    },
    shows: [false, true],
  },
  'llmOps.logging.retentionDays': {
    values: [5, 20],
    around: around({ logging: { chat: 'full' } }),
    files,
    see: async (root) => {
      const old = ops(root, 'chats/old.jsonl');
      writeFiles(root, { '.backlog-ops/chats/old.jsonl': '{}\n' });
      const then = new Date(Date.now() - 10 * 24 * 60 * 60 * 1000);
      utimesSync(old, then, then);
      await call(root);
      return existsSync(old);
    },
    shows: [false, true],
  },
};
