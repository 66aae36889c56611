import type { BacklogConfig } from '../project/config.ts';
import { requiredGates } from '../project/config.ts';
import type { Ticket } from '../tickets/ticket.ts';
import type { CompactEvidence, CompactLine } from './compact.ts';
import { promiseDigest, promiseOf } from './promise.ts';

const writing: ReadonlySet<string> = new Set(['plan', 'implement', 'lint']);

/** The committed evidence of a ticket; `undefined` when the text is none. */
export function parseCompact(text: string): CompactEvidence | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isCompact(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isCompact(value: unknown): value is CompactEvidence {
  if (typeof value !== 'object' || value === null) return false;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  return (
    fields.v === 1 &&
    ['ticket_id', 'base_commit', 'commit', 'tree', 'promise', 'tests'].every(
      (key) => typeof fields[key] === 'string',
    ) &&
    ['gates', 'waivers', 'included'].every((key) => Array.isArray(fields[key])) &&
    Array.isArray(fields.gates) &&
    fields.gates.every(
      (line) => typeof line === 'object' && line !== null && 'gate' in line && 'holds_for' in line,
    )
  );
}

/** What is wrong with a ticket's committed evidence, in words; empty when every required gate rests on something. */
export function problemsOf(ticket: Ticket, evidence: CompactEvidence, config: BacklogConfig): string[] {
  const problems: string[] = [];
  if (evidence.ticket_id !== ticket.id) problems.push(`the evidence is of ${evidence.ticket_id}`);
  if (evidence.promise !== promiseDigest(promiseOf(ticket)))
    problems.push('criteria, test strategy, files or tests are not what the evidence was given for');
  for (const gate of requiredGates(config)) {
    const lines = evidence.gates.filter((line) => line.gate === gate);
    if (lines.some(({ result }) => result === 'waived')) continue;
    const passed = lines.filter(({ result }) => result === 'pass');
    const unbound = passed.filter((line) => !isBound(line, evidence));
    if (passed.length === 0) problems.push(`there is no evidence of ${gate}`);
    else if (unbound.length > 0) problems.push(`${gate} was passed by other code than what was committed`);
    else if (gate === 'implement' && ticket.tests === 'new' && !passed.some(({ phase }) => phase === 'red'))
      problems.push('no failing run of the new tests was made');
    else if (gate === 'implement' && !passed.some(({ phase }) => phase !== 'red'))
      problems.push('no passing test run was made');
  }
  const reviewer = evidence.gates.find(
    ({ gate, result }) => gate === 'review' && result === 'pass',
  )?.agent_id;
  const wrote = evidence.gates.some(
    ({ gate, agent_id }) => writing.has(gate) && agent_id !== null && agent_id === reviewer,
  );
  if (reviewer && wrote) problems.push('the reviewer is the implementer');
  return problems;
}

function isBound({ holds_for: held }: CompactLine, { tree, promise, base_commit }: CompactEvidence): boolean {
  switch (held.kind) {
    case 'tree':
    case 'diff':
    case 'commit':
      return held.tree === tree;
    case 'promise':
      return held.promise === promise;
    case 'red':
      return held.base === base_commit;
    default:
      return false;
  }
}
