import { sensitivity } from '../gates/sensitivity.ts';
import type { DisciplineName } from '../project/disciplines.ts';
import { agentTypeOf } from './agent-type.ts';
import type { Candidate } from './candidate.ts';

export interface ChosenDiscipline {
  readonly name: DisciplineName;
  /** Which rule chose it, in words. */
  readonly why: string;
}

export interface DisciplineFacts {
  readonly ticket: Pick<Candidate, 'prefix' | 'tags' | 'files' | 'classification'>;
  readonly agentType: string;
  readonly gate: string;
}

/** An agent that is told everything minds nothing. */
const MOST = 3;

type Rule = (facts: DisciplineFacts) => string | undefined;

/** What a ticket may ask for beside its gate's own discipline; the most important first, as the last ones fall away. */
const rules: readonly (readonly [DisciplineName, Rule])[] = [
  ['security', ({ ticket }) => sensitivity(ticket)],
  ['debugging', ({ ticket }) => word([ticket.prefix], /^(?:BUG|FIX|HOTFIX)$/i, 'prefix')],
  [
    'performance',
    ({ ticket }) => word([ticket.prefix, ...ticket.tags], /^PERF(?:ORMANCE)?$|^SPEED$/i, 'tag'),
  ],
  ['architecture', ({ ticket }) => word([ticket.prefix, ...ticket.tags], /^ARCH(?:ITECTURE)?$/i, 'tag')],
  [
    'frontend',
    ({ agentType, ticket }) =>
      agentType === 'frontend' || agentTypeOf(ticket.files) === 'frontend'
        ? 'most of the files are of the user interface'
        : undefined,
  ],
  [
    'architecture',
    ({ ticket, gate }) =>
      ticket.classification.complexity === 'complex' && gate !== 'lint'
        ? `complex: ${ticket.classification.reasons.join(', ')}`
        : undefined,
  ],
];

/** What an agent of each gate minds first, whatever the ticket; gates that are not here have no agent. */
const firsts: ReadonlyMap<string, ChosenDiscipline> = new Map([
  ['plan', { name: 'tests-first', why: 'a plan names the test of each criterion' }],
  ['implement', { name: 'tests-first', why: 'the program looks for a red run before the green one' }],
  ['lint', { name: 'debugging', why: 'a finding is mended at its cause' }],
  ['review', { name: 'code-review', why: 'gate review' }],
]);

/** What fills the second place when no rule fits. */
const seconds: ReadonlyMap<string, ChosenDiscipline> = new Map([
  ['plan', { name: 'architecture', why: 'a plan decides where the code goes' }],
  ['implement', { name: 'performance', why: 'no rule asks for another second one' }],
  ['lint', { name: 'tests-first', why: 'a mended finding must not break a test' }],
  ['review', { name: 'tests-first', why: 'a reviewer asks what proves each criterion' }],
]);

/** Two or three disciplines for the agent of a gate; none where no agent works. */
export function disciplinesFor(facts: DisciplineFacts): readonly ChosenDiscipline[] {
  const first = firsts.get(facts.gate);
  const second = seconds.get(facts.gate);
  if (first === undefined || second === undefined) return [];
  const chosen = [first];
  for (const [name, rule] of rules) {
    const why = rule(facts);
    if (why !== undefined && chosen.every((one) => one.name !== name)) chosen.push({ name, why });
  }
  return chosen.length > 1 ? chosen.slice(0, MOST) : [first, second];
}

function word(words: readonly string[], pattern: RegExp, what: string): string | undefined {
  const found = words.find((one) => pattern.test(one));
  return found === undefined ? undefined : `${what} ${found}`;
}
