import type { ProviderFactory } from '../provider-types.cjs';
import { type ProviderRegistry } from '../registry.cjs';
/** The registry of routers that are given none of their own. */
export declare const registry: ProviderRegistry;
/** Adds a type of provider for all routers of this process; `createRegistry` makes one that only some routers see. */
export declare function register(type: string, factory: ProviderFactory, aliases?: readonly string[]): void;
/** @throws BacklogError `llm-provider-type-unknown` when there is no such type */
export declare function registerAlias(alias: string, type: string): void;
/** What opens providers of a type. @throws BacklogError `llm-provider-type-unknown`, which lists the known ones */
export declare function get(type: string): ProviderFactory;
/** Every type that there is. */
export declare function available(): string[];
