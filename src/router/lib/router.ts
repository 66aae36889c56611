import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '../../platform/clock.ts';
import { messageOf } from '../../platform/errors.ts';
import type { AttemptRecord, PriceFunction } from '../attempt.ts';
import type { Answer, RouterDeps } from '../call.ts';
import { LlmRouterError } from '../failure.ts';
import { compileSchema } from '../json-schema.ts';
import type { Message, Provider, Target } from '../model.ts';
import type { ProviderRegistry } from '../registry.ts';
import { defaultSettings } from '../settings.ts';
import { type EventSink, eventOf, type TokenUsageHook, tell } from '../telemetry.ts';
import { walkChain } from '../walk.ts';
import { asCallError } from './call-error.ts';
import { parseRouterConfig } from './config.ts';
import type { RoleConfig, RouterConfig } from './config-types.ts';
import { registry as sharedRegistry } from './default-registry.ts';
import { type ChatMessage, splitMessages } from './messages.ts';
import { type CallOptions, checkedOverrides } from './overrides.ts';
import { type ProviderChoice, type RoutingPolicy, rolePolicy } from './policy.ts';
import { type LLMResponse, responseOf } from './response.ts';
import { targetsOf } from './targets.ts';
import { fileTraceStore, type TraceStore, traceFolder } from './trace-store.ts';

export interface RouterOptions {
  readonly policy?: RoutingPolicy | undefined;
  readonly eventSink?: EventSink | undefined;
  /** Without it one file for each attempt, below `traceDir`. */
  readonly traceStore?: TraceStore | undefined;
  /** Folder for `traces/`; without it the workspace's `.backlog-ops/`, else the project's, else that of `cwd`. */
  readonly traceDir?: string | undefined;
  readonly onTokenUsage?: TokenUsageHook | undefined;
  /** May shorten what is sent. When it fails the messages go as they are. */
  readonly compress?: ((messages: readonly ChatMessage[]) => CompressedMessages) | undefined;
  /** Types of providers; without it those that `register` has added to the built-in ones. */
  readonly registry?: ProviderRegistry | undefined;
  /** USD of an answer; without it only what a provider reports. */
  readonly price?: PriceFunction | undefined;
  /** Each attempt as the ledger wants it. */
  readonly onRecord?: ((record: AttemptRecord) => void | Promise<void>) | undefined;
  /** Notes and warnings, one line each; without it warnings become warnings of the process. */
  readonly onNote?: ((line: string) => void) | undefined;
  /** Traces carry prompt and answer. */
  readonly includePrompts?: boolean | undefined;
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly fetch?: typeof fetch | undefined;
  readonly clock?: Clock | undefined;
}

type CompressedMessages = readonly ChatMessage[] | Promise<readonly ChatMessage[]>;

export interface Router {
  readonly config: RouterConfig;
  /**
   * Asks the provider of a role, and its fallback providers when it fails. An unknown role is the default one.
   * @throws LlmRouterError with `failureType`; BacklogError for a wrong call
   */
  complete(role: string, messages: readonly ChatMessage[], options?: CallOptions): Promise<LLMResponse>;
}

/** @param config what `loadRouterConfig` gave, or a document of the same form @throws ConfigError */
export function createRouter(
  config: RouterConfig | { readonly llm: object },
  options: RouterOptions = {},
): Router {
  const registry = options.registry ?? sharedRegistry;
  const checked =
    'llm' in config ? parseRouterConfig(config, { file: 'the configuration', registry }) : config;
  const shelf = new Map<string, Provider>();
  return {
    config: checked,
    complete: (role, messages, more = {}) =>
      complete({ config: checked, options, registry, shelf }, role, messages, more),
  };
}

interface Parts {
  readonly config: RouterConfig;
  readonly options: RouterOptions;
  readonly registry: ProviderRegistry;
  readonly shelf: Map<string, Provider>;
}

async function complete(
  parts: Parts,
  asked: string,
  given: readonly ChatMessage[],
  options: CallOptions,
): Promise<LLMResponse> {
  const { config } = parts;
  const overrides = checkedOverrides(options);
  splitMessages(given);
  const schema = overrides.schema === undefined ? undefined : compileSchema(overrides.schema, 'schema');
  const id = overrides.requestId ?? randomUUID();
  const [role, roleConfig] = roleOf(asked, config);
  const deps = engineDeps(parts, overrides);
  try {
    const choice = await chosen(parts, role);
    const { policy = rolePolicy } = parts.options;
    const source = {
      id,
      role,
      workPackageId: overrides.workPackageId,
      workspace: overrides.workspace,
    };
    const data = {
      provider: choice.providerName,
      policy: policy.name ?? policy.constructor.name,
      asked_role: asked,
    };
    const { events } = deps;
    if (events !== undefined)
      await tell(
        () => events.emit(eventOf('policy.choice', source, data)),
        'the event sink failed on policy.choice',
        deps.note,
      );
    const request = { ...checkedOverrides(choice.requestOverrides ?? {}), ...defined(overrides) };
    const targets: Target[] = targetsOf(config, roleConfig, choice, request, {
      ...deps,
      registry: parts.registry,
      shelf: parts.shelf,
    });
    const answer: Answer = await walkChain(
      {
        id,
        ...(await compressed(given, parts.options, deps.note)),
        maxTokens: request.maxTokens ?? undefined,
        temperature: request.temperature,
        json: request.jsonMode,
        schema,
        timeoutMs: request.timeout === undefined ? undefined : request.timeout * 1000,
        tags: overrides.tags ?? [],
        workPackageId: overrides.workPackageId,
        workspace: overrides.workspace,
      },
      { tier: undefined, asked: role, targets, manner: 'role' },
      deps,
    );
    return responseOf(answer, role);
  } catch (error) {
    throw asCallError(error, id);
  }
}

/** An override that is `undefined` says nothing. */
function defined<T extends object>(values: T): Partial<T> {
  const kept: Partial<T> = {};
  for (const key in values) if (values[key] !== undefined) kept[key] = values[key];
  return kept;
}

function roleOf(asked: string, config: RouterConfig): [name: string, role: RoleConfig] {
  const name = Object.hasOwn(config.roles, asked) ? asked : config.defaultRole;
  const role = config.roles[name];
  if (role !== undefined) return [name, role];
  throw new LlmRouterError({ failureType: 'unknown', message: `there is no role "${name}"` });
}

async function chosen({ config, options }: Parts, role: string): Promise<ProviderChoice> {
  const policy = options.policy ?? rolePolicy;
  try {
    return await policy.choose(role, config);
  } catch (error) {
    throw new LlmRouterError({
      failureType: 'unknown',
      message: `the routing policy failed, so nobody was asked: ${messageOf(error)}`,
      cause: error,
    });
  }
}

async function compressed(
  given: readonly ChatMessage[],
  { compress }: RouterOptions,
  note: (line: string) => void,
): Promise<{ readonly system: string | undefined; readonly messages: readonly Message[] }> {
  try {
    return splitMessages(compress === undefined ? given : await compress(given));
  } catch (error) {
    note(`warning: the hook compress failed, and the messages go as they are: ${messageOf(error)}`);
    return splitMessages(given);
  }
}

function engineDeps({ options }: Parts, call: CallOptions): RouterDeps {
  const cwd = options.cwd ?? process.cwd();
  const folder = (): string => options.traceDir ?? traceFolder({ cwd, workspace: call.workspace });
  const note = options.onNote ?? warn;
  return {
    fetch: options.fetch ?? globalThis.fetch,
    env: options.env ?? process.env,
    clock: options.clock ?? systemClock,
    signal: call.signal ?? new AbortController().signal,
    settings: defaultSettings,
    includePrompts: options.includePrompts ?? false,
    note,
    price: options.price ?? (() => ({ cost_usd: null, price_source: null })),
    record: (record) => options.onRecord?.(record),
    trace: (trace) => (options.traceStore ?? fileTraceStore(folder())).write(trace),
    events: options.eventSink,
    onTokenUsage: options.onTokenUsage,
  };
}

function warn(line: string): void {
  if (line.startsWith('warning: ')) process.emitWarning(line.slice('warning: '.length), 'LlmRouterWarning');
}
