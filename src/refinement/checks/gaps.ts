import type { Finding } from '../../tickets/finding.ts';
import type { Ticket } from '../../tickets/ticket.ts';
import { sharedFiles } from '../../tickets/touched-files.ts';
import { dependOn, found } from '../open-tickets.ts';
import { normal } from '../world.ts';
import type { Outline, Study } from './study.ts';

/**
 * What is missing between tickets, in one pass over who touches what.
 * @param missing what {@link missingDependencies} has found in each of them
 */
export function gaps(study: Study, missing: readonly Finding[]): Finding[] {
  const byFile = new Map<string, Touch[]>();
  const owned = new Set<string>();
  for (const ticket of study.outlines) {
    const shared = new Set(sharedFiles(ticket).map((file) => normal(file) ?? file));
    for (const { path: file, action, line } of ticket.affectedFiles) {
      const plain = normal(file) ?? file;
      owned.add(plain);
      const list = byFile.get(plain);
      const touch = { ticket, line, creates: action === 'create', acknowledged: shared.has(plain) };
      if (list === undefined) byFile.set(plain, [touch]);
      else list.push(touch);
    }
  }
  const findings: Finding[] = [];
  for (const [file, touches] of byFile)
    if (touches.length > 1) for (const one of onOneFile(file, touches, study)) findings.push(one);
  for (const one of missing) findings.push(one);
  for (const one of unowned(study, owned)) findings.push(one);
  return findings;
}

interface Touch {
  readonly ticket: Outline;
  readonly line: number;
  readonly creates: boolean;
  /** The ticket lists the file in `shared_files`, so waves keep it apart from the others on purpose. */
  readonly acknowledged: boolean;
}

/**
 * Tickets on one file are in order when each one depends on the one before it in any order that holds all dependencies: so
 * neighbours are compared, not all pairs.
 */
function onOneFile(file: string, touches: readonly Touch[], study: Study): Finding[] {
  const { order, world } = study;
  const sorted = touches.toSorted((a, b) => order.place(a.ticket.id) - order.place(b.ticket.id));
  const creators = sorted.filter(({ creates }) => creates);
  const first = creators[0];
  const findings: Finding[] = [];
  for (const { ticket, line } of creators.slice(1))
    if (first !== undefined)
      findings.push(
        found(ticket, { code: 'gap-created-twice', severity: 'error' }, line, {
          message: `${file} is created by ${first.ticket.id} too`,
          fix: `write \`modify\` in this row and let it come after: \`${dependOn(ticket, [first.ticket.id])}\``,
        }),
      );
  const waiting = new Set<Outline>();
  if (first !== undefined && creators.length === 1 && !world.has(file))
    for (const { ticket, line, creates } of sorted) {
      if (creates || order.isBefore(first.ticket.id, ticket.id)) continue;
      waiting.add(ticket);
      findings.push(
        found(ticket, { code: 'gap-dependency-missing', severity: 'error' }, line, {
          message: `it changes ${file}, which ${first.ticket.id} creates, and does not depend on it`,
          fix: `\`${dependOn(ticket, [first.ticket.id])}\``,
        }),
      );
    }
  const rest = sorted.filter(
    ({ ticket, creates }) =>
      order.knows(ticket.id) && !waiting.has(ticket) && !(creates && ticket !== first?.ticket),
  );
  for (let index = 1; index < rest.length; index += 1) {
    const [before, after] = [rest[index - 1], rest[index]];
    if (before === undefined || after === undefined || before.acknowledged || after.acknowledged) continue;
    if (before.ticket.id === after.ticket.id || order.isBefore(before.ticket.id, after.ticket.id)) continue;
    findings.push(
      found(after.ticket, { code: 'gap-order-missing', severity: 'warning' }, after.line, {
        message: `${before.ticket.id} touches ${file} too, and neither comes first`,
        fix: `\`${dependOn(after.ticket, [before.ticket.id])}\`, or list the file in \`shared_files\` when the order does not matter`,
      }),
    );
  }
  return findings;
}

/** Files and names in backticks that only another open ticket will make. */
export function missingDependencies(ticket: Ticket, study: Study): Finding[] {
  const { order, world, facts } = study;
  const own = new Set(ticket.affectedFiles.map(({ path: file }) => normal(file) ?? file));
  const told = new Set<string>();
  const gap = (line: number, what: string, makers: readonly Outline[]): Finding[] => {
    if (
      makers.length === 0 ||
      makers.some((maker) => maker.id === ticket.id || order.isBefore(maker.id, ticket.id))
    )
      return [];
    // A maker that waits for this ticket is what comes of it, and is spoken of as such.
    const maker = makers.find(({ id }) => order.knows(id) && !order.isBefore(ticket.id, id));
    if (maker === undefined || told.has(maker.id)) return [];
    told.add(maker.id);
    return [
      found(ticket, { code: 'gap-dependency-missing', severity: 'warning' }, line, {
        message: `it uses ${what}, which ${maker.id} creates, and does not depend on it`,
        fix: `\`${dependOn(ticket, [maker.id])}\``,
      }),
    ];
  };
  if (!order.knows(ticket.id)) return [];
  const files = study.mentions(ticket).flatMap(({ text, line }) => {
    const file = normal(text);
    if (file === undefined || own.has(file) || study.creators(file).length === 0 || world.has(file))
      return [];
    return gap(line, file, study.creators(file));
  });
  const names = study.contracts(ticket).flatMap(({ text, symbol, line, isMade }) => {
    if (isMade || symbol === undefined || facts.names.has(symbol)) return [];
    return gap(line, text, study.makers(symbol));
  });
  return [...files, ...names];
}

/** A file that tickets share and none of them has in its own table: nobody says what becomes of it. */
function unowned({ outlines, order, world }: Study, owned: ReadonlySet<string>): Finding[] {
  const users = new Map<string, Outline[]>();
  for (const ticket of outlines)
    for (const file of new Set(sharedFiles(ticket).map((one) => normal(one) ?? one))) {
      if (owned.has(file)) continue;
      const list = users.get(file);
      if (list === undefined) users.set(file, [ticket]);
      else list.push(ticket);
    }
  return [...users].flatMap(([file, tickets]) => {
    const first = tickets.toSorted((a, b) => order.place(a.id) - order.place(b.id))[0];
    if (first === undefined) return [];
    const others = tickets.length > 1 ? `, as ${tickets.length - 1} more do,` : '';
    return [
      found(first, { code: 'gap-shared-unowned', severity: 'warning' }, first.sharedLine, {
        message: `it shares ${file}${world.has(file) ? '' : ' (which does not exist)'}${others} and no open ticket has it among its affected files`,
        fix: `add ${file} to Affected Files of the ticket that changes it, or take it out of \`shared_files\``,
      }),
    ];
  });
}
