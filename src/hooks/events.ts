import { beforeEvents } from './before-events.ts';
import type { Handlers } from './run.ts';

/** All events of Claude Code that we listen to. The rare ones read configuration and transcripts: loaded when they come. */
export const allEvents: Handlers = {
  ...beforeEvents,
  SessionStart: async () => (await import('./session-start.ts')).sessionStart,
  SubagentStop: async () => (await import('./stop.ts')).stop,
  Stop: async () => (await import('./stop.ts')).stop,
  SessionEnd: async () => (await import('./usage.ts')).leaveUsage,
  // Ours: the detached reader of what is too much for a hook.
  Ingest: async () => (await import('./usage.ts')).ingestAll,
};
