import type { Clock } from '../platform/clock.ts';

/** The world as hooks see it. */
export interface HookWorld {
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  readonly clock: Clock;
}
