import path from 'node:path';
import { isCodeFile } from '../project/code-files.ts';
import type { BacklogConfig } from '../project/config.ts';
import { type Listing, sameId } from './backlog.ts';
import { cycleOf } from './cycles.ts';
import { isFilled, isFilledValue } from './filled.ts';
import type { Finding } from './finding.ts';
import { fieldLine, idOfName } from './parse.ts';
import {
  closedStatuses,
  type Section,
  type Ticket,
  testModes,
  ticketPriorities,
  ticketStatuses,
} from './ticket.ts';

export type { Finding } from './finding.ts';

/** Most files with one id that are named beside a ticket: a thousand copies are one mistake, not a million. */
const MOST_TWINS = 10;

type Rule = (ticket: Ticket, backlog: Listing, config: BacklogConfig) => Omit<Finding, 'file'>[];

/** Everything that is wrong with a ticket, by line. Headings are found in the structure, not as text. */
export function validateTicket(ticket: Ticket, backlog: Listing, config: BacklogConfig): Finding[] {
  return rules
    .flatMap((rule) => rule(ticket, backlog, config))
    .map((finding) => ({ ...finding, file: ticket.file }))
    .sort((a, b) => a.line - b.line);
}

const error = (code: string, line: number, message: string, fix: string): Omit<Finding, 'file'> => ({
  code,
  severity: 'error',
  line,
  message,
  fix,
});

const identity: Rule = (ticket, backlog, config) => {
  const line = fieldLine(ticket, 'id');
  const named = idOfName(ticket.file);
  const found: Omit<Finding, 'file'>[] = [];
  if (typeof ticket.fields.id !== 'string' || ticket.fields.id === '')
    found.push(error('ticket-id-missing', line, 'the front matter has no id', `add \`id: ${named}\``));
  else if (named !== ticket.id)
    found.push(
      error(
        'ticket-id-file',
        line,
        `the id is ${ticket.id}, the file name says ${named}`,
        `name the file ${ticket.id}-….md, or correct the id`,
      ),
    );
  if (!config.backlog.ticketPrefixes.includes(ticket.prefix))
    found.push(
      error(
        'ticket-prefix',
        line,
        `${ticket.prefix || 'it has no prefix, which'} is no prefix of this project`,
        `use one of ${config.backlog.ticketPrefixes.join(', ')}, or add it to backlog.ticketPrefixes`,
      ),
    );
  const twins = sameId(ticket.id, backlog)
    .filter((other) => other.file !== ticket.file)
    .slice(0, MOST_TWINS);
  for (const twin of twins)
    found.push(
      error(
        'ticket-id-duplicate',
        line,
        `${ticket.id} is also the id of ${path.basename(twin.file)}`,
        'give one of the two the next free number, in file name, front matter and heading',
      ),
    );
  return found;
};

const fields: Rule = (ticket) => {
  const found: Omit<Finding, 'file'>[] = [];
  const known = (key: string, value: string, values: readonly string[]): void => {
    if (values.includes(value)) return;
    const what = value === '' ? `${key} is missing` : `${key} is "${value}"`;
    found.push(
      error(
        `ticket-${key}`,
        fieldLine(ticket, key),
        `${what}, not one of ${values.join(', ')}`,
        `set it: \`backlog ticket edit ${ticket.id} --set ${key}=${values[0]}\``,
      ),
    );
  };
  known('status', ticket.status, ticketStatuses);
  known('priority', ticket.priority, ticketPriorities);
  if (ticket.fields.tests !== undefined) known('tests', String(ticket.fields.tests), testModes);
  if (!isFilledValue(ticket.title))
    found.push(
      error(
        'ticket-title',
        fieldLine(ticket, 'title'),
        'the title is empty',
        'say in one line what is to be done',
      ),
    );
  return found;
};

const folder: Rule = (ticket) => {
  const belongs = closedStatuses.has(ticket.status) ? 'completed' : 'pending';
  if (ticket.folder === belongs) return [];
  const fix =
    ticket.status === 'completed'
      ? `a ticket is closed by \`backlog ticket complete ${ticket.id}\`; set status back to pending`
      : `\`backlog ticket move ${ticket.id} ${ticket.status}\` puts it where it belongs`;
  return [
    error(
      'ticket-folder',
      fieldLine(ticket, 'status'),
      `its status is ${ticket.status}, and it lies in ${ticket.folder}/`,
      fix,
    ),
  ];
};

/** `backlog.requiredSections` in the words of a heading: `acceptanceCriteria` → `acceptance criteria`. */
const words = (name: string): string => name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
const sectionOf = (ticket: Ticket, title: string): Section | undefined =>
  ticket.sections.find((section) => section.title.trim().toLowerCase() === title);

const sections: Rule = (ticket, _backlog, config) =>
  config.backlog.requiredSections.flatMap((name) => {
    const title = words(name);
    const section = sectionOf(ticket, title);
    if (section === undefined)
      return [
        error(
          'ticket-section-missing',
          1,
          `the section "${title}" is missing`,
          `add a heading "## ${title}" with its content`,
        ),
      ];
    // These three have rules of their own, which say more than "empty".
    if (['acceptance criteria', 'affected files', 'dependencies'].includes(title) || isFilled(section.text))
      return [];
    return [
      error(
        'ticket-section-empty',
        section.line,
        `the section "${title}" says nothing yet`,
        'fill it; comments and placeholders do not count',
      ),
    ];
  });

/**
 * Criteria that a ticket needs at least. A part of a split ticket needs one: those of the whole were divided among the parts,
 * and `split_from` alone says nothing, as anybody can write it.
 */
function leastCriteria(
  { id, fields }: Ticket,
  backlog: Listing,
  { ticketValidation }: BacklogConfig,
): number {
  const { minAcceptanceCriteria: least } = ticketValidation;
  const whole = typeof fields.split_from === 'string' ? backlog.byId(fields.split_from) : undefined;
  return whole?.status === 'split' && whole.splitInto.includes(id) ? Math.min(1, least) : least;
}

const criteria: Rule = (ticket, backlog, config) => {
  const least = leastCriteria(ticket, backlog, config);
  const filled = ticket.criteria.filter(({ text }) => isFilledValue(text));
  const line = sectionOf(ticket, 'acceptance criteria')?.line ?? 1;
  const twice = filled.filter(
    ({ id }, index) => id !== '' && filled.findIndex((one) => one.id === id) < index,
  );
  return [
    ...(filled.length >= least
      ? []
      : [
          error(
            'ticket-criteria',
            line,
            `${filled.length} acceptance criteria, at least ${least} are asked for`,
            'add lines of the form `- [ ] AC-1: what a test or a look can decide`',
          ),
        ]),
    ...twice.map(({ id, line: at }) =>
      error(
        'ticket-criterion-duplicate',
        at,
        `${id} is there twice`,
        'number the criteria one after the other',
      ),
    ),
  ];
};

const tests: Rule = (ticket, _backlog, { ticketValidation }) => {
  const strategy = sectionOf(ticket, 'test strategy');
  const found: Omit<Finding, 'file'>[] = [];
  if (
    ticketValidation.requireTestStrategy &&
    strategy !== undefined &&
    ticket.tests !== 'none' &&
    !isFilled(withoutCommands(strategy.text))
  )
    found.push(
      error(
        'ticket-tests',
        strategy.line,
        'the test strategy names no test',
        ticket.tests === 'existing'
          ? 'say which tests hold what must not change'
          : 'add lines of the form `- test: "should X when Y" → verifies AC-1`',
      ),
    );
  if (ticketValidation.requireVerificationCommands && ticket.verificationCommands.length === 0)
    found.push(
      error(
        'ticket-verification',
        strategy?.line ?? 1,
        'there are no verification commands',
        'add them in a bash block under "### Verification Commands"',
      ),
    );
  const code = ticket.affectedFiles.filter(({ path: file }) => isCodeFile(file));
  if (ticket.tests === 'none' && code.length > 0)
    found.push(
      error(
        'ticket-tests-none',
        fieldLine(ticket, 'tests'),
        `tests: none, and ${code[0]?.path} is code`,
        'set tests to new, or to existing for a change of structure alone',
      ),
    );
  return found;
};

const affected: Rule = (ticket, _backlog, { ticketValidation, ticketConstraints }) => {
  const line = sectionOf(ticket, 'affected files')?.line ?? 1;
  const files = ticket.affectedFiles;
  const most = ticketConstraints.maxAffectedFiles;
  return [
    ...(files.length === 0 && ticketValidation.requireAffectedFiles
      ? [
          error(
            'ticket-files',
            line,
            'no file is named',
            'add a row to the table File | Action | Description',
          ),
        ]
      : []),
    ...(files.length > most
      ? [
          error(
            'ticket-files-many',
            line,
            `${files.length} files, at most ${most} are allowed`,
            'split the ticket: one for each part, with dependencies in the order of the work',
          ),
        ]
      : []),
    ...files
      .filter(({ path: file }) => !isInProject(file))
      .map((file) =>
        error(
          'ticket-file-outside',
          file.line,
          `${file.path} is not inside the project`,
          'name files relative to the project, without ".."',
        ),
      ),
  ];
};

const dependencies: Rule = (ticket, backlog, { ticketValidation }) => {
  if (!ticketValidation.requireDependencyCheck) return [];
  const line = fieldLine(ticket, 'depends_on');
  const unknown = ticket.dependsOn.filter((id) => backlog.byId(id) === undefined);
  const cycle = cycleOf(ticket.id, backlog);
  return [
    ...unknown.map((id) =>
      error(
        'ticket-dependency-unknown',
        line,
        `it depends on ${id}, which is not in the backlog`,
        '`backlog ticket list --all` shows the ids; correct or remove it',
      ),
    ),
    ...(cycle.length > 0
      ? [
          error(
            'ticket-dependency-cycle',
            line,
            `it depends on itself: ${[...cycle, ticket.id].join(' → ')}`,
            'take one of these dependencies away',
          ),
        ]
      : []),
  ];
};

const rules: readonly Rule[] = [identity, fields, folder, sections, criteria, tests, affected, dependencies];

function withoutCommands(text: string): string {
  const at = text.search(/^#{3,6} +verification commands/im);
  return at < 0 ? text : text.slice(0, at);
}

function isInProject(file: string): boolean {
  const normal = path.posix.normalize(file.replaceAll('\\', '/'));
  return (
    normal !== '..' &&
    !normal.startsWith('../') &&
    !path.posix.isAbsolute(normal) &&
    !/^[A-Za-z]:/.test(normal)
  );
}
