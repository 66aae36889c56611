import type { Tier, World } from './model.cjs';
import { type RouterSettings } from './settings.cjs';
/** What was found, and for everything that was not, where it was looked for. */
export interface Found {
    /** `provider/model` of the asked tier; empty when nothing is there. */
    readonly references: readonly string[];
    readonly looked: readonly string[];
}
export interface DiscoverDeps extends World {
    readonly settings: RouterSettings;
    readonly signal: AbortSignal;
    /** Answers held in memory make the scripted provider the only one. */
    readonly scripted: boolean;
}
/**
 * What answers a tier when the configuration names nothing: LiteLLM or the gateway, else Ollama for `free`, else a
 * provider whose key is set, else Claude Code, which `free` never takes unasked.
 */
export declare function discoverer(deps: DiscoverDeps): (tier: Tier) => Promise<Found>;
/** The provider that a bare model name belongs to, by what is there. */
export declare function providerOfModel(model: string, deps: DiscoverDeps): Promise<Found>;
/** Full path of a program, found as a shell finds it, without running it. */
export declare function programOnPath(name: string, env: NodeJS.ProcessEnv): string | undefined;
