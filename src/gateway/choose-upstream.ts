import type { BacklogConfig } from '../project/config.ts';
import { defaultSettings, gatewayURL, ollamaURL, sameOrigin } from '../router/settings.ts';
import type { TagAdapter, Upstream, UpstreamKind } from './upstreams.ts';

const tiers = ['free', 'cheap', 'balanced', 'frontier'] as const;
export type Tier = (typeof tiers)[number];

export const ANTHROPIC = 'https://api.anthropic.com';

/** The tier that a requested model stands for: its name, or a place in the tier's chain. */
export function tierOf(model: string | null, config: BacklogConfig | undefined): Tier | null {
  if (model === null) return null;
  const named = tiers.find((tier) => tier === model);
  if (named !== undefined) return named;
  const chains = config?.llmOps?.tiers;
  return (
    tiers.find((tier) => chains?.[tier]?.some((entry) => entry === model || entry.endsWith(`/${model}`))) ??
    null
  );
}

export interface UpstreamQuery {
  readonly env: NodeJS.ProcessEnv;
  readonly config: BacklogConfig | undefined;
  /** Where the project's requests went before it was enabled; `undefined` for requests without a project. */
  readonly before: string | undefined;
  readonly tier: Tier | null;
  /** The request is in the OpenAI form. */
  readonly chat: boolean;
}

/** Where a request goes: its tier's upstream, else the configured one, else where it went before the gateway. */
export function chooseUpstream({ env, config, before, tier, chat }: UpstreamQuery): Upstream {
  const gateway = config?.llmOps?.gateway;
  const ofTier = tier === null ? undefined : gateway?.tierUpstreams[tier];
  const name =
    ofTier ?? (chat ? (gateway?.chatUpstream ?? 'litellm') : (gateway?.upstream ?? before ?? 'anthropic'));
  return upstreamNamed(name, env, config);
}

/** The upstream that is asked when the first cannot answer; `undefined` when none is configured. */
export function fallbackUpstream(
  env: NodeJS.ProcessEnv,
  config: BacklogConfig | undefined,
): Upstream | undefined {
  const name = config?.llmOps?.gateway.fallbackUpstream;
  return name === undefined ? undefined : upstreamNamed(name, env, config);
}

/** Addresses are read once for each configuration: they are asked for with every request. */
const known = new WeakMap<object, Map<string, Upstream>>();
const withoutConfig = {};

function upstreamNamed(name: string, env: NodeJS.ProcessEnv, config: BacklogConfig | undefined): Upstream {
  const owner = config ?? withoutConfig;
  const upstreams = known.get(owner) ?? new Map<string, Upstream>();
  known.set(owner, upstreams);
  const key = [name, env.LITELLM_BASE_URL, env.OLLAMA_HOST].join(' ');
  const found = upstreams.get(key) ?? readUpstream(name, env, config);
  upstreams.set(key, found);
  return found;
}

function readUpstream(name: string, env: NodeJS.ProcessEnv, config: BacklogConfig | undefined): Upstream {
  const gateway = config?.llmOps?.gateway ?? defaultSettings.gateway;
  const known = {
    anthropic: ANTHROPIC,
    litellm: gatewayURL({ ...defaultSettings, gateway }, env),
    ollama: ollamaURL(env),
  };
  const url = new URL(name in known ? known[name as keyof typeof known] : name);
  const kind = kindOf(url.href, known);
  const configured: TagAdapter[] = [...(config?.llmOps?.gateway.adapters ?? [])];
  return {
    kind,
    url,
    key: kind === 'litellm' ? env[gateway.apiKeyEnv] || undefined : undefined,
    // To the vendor itself nothing extra goes.
    adapters: kind === 'anthropic' ? [] : kind === 'litellm' ? ['litellm', ...configured] : configured,
  };
}

function kindOf(
  url: string,
  known: Readonly<Record<'anthropic' | 'litellm' | 'ollama', string>>,
): UpstreamKind {
  const named = (['anthropic', 'litellm', 'ollama'] as const).find((kind) => sameOrigin(url, known[kind]));
  return named ?? (new URL(url).hostname === 'api.openai.com' ? 'openai' : 'other');
}
