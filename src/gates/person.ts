import { consumeStamp } from '../attribution/stamps.ts';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { type GateCall, personName } from './call.ts';

/** What only a person may decide; the purpose that a hook's stamp is for. */
export type Decision = 'waive' | 'allow' | 'include' | 'raise' | 'close';

/**
 * Lets a person decide, and says who did: inside Claude Code only with the stamp of a hook that asked, which is used up; on
 * a plain terminal by asking. Nobody else can.
 * @param decision.command the command line as a person would type it
 * @throws BacklogError `person-needed` or `person-declined` (exit 1)
 */
export async function requirePerson(
  call: GateCall,
  decision: { readonly purpose: Decision; readonly question: string; readonly command: string },
): Promise<string> {
  const person = `human:${await personName(call)}`;
  const { insideClaudeCode, sessionId, stamp } = call.caller;
  if (insideClaudeCode) {
    const granted =
      sessionId !== undefined &&
      stamp !== undefined &&
      consumeStamp(call.home, sessionId, stamp, decision.purpose);
    if (granted) return person;
  } else if (call.confirm !== undefined) {
    if (await call.confirm(`${decision.question} [y/N] `)) return person;
    throw new BacklogError({
      code: 'person-declined',
      message: `${decision.question} The answer was no; nothing was changed`,
      fix: `run it again and answer y, if you mean it: ${decision.command}`,
      exitCode: ExitCode.CheckFailed,
    });
  }
  throw new BacklogError({
    code: 'person-needed',
    message: `only a person may decide this: ${decision.question}`,
    fix: `type it in a terminal of your own, outside Claude Code: ${decision.command}`,
    exitCode: ExitCode.CheckFailed,
  });
}
