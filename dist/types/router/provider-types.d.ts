import type { Provider } from './model.js';
import type { OpenDeps } from './open-deps.js';
import type { ProviderSettings } from './settings.js';
/**
 * Opens one provider of a configuration.
 * @param name as the configuration calls it; it stands in records, traces and events
 */
export type ProviderFactory = (name: string, settings: ProviderSettings, deps: OpenDeps) => Provider;
export declare const builtInTypes: Readonly<Record<string, ProviderFactory>>;
