import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { INSTALL_TIMEOUT_MS, LITELLM_VERSION, litellmEnvironment } from './support/environment.ts';
import { litellmFolder } from './support/proxy.ts';

const shipped = (name: string) => readFileSync(path.join(litellmFolder, name), 'utf8');

describe('proxy-config.yaml', () => {
  const text = shipped('proxy-config.yaml');
  const blocks = ['bedrock', 'openai'];

  it('has no key in it', () => {
    expect(text).not.toMatch(/sk-[a-z0-9]/i);
  });

  it.each(blocks)('has a block for %s that is ready to be uncommented: the three paid tiers', (name) => {
    const { model_list } = configOf(uncommented(text, name));
    expect(model_list).toHaveLength(configOf(text).model_list.length + 3);
    const added = model_list.filter(({ litellm_params: { model } }) => model.startsWith(`${name}/`));
    expect(added.map(({ model_name }) => model_name)).toEqual(['cheap', 'balanced', 'frontier']);
    for (const { litellm_params } of added) expect(litellm_params.tags).toEqual(['default']);
  });

  it(
    'names models that LiteLLM knows the price of, and a router can be made of it, all blocks in',
    async (test) => {
      const environment = await litellmEnvironment();
      if ('missing' in environment) return test.skip(environment.missing);
      const config = configOf(blocks.reduce(uncommented, text));
      const script = `
import asyncio, json, sys, litellm
config = json.load(sys.stdin)
async def main():
    router = litellm.Router(model_list=config["model_list"], **config["router_settings"])
    models = [d["litellm_params"]["model"] for d in config["model_list"]]
    priced = lambda model: model.endswith("*") or model.split("/", 1)[1] in litellm.model_cost
    print(json.dumps({
        "unpriced": [m for m in models if not m.startswith("ollama") and not priced(m)],
        "groups": router.get_model_names(),
    }))
asyncio.run(main())`;
      const run = spawnSync(path.join(environment.bin, 'python'), ['-c', script], {
        input: JSON.stringify(config),
        encoding: 'utf8',
        env: {
          PATH: process.env.PATH,
          LITELLM_LOCAL_MODEL_COST_MAP: 'True',
          OLLAMA_HOST: 'http://127.0.0.1:9',
        },
      });
      expect(run.status, run.stderr).toBe(0);
      const { unpriced, groups } = JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '');
      expect(unpriced).toEqual([]);
      expect(groups).toEqual(expect.arrayContaining(['free', 'cheap', 'balanced', 'frontier']));
    },
    INSTALL_TIMEOUT_MS,
  );

  it('calls the local model free, waits two minutes for it, and puts budgets where LiteLLM reads them', () => {
    const { model_list } = configOf(text);
    for (const { model_name, litellm_params } of model_list) {
      const isLocal = litellm_params.model.startsWith('ollama_chat/');
      if (isLocal)
        expect(litellm_params).toMatchObject({
          model: 'ollama_chat/qwen3-coder:30b',
          timeout: 120,
          stream_timeout: 120,
          input_cost_per_token: 0,
          output_cost_per_token: 0,
        });
      else
        expect(litellm_params, model_name).toMatchObject({
          max_budget: expect.any(Number),
          budget_duration: '30d',
        });
    }
  });
});

it('the response cache is the Redis of the compose file, and answers only who asks for it', () => {
  const { litellm_settings } = z
    .looseObject({ litellm_settings: z.looseObject({}) })
    .parse(parse(shipped('proxy-config.yaml')));
  expect(litellm_settings).toMatchObject({
    cache: true,
    cache_params: {
      type: 'redis',
      host: 'os.environ/REDIS_HOST',
      port: 'os.environ/REDIS_PORT',
      password: 'os.environ/REDIS_PASSWORD',
      mode: 'default_off',
    },
  });
});

describe('docker-compose.yml', () => {
  const service = z.looseObject({
    image: z.string(),
    command: z.array(z.string()).optional(),
    ports: z.array(z.string()).default([]),
    environment: z.record(z.string(), z.string()),
    volumes: z.array(z.string()),
    depends_on: z.record(z.string(), z.object({ condition: z.literal('service_healthy') })).default({}),
    healthcheck: z.object({
      test: z.array(z.string()),
      interval: z.string(),
      timeout: z.string(),
      retries: z.number(),
      start_period: z.string().optional(),
    }),
  });
  const text = shipped('docker-compose.yml');
  const { services, volumes } = z
    .looseObject({
      services: z.object({ litellm: service, postgres: service, redis: service }),
      volumes: z.record(z.string(), z.null()),
    })
    .parse(parse(text));
  const { litellm, postgres, redis } = services;

  it('runs the version that the tests run', () => {
    expect(litellm.image).toBe(`ghcr.io/berriai/litellm-database:v${LITELLM_VERSION}`);
  });

  it('is reached from this machine only, on port 8000, and nothing else is', () => {
    expect(litellm.ports).toEqual(['127.0.0.1:8000:4000']);
    expect([...postgres.ports, ...redis.ports]).toEqual([]);
    expect(litellm.command).toEqual(expect.arrayContaining(['--port', '4000']));
  });

  it('has no key of its own: each has to be given', () => {
    for (const name of ['LITELLM_MASTER_KEY', 'LITELLM_SALT_KEY'])
      expect(litellm.environment[name]).toMatch(new RegExp(`^\\$\\{${name}:\\?`));
    expect(postgres.environment.POSTGRES_PASSWORD).toMatch(/^\$\{POSTGRES_PASSWORD:\?/);
    expect(redis.environment.REDISCLI_AUTH).toMatch(/^\$\{REDIS_PASSWORD:\?/);
    expect(litellm.environment.DATABASE_URL).toMatch(/:\$\{POSTGRES_PASSWORD:\?[^}]*\}@postgres:5432\//);
    const given = [...text.matchAll(/\$\{(\w+):-([^}]*)\}/g)].filter(([, name]) =>
      /KEY|SECRET|PASSWORD|TOKEN/.test(name ?? ''),
    );
    for (const [, name, value] of given) expect(value, name).toBe('');
  });

  it('every key that has to be given stands in .env.example, without a value', () => {
    const example = shipped('.env.example');
    for (const [, name = ''] of text.matchAll(/\$\{(\w+):\?/g)) expect(example).toContain(name);
    expect(example).not.toMatch(/^\w*(?:KEY|PASSWORD)=\S/m);
  });

  it('gives the proxy its files, and the contexts to read only', () => {
    const mounts = litellm.volumes.map((mount) => /^(.*):(\/[^:]+):(\w+)$/.exec(mount)?.slice(1));
    expect(mounts).toEqual([
      ['./proxy-config.yaml', '/app/proxy-config.yaml', 'ro'],
      ['./callbacks', '/app/callbacks', 'ro'],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: compose fills it in
      ['${BACKLOG_HOME:-${HOME}/.backlog-toolkit}', '/backlog-home', 'ro'],
    ]);
    for (const [from = ''] of mounts.map((mount) => mount ?? []).slice(0, 2))
      expect(existsSync(path.join(litellmFolder, from)), from).toBe(true);
    expect(litellm.environment).toMatchObject({
      PYTHONPATH: '/app/callbacks',
      BACKLOG_HOME: '/backlog-home',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: compose fills it in
      OLLAMA_HOST: '${OLLAMA_HOST:-http://host.docker.internal:11434}',
    });
    expect(litellm.command).toEqual(expect.arrayContaining(['--config', '/app/proxy-config.yaml']));
  });

  it('sets every variable that the proxy configuration reads', () => {
    const read = [...shipped('proxy-config.yaml').matchAll(/os\.environ\/(\w+)/g)].map(
      ([, name = '']) => name,
    );
    expect(Object.keys(litellm.environment)).toEqual(expect.arrayContaining(read));
  });

  it('waits for what it needs, and asks no model whether it is well', () => {
    expect(Object.keys(litellm.depends_on)).toEqual(['postgres', 'redis']);
    const asked = litellm.healthcheck.test.join(' ');
    expect(asked).toContain('/health/liveliness');
    expect(asked).not.toMatch(/\/health(?!\/liveliness)/);
  });

  it('gives LiteLLM the Redis that it starts', () => {
    expect(litellm.environment).toMatchObject({ REDIS_HOST: 'redis', REDIS_PORT: '6379' });
    const password = /\$\{REDIS_PASSWORD:\?/;
    expect(litellm.environment.REDIS_PASSWORD).toMatch(password);
    expect(redis.environment.REDISCLI_AUTH).toMatch(password);
    expect(redis.command?.join(' ')).toContain('--requirepass "$$REDISCLI_AUTH"');
  });

  it('keeps its data in volumes that it declares', () => {
    const named = [...postgres.volumes, ...redis.volumes].map((mount) => mount.split(':')[0]);
    expect(Object.keys(volumes)).toEqual(named);
  });
});

/** The file with one of its commented blocks taken in, as its first lines say. */
function uncommented(text: string, name: string): string {
  const block = new RegExp(`(?<=# begin ${name}\\n).*?(?=^ *# end ${name}$)`, 'ms');
  expect(text).toMatch(block);
  return text.replace(block, (lines) => lines.replaceAll(/^( *)#/gm, '$1'));
}

function configOf(text: string) {
  return z
    .looseObject({
      model_list: z.array(
        z.looseObject({
          model_name: z.string(),
          litellm_params: z.looseObject({ model: z.string(), tags: z.array(z.string()) }),
        }),
      ),
    })
    .parse(parse(text, { merge: true }));
}
