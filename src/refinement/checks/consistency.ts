import { matchesAny } from '../../platform/globs.ts';
import type { BacklogConfig } from '../../project/config.ts';
import type { Finding } from '../../tickets/finding.ts';
import { fieldLine } from '../../tickets/parse.ts';
import { type Ticket, ticketPriorities } from '../../tickets/ticket.ts';
import { type Callable, pathWords, scriptCall, simpleCommands, whyUnknown } from '../commands.ts';
import { found, sectionOf } from '../open-tickets.ts';
import { isTestFile } from '../test-file.ts';
import { normal } from '../world.ts';
import type { Study } from './study.ts';

/** Whether the parts of a ticket say the same: criteria, tests, files, commands, priority. */
export function consistency(ticket: Ticket, study: Study, callable: Callable): Finding[] {
  return [...untestedCriteria(ticket), ...commands(ticket, study, callable), ...priority(ticket)];
}

function untestedCriteria(ticket: Ticket): Finding[] {
  const strategy = sectionOf(ticket, 'test strategy');
  if (strategy === undefined || ticket.tests !== 'new') return [];
  const named = criteriaNamed(strategy.text);
  const tests = strategy.text.split('\n').map(significantWords);
  return ticket.criteria.flatMap(({ id, text, line }) => {
    if (named.has(id)) return [];
    const words = significantWords(text);
    const covered = tests.some(
      (test) => words.size > 0 && [...words].filter((word) => test.has(word)).length * 2 >= words.size,
    );
    if (covered) return [];
    return [
      found(ticket, { code: 'consistency-criterion-untested', severity: 'warning' }, line, {
        message: `no test is named for ${id || `"${text.slice(0, 60)}"`}`,
        fix: `add a line to Test Strategy: \`- test: "should X when Y" → verifies ${id || 'AC-n'}\``,
      }),
    ];
  });
}

/** Ids in a text, ranges (`AC-1 to AC-3`, `AC-1–3`) filled. */
export function criteriaNamed(text: string): Set<string> {
  const ids = new Set<string>();
  for (const [, first = '', last] of text.matchAll(
    /\bAC-(\d{1,4})(?:\s{0,3}(?:-|–|—|\.\.|to)\s{0,3}(?:AC-)?(\d{1,4}))?/g,
  )) {
    const from = Number(first);
    const to = last === undefined ? from : Math.min(Number(last), from + 200);
    for (let number = from; number <= Math.max(from, to); number += 1) ids.add(`AC-${number}`);
  }
  return ids;
}

const common = new Set(
  'the and for with that this from are was when then than into should must have has its not test verifies each only any all'.split(
    ' ',
  ),
);

/** Words that carry meaning, cut to their first letters so that forms of one word are one. */
export function significantWords(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\d]{3,}/gu) ?? [];
  return new Set(words.filter((word) => !common.has(word)).map((word) => word.slice(0, 6)));
}

function commands(ticket: Ticket, { world, creators, order }: Study, callable: Callable): Finding[] {
  const own = new Set(ticket.affectedFiles.map(({ path: file }) => normal(file) ?? file));
  const simple = ticket.verificationCommands
    .slice(0, 50)
    .flatMap((line) => simpleCommands(line.slice(0, 2000)));
  const findings: Finding[] = [];
  const at = (text: string): number => lineOf(ticket, text);
  for (const { words, text } of simple) {
    const why = whyUnknown(words, callable, own);
    if (why !== undefined)
      findings.push(
        found(ticket, { code: 'consistency-command-unknown', severity: 'warning' }, at(text), {
          message: `the verification command \`${text}\` cannot run here: ${why}`,
          fix: `use a gate command or a script of the project${callable.gates.length > 0 ? `, such as \`${callable.gates[0]}\`` : ''}`,
        }),
      );
    for (const word of pathWords(words)) {
      const file = normal(word);
      if (file === undefined || own.has(file) || world.has(file)) continue;
      if (creators(file).some(({ id }) => order.isBefore(id, ticket.id))) continue;
      findings.push(
        found(ticket, { code: 'consistency-command-path', severity: 'warning' }, at(text), {
          message: `the verification command \`${text}\` names ${word}, which does not exist and is not created`,
          fix: 'correct the path, or add the file to Affected Files',
        }),
      );
    }
  }
  // A command that cannot run is told already; what it would run cannot be known.
  const known = findings.every(({ code }) => code !== 'consistency-command-unknown');
  if (ticket.tests !== 'none' && simple.length > 0 && known)
    findings.push(...testsThatRun(ticket, simple, callable));
  return findings;
}

/** The commands have to run tests, and among them those that the ticket writes. */
function testsThatRun(
  ticket: Ticket,
  simple: readonly { readonly text: string; readonly words: readonly string[] }[],
  { gates, world: { config } }: Callable,
): Finding[] {
  const isTest = (file: string): boolean => isTestFile(file, config);
  const testGate = gates[0];
  const runs = simple.filter(
    ({ text, words }) =>
      text === testGate ||
      /test|spec|check|verify/i.test(scriptCall(words)?.name ?? text) ||
      /\b(?:jest|mocha|ava|tap|rake|make|just|tox|nox)\b/.test(text),
  );
  const line = lineOf(ticket, simple[0]?.text ?? '');
  if (runs.length === 0)
    return [
      found(ticket, { code: 'consistency-command-no-test', severity: 'warning' }, line, {
        message: 'none of the verification commands runs tests',
        fix: `add one${testGate === undefined ? '' : `: \`${testGate}\``}`,
      }),
    ];
  const narrowed = runs.every(({ words }) => pathWords(words).some(isTest));
  if (!narrowed) return [];
  const named = new Set(runs.flatMap(({ words }) => pathWords(words).map((word) => normal(word) ?? word)));
  return ticket.affectedFiles
    .filter(
      ({ path: file, action }) =>
        action !== 'delete' && isTest(file) && isTestSource(file, config) && !named.has(normal(file) ?? file),
    )
    .map(({ path: file, line: row }) =>
      found(ticket, { code: 'consistency-test-not-run', severity: 'warning' }, row, {
        message: `${file} is a test that no verification command runs`,
        fix: `name it in a verification command, or run all tests${testGate === undefined ? '' : `: \`${testGate}\``}`,
      }),
    );
}

/** A test, and not one of the files beside tests: by the name that most runners ask for, or by the project's own globs for files. */
function isTestSource(file: string, { qualityGates }: BacklogConfig): boolean {
  const named = qualityGates.testFiles.filter((glob) => !glob.endsWith('/**'));
  if (/(?:^|\/)conftest\.py$/.test(file)) return false;
  return /(?:\.(?:test|spec)\.|(?:^|\/)test_|_test\.)/.test(file) || matchesAny(file, named);
}

function lineOf(ticket: Ticket, text: string): number {
  const at = text === '' ? -1 : ticket.text.indexOf(text, ticket.text.search(/verification commands/i));
  return at < 0
    ? (sectionOf(ticket, 'test strategy')?.line ?? 1)
    : ticket.text.slice(0, at).split('\n').length;
}

const urgent =
  /(?<!\b(?:not|non|no|nor|never|less|un)[ -])\b(?:critical(?! (?:path|section|edition))|urgent(?:ly)?|asap|blocker|data loss|outage)\b/i;

function priority(ticket: Ticket): Finding[] {
  const line = fieldLine(ticket, 'priority');
  const ranks: readonly unknown[] = ticketPriorities;
  const rank = ranks.indexOf(ticket.priority);
  const findings: Finding[] = [];
  const description = sectionOf(ticket, 'description')?.text ?? '';
  const context = sectionOf(ticket, 'context')?.text ?? '';
  const texts = rank === 3 ? [ticket.title, context, description] : rank === 2 ? [ticket.title] : [];
  const word = texts.map((text) => urgent.exec(text)?.[0]).find((one) => one !== undefined);
  if (word !== undefined)
    findings.push(
      found(ticket, { code: 'consistency-priority-words', severity: 'warning' }, line, {
        message: `it speaks of "${word}", and its priority is ${ticket.priority}`,
        fix: `\`backlog ticket edit ${ticket.id} --set priority=high\`, or say it in other words`,
      }),
    );
  const severity = ranks.indexOf(ticket.fields.severity);
  if (ticket.prefix === 'BUG' && severity >= 0 && rank - severity >= 2)
    findings.push(
      found(ticket, { code: 'consistency-severity', severity: 'warning' }, line, {
        message: `a bug of severity ${ticketPriorities[severity]} has the priority ${ticket.priority}`,
        fix: `\`backlog ticket edit ${ticket.id} --set priority=${ticketPriorities[severity]}\`, or lower its severity`,
      }),
    );
  return findings;
}
