import type { RouterConfig } from './config-types.cjs';
/** What a call, a policy or a role may say about a request. */
export interface RequestOverrides {
    /** Model of the chosen provider; it never goes to a fallback provider. */
    readonly model?: string | undefined;
    /** 0 to 2. */
    readonly temperature?: number | undefined;
    readonly jsonMode?: boolean | undefined;
    /** `null` leaves it to the model. */
    readonly maxTokens?: number | null | undefined;
    /** Wall clock of one attempt, seconds. */
    readonly timeout?: number | undefined;
}
export interface ProviderChoice {
    /** A provider of the configuration. */
    readonly providerName: string;
    /** Entries of that provider's configuration, replaced for this call; they never reach a fallback provider. */
    readonly providerOverrides?: Readonly<Record<string, unknown>> | undefined;
    /** Between the call's own overrides, which come first, and the role. */
    readonly requestOverrides?: RequestOverrides | undefined;
    /** Older name of `providerOverrides`. */
    readonly overrides?: Readonly<Record<string, unknown>> | undefined;
}
/** Chooses the provider that is asked first. It is part of the decision and no telemetry: when it fails, the call fails. */
export interface RoutingPolicy {
    /** Stands in the event `policy.choice`. */
    readonly name?: string | undefined;
    choose(role: string, config: RouterConfig): ProviderChoice | Promise<ProviderChoice>;
}
/** The role's own provider. */
export declare const rolePolicy: RoutingPolicy;
