import type { Finding } from '../tickets/finding.ts';
import type { DuplicatePair } from './duplicates.ts';
import { duplicateGroups } from './duplicates.ts';
import { healthOf } from './refine/health.ts';
import { inOrder } from './refine/order.ts';
import { filesQuestion, questionsOf } from './refine/questions.ts';
import type { RefinedTicket, Refinement, RefinementFacts, RefinementState } from './refine/types.ts';

/**
 * What has to be done with the tickets: a state for each, the questions that a person or a model has to answer, and the health
 * of the whole. The same facts give the same answer; nothing is written.
 */
export function refinementOf(facts: RefinementFacts): Refinement {
  const { tickets } = facts;
  const asked = new Set(tickets.map(({ id }) => id));
  const answers = new Map(tickets.map((ticket) => [ticket.id, new Set(ticket.answers)]));
  const duplicates = facts.duplicates.filter(
    ({ a, b }) =>
      (asked.has(a) || asked.has(b)) &&
      !answers.get(a)?.has(`not-duplicate-of:${b}`) &&
      !answers.get(b)?.has(`not-duplicate-of:${a}`),
  );
  const obsolete = new Map(
    facts.obsolete
      .filter(({ id }) => asked.has(id) && !answers.get(id)?.has('not-obsolete'))
      .map(({ id, reason }) => [id, reason]),
  );
  const findings = groupedByFile(facts.findings);
  const pairs = pairsById(duplicates);
  const refined = inOrder(tickets).map((ticket): RefinedTicket => {
    const own = findings.get(ticket.file) ?? [];
    const gone = obsolete.get(ticket.id);
    const twins = pairs.get(ticket.id) ?? [];
    const details = [
      ...(gone === undefined ? [] : [gone]),
      ...twins.map(({ id, score }) => `may ask for the same as ${id} (${score.toFixed(2)})`),
      ...own.map(({ message }) => message),
    ];
    return {
      ticket,
      state: stateOf(gone !== undefined, twins.length > 0, own.length > 0),
      details,
      findings: own,
    };
  });
  return {
    tickets: refined,
    duplicates,
    moved: facts.moved,
    broken: facts.broken,
    questions: [
      ...filesQuestion(facts.doubtful.filter((id) => asked.has(id) && !answers.get(id)?.has('not-obsolete'))),
      ...questionsOf(refined, duplicates, answers),
    ],
    health: healthOf(tickets, {
      obsolete: obsolete.size,
      duplicates: duplicateGroups(duplicates).reduce((sum, group) => sum + group.length - 1, 0),
      valid: refined.filter(({ state }) => state === 'valid').length,
    }),
  };
}

function stateOf(obsolete: boolean, duplicate: boolean, findings: boolean): RefinementState {
  if (obsolete) return 'obsolete';
  if (duplicate) return 'duplicate';
  return findings ? 'attention' : 'valid';
}

function groupedByFile(findings: readonly Finding[]): Map<string, Finding[]> {
  const found = new Map<string, Finding[]>();
  for (const finding of findings) {
    const list = found.get(finding.file);
    if (list === undefined) found.set(finding.file, [finding]);
    else list.push(finding);
  }
  return found;
}

function pairsById(pairs: readonly DuplicatePair[]): Map<string, { id: string; score: number }[]> {
  const found = new Map<string, { id: string; score: number }[]>();
  const add = (id: string, other: string, score: number): void => {
    const list = found.get(id) ?? [];
    // Of many equal tickets the first would name all others.
    if (list.length < MOST_NAMED) list.push({ id: other, score });
    found.set(id, list);
  };
  for (const { a, b, score } of pairs) {
    add(a, b, score);
    add(b, a, score);
  }
  return found;
}

const MOST_NAMED = 5;
