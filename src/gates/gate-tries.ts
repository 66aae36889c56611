import { type Gate, gates } from '../project/gates.ts';
import type { Evidence, EvidenceLine } from './evidence.ts';
import { roundsOf } from './review-answers.ts';
import { type ReviewFinding, readFindings } from './verdict.ts';

/** What a ticket's evidence says of how it went. */
export interface GateTries {
  /** Gates of which there is a result. */
  readonly run: number;
  /** Of these, those whose first result was a pass; of implement, of both its runs. */
  readonly passedFirstTry: number;
  readonly reviewRounds: number;
  readonly testsAdded: number;
}

/** Counts a ticket's tries; waivers, and what was carried over a rebase, are none. */
export function gateTries(lines: readonly EvidenceLine[]): GateTries {
  const results = lines.map(({ record }) => record).filter(isTry);
  const of = (gate: Gate): Evidence[] => results.filter((record) => record.gate === gate);
  const run = gates.filter((gate) => of(gate).length > 0);
  const red = results.findLast(({ phase, result }) => phase === 'red' && result === 'pass');
  return {
    run: run.length,
    passedFirstTry: run.filter((gate) => passedFirst(of(gate))).length,
    reviewRounds: roundsOf(lines.filter(({ record }) => record.gate === 'review' && isTry(record))),
    testsAdded: red?.tests?.added ?? red?.tests?.red?.length ?? 0,
  };
}

/** Every finding that a reviewer of the ticket has named. */
export function allFindings(lines: readonly EvidenceLine[]): ReviewFinding[] {
  return lines.flatMap(({ record }) =>
    record.gate === 'review' && isTry(record) ? readFindings(record.details?.findings) : [],
  );
}

function isTry({ result, details }: Evidence): boolean {
  return (result === 'pass' || result === 'fail') && details?.carried_from === undefined;
}

function passedFirst(tries: readonly Evidence[]): boolean {
  const phases = new Set(tries.map(({ phase }) => phase));
  return [...phases].every((phase) => tries.find((one) => one.phase === phase)?.result === 'pass');
}
