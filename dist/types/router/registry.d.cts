import { type ProviderFactory } from './provider-types.cjs';
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
/** A registry of its own that knows the built-in types: what is added to it is seen by nobody else. */
export declare function createRegistry(): ProviderRegistry;
/** For callers that add nothing. */
export declare const builtInRegistry: ProviderRegistry;
