import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { fuse } from '../../src/retrieval/fuse.ts';
import { json, nowhere, type Server, serve } from '../router/support.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { writeFiles } from '../support/temp.ts';
import { folder } from './support.ts';

/** A server that knows two things: fruit, and everything else. */
function embeddings(): Promise<Server> {
  return serve(({ path: asked, body }, response) => {
    if (asked !== '/v1/embeddings') return json(response, 404, {});
    const data = [body.input].flat().map((text, at) => ({
      object: 'embedding',
      index: at,
      embedding: /fruit|apple|pear/.test(String(text)) ? [1, 0.1, 0] : [0, 0.1, 1],
    }));
    // Some servers give them in another order.
    json(response, 200, {
      object: 'list',
      model: body.model,
      data: data.reverse(),
      usage: { prompt_tokens: 7, total_tokens: 7 },
    });
  });
}

const files = {
  'apple.js': 'const apple = 1;\n',
  'pear.js': 'const pear = 1;\n',
  'car.js': 'const fruits = "car";\n',
};

const inProject = (root: string) => ({
  cwd: root,
  env: { BACKLOG_HOME: path.join(root, '.backlog-ops/home'), LITELLM_BASE_URL: nowhere },
});

function ledger(root: string): Record<string, unknown>[] {
  const file = path.join(root, '.backlog-ops/usage-ledger.jsonl');
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('reciprocal rank fusion', () => {
  it('adds 1 / (60 + rank) over the orders', () => {
    const one = [
      { chunk: 1, score: 9 },
      { chunk: 2, score: 8 },
    ];
    const other = [
      { chunk: 2, score: 0.9 },
      { chunk: 3, score: 0.8 },
    ];
    expect(fuse(one, other)).toEqual([
      { chunk: 2, score: 1 / 62 + 1 / 61 },
      { chunk: 1, score: 1 / 61 },
      { chunk: 3, score: 1 / 62 },
    ]);
  });
});

describe('embeddings', () => {
  it('find what has none of the words, and are made once', async () => {
    const server = await embeddings();
    const root = folder(files, { embeddingModel: 'mini', serverUrl: server.url });
    const built = jsonOf(await backlog(['index', 'build', '--json'], inProject(root)));
    expect(built.embeddings).toMatchObject({ model: 'embeddings/mini', added: 4, vectors: 4 });
    const { items, manner } = jsonOf(
      await backlog(['index', 'query', 'sweet fruit', '--json'], inProject(root)),
    );
    expect(manner).toBe('words and embeddings');
    expect(JSON.stringify(items)).toContain('apple.js');
    const asked = server.seen.length;
    writeFiles(root, { 'pear.js': 'const pear = 2;\n' });
    const updated = jsonOf(await backlog(['index', 'update', '--json'], inProject(root)));
    expect(updated.embeddings).toMatchObject({ added: 1 });
    expect(server.seen.slice(asked).map(({ body }) => [body.input].flat().length)).toEqual([1]);
  });

  it('are tagged, and recorded with usage and price as every other request', async () => {
    const server = await embeddings();
    const root = folder(files);
    const llmOps = {
      ragPolicy: { embeddingModel: 'text-embedding-3-small', serverUrl: server.url },
      prices: { 'text-embedding-3-small': { input: 0.02, output: 0 } },
    };
    const text = JSON.stringify({ version: '1.1', project: { name: 'shop' }, llmOps });
    writeFileSync(path.join(root, 'backlog.config.json'), text);
    await backlog(['context', 'set', 'FEAT-001', 'plan', 'backend'], inProject(root));
    await backlog(['index', 'build'], inProject(root));
    expect(ledger(root)).toMatchObject([
      {
        source: 'llm-call',
        ticket_id: 'FEAT-001',
        gate: 'plan',
        provider: 'embeddings',
        model: 'text-embedding-3-small',
        status: 'success',
        input_tokens: 7,
        output_tokens: 0,
        cost_usd: 1.4e-7,
      },
    ]);
    expect(server.seen[0]?.headers['x-litellm-tags']).toContain('ticket:FEAT-001');
    expect(server.seen[0]?.body).toMatchObject({ encoding_format: 'float' });
  });

  it('are refused by a spent budget: an update says no, a question goes by its words', async () => {
    const server = await embeddings();
    const root = folder({ ...files, 'backlog.config.json': '' });
    const config = (budgets: object) =>
      JSON.stringify({
        version: '1.1',
        project: { name: 'shop' },
        llmOps: { budgets, ragPolicy: { embeddingModel: 'mini', serverUrl: server.url } },
      });
    writeFileSync(path.join(root, 'backlog.config.json'), config({}));
    await backlog(['index', 'build'], inProject(root));
    writeFileSync(path.join(root, 'backlog.config.json'), config({ day: { limit: 0 } }));
    const asked = server.seen.length;
    const update = await backlog(['index', 'build', '--json'], inProject(root));
    expect([update.exitCode, JSON.parse(update.stdout).error?.code ?? 'none']).toEqual([1, 'budget-spent']);
    const query = await backlog(['index', 'query', 'apple', '--json'], inProject(root));
    expect([query.exitCode, JSON.parse(query.stdout).manner]).toEqual([0, 'words']);
    expect(query.stderr).toContain('warning: no embeddings');
    expect(server.seen.length).toBe(asked);
    expect(ledger(root).at(-1)).toMatchObject({ status: 'blocked', failure_type: 'budget' });
  });

  it('without a server cost one warning; the words are searched', async () => {
    const root = folder(files, { embeddingModel: 'mini', serverUrl: nowhere });
    const built = await backlog(['index', 'build', '--json'], inProject(root));
    expect([built.exitCode, JSON.parse(built.stdout).embeddings]).toEqual([0, null]);
    expect(built.stderr.match(/warning:/g)).toHaveLength(1);
    const { exitCode, stdout } = await backlog(['index', 'query', 'apple', '--json'], inProject(root));
    expect([exitCode, JSON.parse(stdout).items[0].path]).toEqual([0, 'apple.js']);
  });

  it('of a torn file, and of another model, are made anew', async () => {
    const server = await embeddings();
    const root = folder(files, { embeddingModel: 'mini', serverUrl: server.url });
    await backlog(['index', 'build'], inProject(root));
    const place = path.join(root, '.backlog-ops/cache/index');
    const name = readdirSync(place).find((one) => one.startsWith('vectors-')) ?? '';
    writeFileSync(path.join(place, name), readFileSync(path.join(place, name)).subarray(0, -3));
    const { embeddings: again } = jsonOf(await backlog(['index', 'update', '--json'], inProject(root)));
    expect(again).toMatchObject({ added: 4 });
  });

  it.each([
    ['too few', [{ index: 0, embedding: [1, 2] }]],
    ['of several lengths', [[1], [1, 2], [1], [1]].map((embedding, index) => ({ index, embedding }))],
    ['no numbers', Array.from({ length: 4 }, (_, index) => ({ index, embedding: ['x'] }))],
  ])('%s are no answer', async (_what, data) => {
    const server = await serve((_request, response) => json(response, 200, { data }));
    const root = folder(files, { embeddingModel: 'mini', serverUrl: server.url });
    const { exitCode, stderr } = await backlog(['index', 'build', '--json'], inProject(root));
    expect(exitCode).toBe(0);
    expect(stderr).toContain('vectors of one length');
    expect(ledger(root)).toMatchObject([{ status: 'error', failure_type: 'invalid-response' }]);
  });
});
