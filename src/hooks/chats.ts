import path from 'node:path';
import { cursorFile } from '../ledger/cursor.ts';
import { findProject } from '../project/paths.ts';
import type { HookInput } from './input.ts';
import { configOf } from './project-config.ts';
import type { HookWorld } from './world.ts';

/**
 * Writes a session's new prompts and answers to the project's chat log, where its configuration asks for one.
 * @returns whether there is more to read
 * @throws BacklogError `chat-log-unsafe`, `file-write-failed`
 */
export async function readChats(
  { session_id, transcript_path, cwd }: Pick<HookInput, 'session_id' | 'transcript_path' | 'cwd'>,
  { home, clock }: HookWorld,
  maxBytes: number,
): Promise<boolean> {
  const project = findProject(cwd);
  const settings = configOf(project)?.llmOps.logging;
  if (project === undefined || settings === undefined || settings.chat === 'off') return false;
  const [{ openChatLog }, { logChats }] = await Promise.all([
    import('../telemetry/chat-log.ts'),
    import('../telemetry/chat-transcript.ts'),
  ]);
  const log = openChatLog(project.opsDir, session_id, settings, clock);
  if (log === undefined) return false;
  return logChats({
    transcriptFile: transcript_path,
    sessionId: session_id,
    log,
    cursorFile: cursorFile(path.join(home, 'cursors', 'chats'), session_id),
    maxBytes,
  });
}
