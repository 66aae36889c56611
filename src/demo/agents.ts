import path from 'node:path';
import { newId } from '../platform/ids.ts';
import type { Program } from './program.ts';

/** The agents of the demo. Their ids have the client's form, `a` and 16 hexadecimal digits. */
export interface DemoSession {
  readonly sessionId: string;
  readonly implementer: string;
  readonly reviewer: string;
}

export function newSession(): DemoSession {
  const agent = () => `a${newId().replaceAll('-', '').slice(0, 16)}`;
  return { sessionId: newId(), implementer: agent(), reviewer: agent() };
}

/**
 * Plays Claude Code's part: sends the JSON of an event to `backlog hook`, on the same way as the client does.
 * @returns what the hook answered; an empty object when it had nothing to say
 */
export async function sendHook(
  program: Program,
  session: DemoSession,
  cwd: string,
  event: string,
  fields: Readonly<Record<string, unknown>>,
): Promise<string> {
  const input = {
    session_id: session.sessionId,
    transcript_path: path.join(cwd, '.git', 'no-transcript.jsonl'),
    cwd,
    hook_event_name: event,
    permission_mode: 'default',
    ...fields,
  };
  const answer = await program.succeed({ args: ['hook', event], input: JSON.stringify(input) });
  return answer.stdout;
}

/** The reason of a denial in a PreToolUse answer; `undefined` when the hook let the call go on. */
export function denialReason(hookAnswer: string): string | undefined {
  if (hookAnswer.trim() === '') return undefined;
  const answer: unknown = JSON.parse(hookAnswer);
  const output = field(answer, 'hookSpecificOutput');
  const reason = field(output, 'permissionDecisionReason');
  return field(output, 'permissionDecision') === 'deny' && typeof reason === 'string' ? reason : undefined;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value))[name]
    : undefined;
}
