import type { Clock } from '../platform/clock.ts';

/** The world as hooks see it. */
export interface HookWorld {
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  readonly clock: Clock;
  /** The gateway of a project, for SessionStart; the fast events have none. */
  readonly gateway?: GatewayDoor | undefined;
  /** Writes what went wrong beside an answer that is given all the same. */
  readonly report?: (message: string) => void;
}

/** What SessionStart asks of the gateway, which is another room on this floor. */
export interface GatewayDoor {
  /** Whether the project's requests are to go through it. */
  isEnabled(root: string): boolean;
  /** Folder of the project that a path segment of its address leads to on this machine. */
  rootOf(prefix: string): string | undefined;
  /** Starts it unless it answers. @returns why it cannot be started, with what to type */
  start(): Promise<string | undefined>;
}
