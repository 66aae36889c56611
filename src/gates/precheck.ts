import type { Gate } from '../project/gates.ts';
import type { TicketDiff } from './difference.ts';
import { debugLeftovers, formatLeftovers, type Leftover } from './leftovers.ts';
import { fileAt } from './repository.ts';
import { type GateState, gateStatus } from './status.ts';
import { parseDiff } from './unified-diff.ts';
import { factsOf, type Work } from './work.ts';

/** What a program knows of a change before anybody reviews it. `null`: nothing is configured that could tell. */
export interface Precheck {
  /** Type check or build pass: what is imported is there. */
  readonly imports_ok: boolean | null;
  readonly lint_clean: boolean | null;
  readonly tests_pass: boolean | null;
  readonly no_debug: boolean;
  readonly format_ok: boolean;
  readonly issues: readonly PrecheckIssue[];
}

export interface PrecheckIssue {
  readonly fact: 'imports_ok' | 'lint_clean' | 'tests_pass' | 'no_debug' | 'format_ok';
  /** Empty where no file is meant. */
  readonly file: string;
  /** 1-based; 0 where no line is meant. */
  readonly line: number;
  readonly message: string;
}

/**
 * The facts of a change. Lint and tests are read from the evidence for exactly this code: without it they do not hold,
 * whatever an agent says of them.
 */
export async function precheck(work: Work, diff: TicketDiff): Promise<Precheck> {
  const states = gateStatus(work.lines, factsOf(work, diff));
  const lint = factOf(states, 'lint');
  const tests = factOf(states, 'implement');
  const imports = importsFact(work, lint);
  const files = parseDiff(diff.text);
  const debug = await debugLeftovers(files, (file) => fileAt(work.place, diff.tree, file));
  const format = formatLeftovers(files);
  return {
    imports_ok: imports.value,
    lint_clean: lint.value,
    tests_pass: tests.value,
    no_debug: debug.length === 0,
    format_ok: format.length === 0,
    issues: [
      ...issueOf('imports_ok', imports),
      ...issueOf('lint_clean', lint),
      ...issueOf('tests_pass', tests),
      ...debug.map((one): PrecheckIssue => ({ fact: 'no_debug', ...one })),
      ...format.map((one): PrecheckIssue => ({ fact: 'format_ok', ...one })),
    ].slice(0, 200),
  };
}

/** Whether no fact speaks against the change. */
export function precheckHolds(facts: Precheck): boolean {
  return facts.issues.length === 0;
}

interface Fact {
  readonly value: boolean | null;
  /** Why it is not `true`. */
  readonly why: string;
  readonly state: GateState | undefined;
}

function factOf(states: readonly GateState[], gate: Gate): Fact {
  const state = states.find((one) => one.gate === gate);
  const why = `${gate}: ${state?.reason ?? 'it has not run yet'}`;
  if (state?.verdict !== 'holds') return { value: false, why, state };
  const ran = state.evidence.some(({ record }) => record.command !== null);
  return { value: ran ? true : null, why, state };
}

/** A type check or a build that ran among the commands of the lint gate. */
function importsFact({ config }: Pick<Work, 'config'>, lint: Fact): Fact {
  const { typeCheckCommand, buildCommand } = config.qualityGates;
  const told = [typeCheckCommand, buildCommand].filter((command) => command !== undefined);
  if (told.length === 0) return { ...lint, value: null };
  return lint;
}

function issueOf(fact: PrecheckIssue['fact'], { value, why }: Fact): PrecheckIssue[] {
  const place: Omit<Leftover, 'message'> = { file: '', line: 0 };
  return value === false ? [{ fact, ...place, message: why }] : [];
}
