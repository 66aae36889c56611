import { BacklogError, ExitCode } from '../platform/errors.ts';
import { nearest } from '../platform/suggest.ts';
import { builtInTypes, type ProviderFactory } from './provider-types.ts';

/** The types of providers, by the name that a configuration gives them. */
export interface ProviderRegistry {
  /** Adds a type, or replaces one of the same name. */
  register(type: string, factory: ProviderFactory, aliases?: readonly string[]): void;
  /** Another name for a type. @throws BacklogError `llm-provider-type-unknown` when there is no such type */
  registerAlias(alias: string, type: string): void;
  /** @throws BacklogError `llm-provider-type-unknown` (exit 3), which lists the known ones */
  get(type: string): ProviderFactory;
  has(type: string): boolean;
  /** The type behind a name: itself, or what it is an alias of. */
  canonical(type: string): string;
  /** Every type, without aliases, in the order of the alphabet. */
  available(): string[];
}

/** Names by which older configurations call the built-in types. */
const builtInAliases: Readonly<Record<string, string>> = {
  'openai-compatible': 'openai',
  openai_compatible: 'openai',
  openai_http: 'openai',
  openrouter_http: 'openai',
  opencode_subscription_http: 'openai',
  anthropic_http: 'anthropic',
  ollama_http: 'ollama',
  claude_code_cli: 'claude-cli',
  claude_code: 'claude-cli',
  claude_cli: 'claude-cli',
  claude: 'claude-cli',
  codex_cli: 'codex-cli',
  codex: 'codex-cli',
  gemini_cli: 'gemini-cli',
  gemini: 'gemini-cli',
  mock: 'scripted',
};

/** A registry of its own that knows the built-in types: what is added to it is seen by nobody else. */
export function createRegistry(): ProviderRegistry {
  const types = new Map<string, ProviderFactory>(Object.entries(builtInTypes));
  const aliases = new Map(Object.entries(builtInAliases));
  const canonical = (type: string): string => (types.has(type) ? type : (aliases.get(type) ?? type));
  const get = (type: string): ProviderFactory => {
    const factory = types.get(canonical(type));
    if (factory !== undefined) return factory;
    throw unknownType(type, [...types.keys(), ...aliases.keys()]);
  };
  return {
    register: (type, factory, more = []) => {
      types.set(type, factory);
      for (const alias of more) aliases.set(alias, type);
    },
    registerAlias: (alias, type) => {
      get(type);
      aliases.set(alias, canonical(type));
    },
    get,
    has: (type) => types.has(canonical(type)),
    canonical,
    available: () => [...types.keys()].sort(),
  };
}

/** For callers that add nothing. */
export const builtInRegistry: ProviderRegistry = createRegistry();

function unknownType(type: string, known: readonly string[]): BacklogError {
  const meant = nearest(type, known);
  return new BacklogError({
    code: 'llm-provider-type-unknown',
    message: `there is no provider type "${type}"; there are ${known.join(', ')}`,
    fix: meant === undefined ? 'use one of these, or register it' : `write ${meant}, or register the type`,
    exitCode: ExitCode.ProjectUnusable,
  });
}
