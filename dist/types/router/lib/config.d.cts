import { type ProviderRegistry } from '../registry.cjs';
import { type RouterConfig } from './config-types.cjs';
export declare const USUAL_TEMPERATURE = 0.2;
/**
 * Reads and checks a configuration file.
 * @param file a script or command in it is relative to this file's folder
 * @throws ConfigError with all problems
 */
export declare function loadRouterConfig(file: string, registry?: ProviderRegistry): RouterConfig;
export interface ParseOptions {
    /** Its name in messages. */
    readonly file?: string | undefined;
    readonly registry?: ProviderRegistry | undefined;
}
/**
 * Checks a configuration that is held in memory: YAML text, or the document that such a text stands for.
 * @throws ConfigError with all problems
 */
export declare function parseRouterConfig(source: string | object, options?: ParseOptions): RouterConfig;
/** Seconds. */
export declare function usualTimeout(type: string | undefined): number;
