import { ExitCode } from '../../platform/errors.ts';
import type { BacklogConfig } from '../../project/config.ts';
import type { ProjectPaths } from '../../project/paths.ts';
import type { DeepResult } from '../../refinement/checks/index.ts';
import { type Backlog, requireTicket } from '../../tickets/backlog.ts';
import type { Finding } from '../../tickets/finding.ts';
import { wholeTickets } from '../../tickets/listing.ts';
import type { BrokenTicket, Ticket } from '../../tickets/ticket.ts';
import { validateTicket } from '../../tickets/validate.ts';
import type { Io } from '../io.ts';
import { Lost } from '../lost.ts';
import { checkable, listing, settled, tickets } from '../open-tickets.ts';
import { printList } from '../output.ts';
import { progress, withBars } from '../progress.ts';
import type { CommandFunction } from '../table.ts';
import { brokenFrom, brokenText, findingLines, findingsJson } from '../ticket-output.ts';

/** `backlog ticket validate`: findings with file, line and fix; with `--deep` against the code and the other tickets too. */
export const validate: CommandFunction = async (call, io) => {
  const { paths, config } = await settled(io);
  const ids = call.args(0);
  const {
    checked,
    findings,
    broken,
    impacts,
    impactLines = [],
  } = call.flag('deep')
    ? await deepFindings(ids, paths, config, io)
    : ids.length > 0
      ? await findingsOf(ids, paths, config)
      : await findingsOfAll(paths, config, io);
  const unreadable = brokenFrom(broken, paths.mainRoot, io.cwd);
  let errors = 0;
  const faulty = new Set<string>();
  for (const { severity, file } of findings) {
    if (severity === 'error') errors += 1;
    faulty.add(file);
  }
  const clean = checked - faulty.size;
  await printList(io, {
    items: () => findingsJson(findings, io.cwd),
    json: () => ({
      broken: unreadable,
      checked,
      valid: clean,
      errors,
      warnings: findings.length - errors,
      ...(impacts === undefined ? {} : { impact: impacts }),
    }),
    *lines() {
      yield* findingLines(findings, io);
      yield* impactLines;
      yield `${checked} checked, ${errors} errors, ${findings.length - errors} warnings`;
      yield* brokenText(unreadable);
    },
  });
  if (unreadable.length > 0) return ExitCode.ProjectUnusable;
  return errors > 0 ? ExitCode.CheckFailed : ExitCode.Ok;
};

interface Checked {
  /** How many tickets were checked. */
  readonly checked: number;
  readonly findings: readonly Finding[];
  readonly broken: readonly BrokenTicket[];
  /** Who imports what the tickets change; of the deep checks. */
  readonly impacts?: DeepResult['impacts'];
  readonly impactLines?: readonly string[];
}

async function findingsOf(
  ids: readonly string[],
  paths: ProjectPaths,
  config: BacklogConfig,
): Promise<Checked> {
  const backlog = await tickets(paths, config);
  const found = ids.map((id) => requireTicket(backlog, id));
  return { checked: found.length, findings: plainFindings(found, backlog, config), broken: [] };
}

/** Each ticket is read, checked and let go: all of a large backlog at once would take its memory many times over. */
async function findingsOfAll(paths: ProjectPaths, config: BacklogConfig, io: Io): Promise<Checked> {
  const backlog = await listing(paths, config, io);
  const pending = backlog.tickets.filter(({ folder }) => folder === 'pending');
  const findings: Finding[] = [];
  let checked = 0;
  const lost = new Lost(io, 'checked');
  const bar = progress(io, 'checking tickets', pending.length);
  try {
    for await (const ticket of wholeTickets(pending, paths, config, lost.add)) {
      findings.push(...validateTicket(ticket, backlog, config));
      checked += 1;
      bar.advance();
    }
  } finally {
    bar.end();
  }
  return { checked, findings, broken: [...backlog.broken, ...lost.told()] };
}

/** The checks that need the code and the other tickets; what they need is loaded only when they are asked for. */
async function deepFindings(
  ids: readonly string[],
  paths: ProjectPaths,
  config: BacklogConfig,
  io: Io,
): Promise<Checked> {
  const { openWorld } = await import('../../refinement/world.ts');
  const { deepCheck, impactText } = await import('../../refinement/checks/index.ts');
  const { studyOf } = await import('../../refinement/checks/study.ts');
  const { ownText } = await import('../../platform/own-text.ts');
  const backlog = await checkable(paths, config, io);
  const asked =
    ids.length > 0
      ? ids.map((id) => requireTicket(backlog, id))
      : backlog.tickets.filter(({ folder }) => folder === 'pending');
  const world = await openWorld(paths, config, backlog);
  await withBars(io, ({ watch }) => studyOf(world, watch));
  const plain = new Map<string, readonly Finding[]>();
  const none: readonly Finding[] = [];
  const bar = progress(io, 'checking tickets', asked.length);
  const check = (ticket: Ticket): void => {
    const found = validateTicket(ticket, backlog, config);
    plain.set(ticket.file, found.length > 0 ? ownText(found) : none);
    bar.advance();
  };
  const lost = new Lost(io, 'checked');
  let result: DeepResult;
  try {
    result = await deepCheck(world, asked, check);
    // Those that are closed are no business of the deep checks.
    const left = asked.filter(({ file }) => !plain.has(file));
    for await (const ticket of world.whole(left, lost.add)) check(ticket);
  } finally {
    bar.end();
  }
  const { findings, impacts } = result;
  const meanwhile = lost.told();
  const plainOnes = asked.flatMap(({ file }) => plain.get(file) ?? none);
  return {
    checked: plain.size,
    findings: plainOnes.length > 0 ? [...plainOnes, ...findings] : findings,
    broken: [...(ids.length > 0 ? [] : backlog.broken), ...meanwhile],
    impacts,
    impactLines: ids.length > 0 ? impacts.map((impact) => `${impact.id} ${impactText(impact)}`) : [],
  };
}

function plainFindings(checked: readonly Ticket[], backlog: Backlog, config: BacklogConfig): Finding[] {
  return checked.flatMap((ticket) => validateTicket(ticket, backlog, config));
}
