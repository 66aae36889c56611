import { existsSync } from 'node:fs';
import path from 'node:path';
import { nowhere, type Server } from '../../router/support.ts';
import { backlog, jsonOf } from '../../support/cli.ts';
import type { Proof, Servers } from './proof.ts';

const rag = (ragPolicy: object = {}) => ({ version: '1.1', llmOps: { ragPolicy } });

/** What `backlog index …` answers. */
async function index(root: string, ...args: string[]): Promise<Record<string, unknown>> {
  const env = { BACKLOG_HOME: path.join(root, '.backlog-ops/home'), LITELLM_BASE_URL: nowhere };
  return jsonOf(await backlog(['index', ...args, '--json'], { cwd: root, env }));
}

/** The models that a server was asked for embeddings of, after an index was made. */
async function embeddedBy(root: string, { here, there }: Servers): Promise<unknown> {
  await index(root, 'build');
  const models = (server: Server) =>
    server.seen.filter((request) => request.path === '/v1/embeddings').map(({ body }) => body.model);
  return [...new Set([...models(here), ...models(there).map((model) => `${model} there`)])];
}

const lines = Array.from({ length: 100 }, (_, at) => `apple number ${at}\n`).join('');

export const retrievalProofs: Readonly<Record<string, Proof>> = {
  'llmOps.ragPolicy.enabled': {
    values: [true, false],
    around: rag(),
    see: async (root) => {
      const env = { BACKLOG_HOME: path.join(root, '.backlog-ops/home'), LITELLM_BASE_URL: nowhere };
      return 'context' in jsonOf(await backlog(['route', 'FEAT-001', '--json'], { cwd: root, env }));
    },
    shows: [true, false],
  },
  'llmOps.ragPolicy.indexPath': {
    values: ['.backlog-ops/here', undefined],
    around: rag(),
    see: async (root) => {
      await index(root, 'build');
      return ['here', 'cache/index'].filter((name) =>
        existsSync(path.join(root, '.backlog-ops', name, 'code.idx')),
      );
    },
    shows: [['here'], ['cache/index']],
  },
  'llmOps.ragPolicy.chunkSize': {
    values: [128, 2000],
    around: rag(),
    files: { 'apples.txt': lines },
    see: async (root) => {
      const { items } = await index(root, 'query', 'apple');
      return JSON.stringify(items).includes('"start":1,"end":100');
    },
    shows: [false, true],
  },
  'llmOps.ragPolicy.topK': {
    values: [1, 2],
    around: rag(),
    files: { 'a.txt': 'apple\n', 'b.txt': 'apple\n', 'c.txt': 'apple\n' },
    see: async (root) => Object.keys(Object((await index(root, 'query', 'apple')).items)).length,
    shows: [1, 2],
  },
  'llmOps.ragPolicy.embeddingModel': {
    values: ['one', ''],
    around: rag({ serverUrl: '{here}' }),
    see: embeddedBy,
    shows: [['one'], []],
  },
  'llmOps.ragPolicy.serverUrl': {
    values: ['{here}', '{there}'],
    around: rag({ embeddingModel: 'one' }),
    see: embeddedBy,
    shows: [['one'], ['one there']],
  },
};
