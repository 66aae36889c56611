import type { Tier } from './model.cjs';
import type { Script } from './providers/scripted.cjs';
/** A provider of the configuration (`llmOps.providers.<name>`). Keys are named, never written. */
export interface ProviderSettings {
    /** A built-in type or one that somebody has registered. */
    readonly type: string;
    readonly baseURL?: string | undefined;
    /** Environment variable that holds the address, where `baseURL` is not given. */
    readonly baseURLEnv?: string | undefined;
    /** Environment variable that holds the key. */
    readonly apiKeyEnv?: string | undefined;
    readonly billing?: 'api' | 'plan' | 'local' | 'unknown' | undefined;
    readonly timeoutSeconds?: number | undefined;
    /** `scripted`: file with the answers. */
    readonly script?: string | undefined;
    /** `scripted`: answers held in memory. */
    readonly answers?: Script | undefined;
    /** HTTP types: headers beside our own. */
    readonly headers?: Readonly<Record<string, string>> | undefined;
    /** `ollama`: tokens of room for prompt and answer (`num_ctx`). */
    readonly contextTokens?: number | undefined;
    /** Command types: the program, and what stands before our own arguments. */
    readonly command?: string | undefined;
    readonly args?: readonly string[] | undefined;
    /** Command types: the option before the model's name; `null` gives none. */
    readonly modelFlag?: string | null | undefined;
    /** Command types: what the program prints, and the field of its JSON that holds the answer. */
    readonly responseFormat?: 'text' | 'json' | undefined;
    readonly textField?: string | undefined;
    /** Whatever else stands there, for types that we do not know. */
    readonly more?: Readonly<Record<string, unknown>> | undefined;
}
/** What the router reads of `llmOps`. Everything has a default, so that it works without a configuration. */
export interface RouterSettings {
    readonly providers: Readonly<Record<string, ProviderSettings>>;
    /** Ordered chains of `provider/model`. A tier that is not here takes what is there. */
    readonly tiers: Readonly<Partial<Record<Tier, readonly string[] | undefined>>>;
    /** A tier, `provider/model`, or a chain of either. */
    readonly roles: Readonly<Record<string, string | readonly string[]>>;
    readonly gateway: {
        readonly baseURL: string;
        readonly apiKeyEnv: string;
    };
    /** How Claude Code itself is paid. */
    readonly billing: 'api' | 'plan' | 'local' | 'unknown';
}
export declare const defaultSettings: RouterSettings;
/** Where LiteLLM or another gateway is looked for: `LITELLM_BASE_URL`, else the configured one, else port 8000 here. */
export declare function gatewayURL(settings: RouterSettings, env: NodeJS.ProcessEnv): string;
/** Somebody named this gateway: any answer of it counts, not only one that looks like LiteLLM. */
export declare function gatewayIsNamed(settings: RouterSettings, env: NodeJS.ProcessEnv): boolean;
/** LiteLLM's root, without `/v1`, and the variable with its key: an address from the environment has its key there too. */
export declare function litellmAt(settings: RouterSettings, env: NodeJS.ProcessEnv): {
    readonly base: string;
    readonly keyEnv: string;
};
/** Ollama's address by its own rules: scheme and port may be missing, `0.0.0.0` is what it listens on, not where it is. */
export declare function ollamaURL(env: NodeJS.ProcessEnv): string;
/** @throws BacklogError `llm-bad-address` (exit 3) */
export declare function checkedURL(name: string, value: string): string;
/** On this machine. Anything else may be a vendor, and gets no tags unless somebody named it as gateway. */
export declare function isLoopback(address: string): boolean;
export declare function sameOrigin(left: string, right: string): boolean;
