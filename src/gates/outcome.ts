import type { Gate } from '../project/gates.ts';
import type { Attempts } from './attempts.ts';
import { appendEvidence, type EvidenceLine, type NewEvidence, OUTPUT_TAIL } from './evidence.ts';
import type { ToolFinding } from './findings.ts';
import type { Work } from './work.ts';

/** What a run of a gate came to. */
export interface GateOutcome {
  readonly gate: Gate;
  readonly result: 'pass' | 'fail';
  /** One sentence: why, with counts. */
  readonly message: string;
  /** What to do about a failure. */
  readonly fix: string | undefined;
  /** The lines that were stored. */
  readonly evidence: readonly EvidenceLine[];
  /** Lint: findings that are not in the base, at most 100. */
  readonly findings: readonly ToolFinding[];
  /** Lint: soft rules that the change breaks; they do not block. */
  readonly remarks?: readonly ToolFinding[];
  /** Lint: how often it has failed by now. */
  readonly attempts?: Attempts;
  /** The end of the output of the command that decided. */
  readonly outputTail: string;
}

/** Which command ran how, as evidence has it; `undefined` where no command ran. */
export interface RanCommand {
  readonly command: string;
  readonly exitCode: number | null;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly output: string;
  readonly outputSha256: string;
}

/** Stores a line for the work's ticket, in the name of the caller. @param admit as `appendEvidence` has it */
export function store(
  work: Work,
  ran: RanCommand | undefined,
  line: Pick<NewEvidence, 'gate' | 'result' | 'holds_for'> &
    Partial<Pick<NewEvidence, 'phase' | 'tests' | 'findings' | 'details'>>,
  admit?: (lines: readonly EvidenceLine[]) => void,
): Promise<EvidenceLine> {
  const { call, claim, ticket } = work;
  const evidence: NewEvidence = {
    ticket_id: ticket.id,
    command: ran?.command ?? null,
    exit_code: ran?.exitCode ?? null,
    started_at: ran?.startedAt ?? call.clock().toISOString(),
    duration_ms: ran?.durationMs ?? 0,
    base_commit: claim.base_commit,
    output_sha256: ran?.outputSha256 ?? null,
    output_tail: tailOf(ran?.output ?? ''),
    agent_id: call.caller.agentId ?? null,
    session_id: call.caller.sessionId ?? null,
    ...line,
  };
  return appendEvidence(call.paths.opsDir, evidence, admit);
}

/** The end of an output, from the beginning of a line on where there is one. */
export function tailOf(output: string): string {
  if (output.length <= OUTPUT_TAIL) return output;
  const tail = output.slice(-OUTPUT_TAIL);
  const line = tail.indexOf('\n');
  return line >= 0 && line < OUTPUT_TAIL / 2 ? tail.slice(line + 1) : tail;
}

/** `a; b; c and 4 more`. */
export function listed(names: readonly string[], most = 5): string {
  const rest = names.length - most;
  return names.slice(0, most).join('; ') + (rest > 0 ? ` and ${rest} more` : '');
}

export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
