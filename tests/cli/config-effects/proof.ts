import { project, type TicketParts } from '../../gates/support/project.ts';
import { chat, json, message, type Server, serve } from '../../router/support.ts';

/** That one key of backlog.config.json acts: what is seen in a real project before and after this key alone is changed. */
export interface Proof {
  /** The two values of the key; `undefined` leaves it out. `{here}` and `{there}` are the addresses of two servers. */
  readonly values: readonly [unknown, unknown];
  /** What else the configuration has to say, on top of a small shop's; a block replaces the shop's block. */
  readonly around?: Fields;
  readonly files?: Readonly<Record<string, string>>;
  readonly ticket?: TicketParts;
  /** What stands for `*` in the key, when the name itself means something; else {@link ANY}. */
  readonly name?: string;
  readonly see: (root: string, servers: Servers) => unknown;
  /** What is seen with each value. */
  readonly shows: readonly [unknown, unknown];
}

export interface Servers {
  readonly here: Server;
  readonly there: Server;
}

type Fields = Readonly<Record<string, unknown>>;

/** The name that stands for `*` in a key: a provider's, a model's. */
export const ANY = 'mine';

/** What is seen in a project whose configuration differs from another's in `key` alone. */
export async function seen(key: string, proof: Proof, value: unknown): Promise<unknown> {
  const servers = { here: await serve(answer), there: await serve(answer) };
  const config = withKey(proof.around ?? {}, key.replaceAll('*', proof.name ?? ANY).split('.'), value);
  const text = JSON.stringify(config)
    .replaceAll('{here}', servers.here.url)
    .replaceAll('{there}', servers.there.url);
  const { files, ticket } = proof;
  const root = project({
    config: Object(JSON.parse(text)),
    ...(files === undefined ? {} : { files }),
    ...(ticket === undefined ? {} : { ticket }),
  });
  return proof.see(root, servers);
}

function withKey(fields: Fields, [first = '', ...rest]: readonly string[], value: unknown): Fields {
  if (rest.length === 0) return { ...fields, [first]: value };
  const below = fields[first];
  if (first.endsWith('[]')) {
    const list = first.slice(0, -2);
    const [item] = [fields[list]].flat();
    return { ...fields, [list]: [withKey(Object(item ?? {}), rest, value)] };
  }
  const block = typeof below === 'object' && below !== null ? { ...below } : {};
  return { ...fields, [first]: withKey(block, rest, value) };
}

const million = 1_000_000;

/** Both vendors' forms at one address. The model `slow` takes a second. */
const answer: Parameters<typeof serve>[0] = async ({ path, body }, response) => {
  if (body.model === 'slow') await new Promise((resolve) => setTimeout(resolve, 1000));
  if (path.endsWith('/chat/completions')) return json(response, 200, chat('hi', { model: body.model }));
  if (path.endsWith('/embeddings')) {
    const data = [body.input].flat().map((_, at) => ({ index: at, embedding: [1, at] }));
    return json(response, 200, { model: body.model, data, usage: { prompt_tokens: 1 } });
  }
  if (!path.endsWith('/messages')) return json(response, 404, {});
  const usage = {
    input_tokens: million,
    output_tokens: million,
    cache_read_input_tokens: million,
    cache_creation_input_tokens: 2 * million,
    cache_creation: { ephemeral_5m_input_tokens: million, ephemeral_1h_input_tokens: million },
  };
  json(response, 200, message('hi', { model: body.model, usage }));
};
