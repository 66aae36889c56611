import type { ProviderFactory } from '../provider-types.ts';
import { builtInRegistry, type ProviderRegistry } from '../registry.ts';

/** The registry of routers that are given none of their own. */
export const registry: ProviderRegistry = builtInRegistry;

/** Adds a type of provider for all routers of this process; `createRegistry` makes one that only some routers see. */
export function register(type: string, factory: ProviderFactory, aliases: readonly string[] = []): void {
  registry.register(type, factory, aliases);
}

/** @throws BacklogError `llm-provider-type-unknown` when there is no such type */
export function registerAlias(alias: string, type: string): void {
  registry.registerAlias(alias, type);
}

/** What opens providers of a type. @throws BacklogError `llm-provider-type-unknown`, which lists the known ones */
export function get(type: string): ProviderFactory {
  return registry.get(type);
}

/** Every type that there is. */
export function available(): string[] {
  return registry.available();
}
