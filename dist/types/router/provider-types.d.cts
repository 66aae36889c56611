import type { Provider } from './model.cjs';
import type { OpenDeps } from './open-deps.cjs';
import type { ProviderSettings } from './settings.cjs';
/**
 * Opens one provider of a configuration.
 * @param name as the configuration calls it; it stands in records, traces and events
 */
export type ProviderFactory = (name: string, settings: ProviderSettings, deps: OpenDeps) => Provider;
export declare const builtInTypes: Readonly<Record<string, ProviderFactory>>;
