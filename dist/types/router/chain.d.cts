import { type DiscoverDeps } from './discover.cjs';
import { type Provider, type Target, type Tier } from './model.cjs';
/** What the caller asked for. */
export type Wanted = {
    readonly kind: 'model';
    readonly name: string;
} | {
    readonly kind: 'role';
    readonly name: string;
};
export interface Chain {
    /** The tier that was asked for, when one was. */
    readonly tier: Tier | undefined;
    /** As the caller named it: a tier, a role or a model. */
    readonly asked: string;
    readonly targets: readonly Target[];
    /**
     * `tier`: whoever is there stands in, and may be dearer, so a rate limit is waited for first. `role`: the caller has named
     * equals, so the next one is asked at once; but a mistake in the configuration ends the call, where going on would hide it
     * and move the cost elsewhere.
     */
    readonly manner: 'tier' | 'role';
}
export interface ChainDeps extends DiscoverDeps {
    readonly provider: (name: string) => Provider;
}
/**
 * The ordered targets of a tier, a role or a model.
 * @throws BacklogError `llm-no-provider` (exit 4), `llm-provider-unknown` (exit 3), `llm-role-unknown` (exit 2)
 */
export declare function chainFor(wanted: Wanted, noFallback: boolean, deps: ChainDeps): Promise<Chain>;
