import { permissionRequest } from './permission-request.ts';
import { postToolUse } from './post-tool-use.ts';
import { preToolUse } from './pre-tool-use.ts';
import type { Handlers } from './run.ts';
import { subagentStart } from './subagent-start.ts';
import { userPromptExpansion } from './user-prompt-expansion.ts';
import { userPromptSubmit } from './user-prompt-submit.ts';

/** Events that the client waits for before each tool, prompt and subagent: part of the fast bundle, so nothing heavy here. */
export const beforeEvents: Handlers = {
  UserPromptExpansion: async () => userPromptExpansion,
  UserPromptSubmit: async () => userPromptSubmit,
  PreToolUse: async () => preToolUse,
  PermissionRequest: async () => permissionRequest,
  PostToolUse: async () => postToolUse,
  SubagentStart: async () => subagentStart,
};
