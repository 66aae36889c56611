import type { World } from './model.cjs';
import type { Script } from './providers/scripted.cjs';
import type { RouterSettings } from './settings.cjs';
/** What a provider is opened with. */
export interface OpenDeps extends World {
    readonly settings: RouterSettings;
    /** Answers held in memory, for the demo; else the file of the provider or of `BACKLOG_LLM_SCRIPT`. */
    readonly script?: Script | undefined;
}
