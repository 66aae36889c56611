import { type Ticket, ticketPriorities } from '../../tickets/ticket.ts';
import type { DuplicatePair } from '../duplicates.ts';

import { answerCommand } from './answers.ts';
import type { Question, RefinableTicket, RefinedTicket, Tier } from './types.ts';

type Answers = ReadonlyMap<string, ReadonlySet<string>>;
const none: ReadonlySet<string> = new Set();

/** The questions in the order of the tickets; one for all findings of a ticket, never one a finding. */
export function questionsOf(
  tickets: readonly RefinedTicket[],
  duplicates: readonly DuplicatePair[],
  answers: Answers,
): Question[] {
  const pairs = new Map<string, DuplicatePair[]>();
  for (const pair of duplicates) pairs.set(pair.b, [...(pairs.get(pair.b) ?? []), pair]);
  return tickets.flatMap((one) => {
    const { ticket } = one;
    const standing = answers.get(ticket.id) ?? none;
    const { tier } = ticket;
    const own = pairs.get(ticket.id) ?? [];
    return [
      ...obsoleteQuestion(one, standing, tier),
      ...own.slice(0, MOST_TWINS).map((pair) => duplicateQuestion(pair, standing, tier)),
      ...priorityQuestion(ticket, standing, tier),
      ...mendQuestion(one, tier),
    ];
  });
}

/**
 * One for the whole backlog, where no file of any ticket is there or ever was: that is a matter of the folder, or of code that is
 * yet to come, more often than of the tickets.
 */
export function filesQuestion(ids: readonly string[]): Question[] {
  const [first] = ids;
  if (first === undefined) return [];
  const named = `${ids.slice(0, MOST_NAMED).join(', ')}${ids.length > MOST_NAMED ? ` and ${ids.length - MOST_NAMED} more` : ''}`;
  return [
    {
      id: 'backlog/files',
      ticket: null,
      kind: 'files',
      question: `Is this the right project? None of the files that its tickets change is there, and git has never seen one (${named})`,
      options: [
        { answer: 'no: run it in the folder and on the branch that has the code' },
        { answer: 'yes, the code is yet to be written: name what makes each file, with `create` in its row' },
        {
          answer: `yes, and they are obsolete: move each of them, ${first} first`,
          command: `backlog ticket move ${first} obsolete`,
        },
      ],
      tier: 'requires-frontier',
    },
  ];
}

const MOST_NAMED = 5;

/** Of a large group each ticket asks about its nearest ones. */
const MOST_TWINS = 2;

/** `Author` heads a column of every ticket's history, and is no risk. */
const riskWords = [/\bcritical/i, /\bsecurity/i, /\bauth(?!ors?\b)/i, /\bpayment/i, /\bincident/i];

/** How much judgement a ticket deserves: the number of risk words in its text, none, one, or more. */
export function tierOf({ text }: Pick<Ticket, 'text'>): Tier {
  const found = riskWords.filter((word) => word.test(text)).length;
  if (found === 0) return 'no-llm';
  return found === 1 ? 'cheap-llm' : 'requires-frontier';
}

function obsoleteQuestion(
  { ticket, state, details }: RefinedTicket,
  standing: ReadonlySet<string>,
  tier: Tier,
): Question[] {
  if (state !== 'obsolete') return [];
  return [
    {
      id: `${ticket.id}/obsolete`,
      ticket: ticket.id,
      kind: 'obsolete',
      question: `Is ${ticket.id} "${ticket.title}" obsolete? ${details[0] ?? ''}`,
      options: [
        { answer: 'obsolete', command: `backlog ticket move ${ticket.id} obsolete` },
        { answer: 'keep', command: answerCommand(ticket.id, standing, 'not-obsolete') },
      ],
      tier,
    },
  ];
}

function duplicateQuestion(
  { a, b, score, why }: DuplicatePair,
  standing: ReadonlySet<string>,
  tier: Tier,
): Question {
  const shared = [...why.files, ...why.terms].slice(0, 6).join(', ');
  return {
    id: `${b}/duplicate/${a}`,
    ticket: b,
    kind: 'duplicate',
    question: `Do ${a} and ${b} ask for the same? Score ${score.toFixed(2)}; they share ${shared || 'their words'}`,
    options: [
      { answer: `the same: close ${b}`, command: `backlog ticket move ${b} obsolete` },
      { answer: `the same: close ${a}`, command: `backlog ticket move ${a} obsolete` },
      { answer: 'different', command: answerCommand(b, standing, `not-duplicate-of:${a}`) },
    ],
    tier,
  };
}

const ranks: readonly string[] = ticketPriorities;

/** A severe bug of low priority, or urgent words in a ticket that is to wait. */
function priorityQuestion(ticket: RefinableTicket, standing: ReadonlySet<string>, tier: Tier): Question[] {
  if (standing.has('priority-fits')) return [];
  const { severity } = ticket;
  const urgent = /\b(?:critical|urgent|blocker)\b/i.exec(ticket.title)?.[0];
  const at = ranks.indexOf(ticket.priority);
  const wanted =
    ranks.includes(severity) && ranks.indexOf(severity) < 2 ? severity : urgent === undefined ? '' : 'high';
  if (wanted === '' || at < 0 || at < 2) return [];
  const reason = wanted === severity ? `its severity is ${severity}` : `its title says "${urgent}"`;
  return [
    {
      id: `${ticket.id}/priority`,
      ticket: ticket.id,
      kind: 'priority',
      question: `Which priority has ${ticket.id}? It is ${ticket.priority}, and ${reason}`,
      options: [
        { answer: wanted, command: `backlog ticket edit ${ticket.id} --set priority=${wanted}` },
        { answer: `keep ${ticket.priority}`, command: answerCommand(ticket.id, standing, 'priority-fits') },
      ],
      tier,
    },
  ];
}

function mendQuestion({ ticket, state, findings }: RefinedTicket, tier: Tier): Question[] {
  if (findings.length === 0 || state === 'obsolete') return [];
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return [
    {
      id: `${ticket.id}/mend`,
      ticket: ticket.id,
      kind: 'mend',
      question: `${ticket.id} "${ticket.title}" has ${errors} errors and ${findings.length - errors} warnings: ${findings
        .slice(0, 3)
        .map(({ message }) => message)
        .join('; ')}`,
      options: [
        { answer: 'mend the text by the fixes of its findings' },
        {
          answer: 'it is not clear what is meant',
          command: `backlog ticket investigate ${ticket.id} --open --reason "<what is unclear>"`,
        },
        { answer: 'leave it' },
      ],
      tier,
    },
  ];
}
