import { BacklogError } from '../../platform/errors.cjs';
import type { ConfigProblem } from '../../project/config-problem.cjs';
import type { ProviderSettings } from '../settings.cjs';
/** A provider of the configuration. Keys of its roles that they do not set themselves are inherited from here. */
export interface ProviderConfig {
    /** The built-in type behind an alias, else as it is written. */
    readonly type: string;
    /** As the type's factory gets it. */
    readonly settings: ProviderSettings;
    /** Model of its roles that name none, and of calls that fall back to it; `''` leaves it to the server or program. */
    readonly model: string;
    readonly temperature: number | undefined;
    readonly jsonMode: boolean | undefined;
    readonly maxTokens: number | null | undefined;
    /** Seconds. */
    readonly timeout: number | undefined;
    /** The entry as it is written. */
    readonly source: Readonly<Record<string, unknown>>;
}
/** A role with everything that it inherits filled in. */
export interface RoleConfig {
    readonly provider: string;
    /** `''` leaves it to the server or program. */
    readonly model: string;
    /** 0 to 2. */
    readonly temperature: number;
    readonly jsonMode: boolean;
    /** `null` leaves it to the model. */
    readonly maxTokens: number | null;
    /** Wall clock of one attempt, seconds. */
    readonly timeout: number;
    /** `provider`, or `provider/model`. */
    readonly fallbackProviders: readonly string[];
    /** What the role sets itself: that holds for its fallback providers too, save the model. */
    readonly own: {
        readonly temperature: number | undefined;
        readonly jsonMode: boolean | undefined;
        readonly maxTokens: number | null | undefined;
        readonly timeout: number | undefined;
    };
}
/** A configuration `llm: {default_role, providers, roles}` that has been checked. */
export interface RouterConfig {
    readonly defaultRole: string;
    readonly providers: Readonly<Record<string, ProviderConfig>>;
    readonly roles: Readonly<Record<string, RoleConfig>>;
    /** What is read and has no effect. */
    readonly warnings: readonly ConfigProblem[];
}
/** A configuration that cannot be used, with everything that is wrong with it. */
export declare class ConfigError extends BacklogError {
    /** Each with its place (`llm.roles.judge.provider`), its line (1-based) and the edit that mends it. */
    readonly problems: readonly ConfigProblem[];
    constructor(file: string, problems: readonly ConfigProblem[]);
}
