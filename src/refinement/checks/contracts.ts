import { builtinModules, createRequire } from 'node:module';
import path from 'node:path';
import type { Finding } from '../../tickets/finding.ts';
import type { Ticket } from '../../tickets/ticket.ts';
import { found } from '../open-tickets.ts';
import type { Contract, Study } from './study.ts';

/** Names and endpoints that neither the code has nor a ticket makes. Each is told once, where it is first named. */
export function contracts(ticket: Ticket, study: Study): Finding[] {
  const unknown = new Map<string, Contract>();
  const made = new Set<string>();
  for (const contract of study.contracts(ticket)) {
    const key = contract.symbol ?? contract.text;
    if (contract.isMade) made.add(key);
    else if (!contract.isAside && !unknown.has(key) && !isThere(contract, study)) unknown.set(key, contract);
  }
  const own = new Set(ticket.affectedFiles.map(({ path: file }) => letters(path.posix.parse(file).name)));
  return [...unknown].flatMap(([key, { text, symbol, line }]) => {
    // What another ticket makes is a gap between the two, not an unknown name.
    if (made.has(key) || study.makers(key).length > 0 || own.has(letters(key))) return [];
    return [
      found(ticket, { code: 'contract-unknown', severity: 'warning' }, line, {
        message: `${symbol === undefined ? 'the endpoint ' : ''}\`${text}\` is not in the code, and no ticket says that it makes it`,
        fix: 'correct the name, or say in a criterion or in Affected Files that this ticket adds it',
      }),
    ];
  });
}

function isThere({ symbol, segments }: Contract, { facts }: Study): boolean {
  if (symbol === undefined) return segments.every((part) => facts.segments.has(part));
  return facts.names.has(symbol) || facts.partial || builtIn().has(symbol);
}

/** `user-service` and `UserService` are one name. */
function letters(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase();
}

let names: ReadonlySet<string> | undefined;

/** What JavaScript and Node have: neither `hasOwnProperty` nor `createHmac` need be in the code to exist. */
function builtIn(): ReadonlySet<string> {
  if (names !== undefined) return names;
  const all = new Set(Object.getOwnPropertyNames(globalThis));
  for (const value of [Object, Array, String, Number, Promise, Map, Set, Date, RegExp, JSON, Math, Error]) {
    for (const name of Object.getOwnPropertyNames(value)) all.add(name);
    if ('prototype' in value) for (const name of Object.getOwnPropertyNames(value.prototype)) all.add(name);
  }
  for (const module of builtinModules) for (const name of namesIn(module)) all.add(name);
  names = all;
  return names;
}

/** What a module of Node exports. Inner, deprecated and experimental ones warn when they are loaded, and are left out. */
function namesIn(module: string): string[] {
  if (
    !/^[a-z][a-z0-9_]*$/.test(module) ||
    /^(?:punycode|sys|domain|trace_events|wasi|sqlite|quic)$/.test(module)
  )
    return [];
  return Object.keys(Object(createRequire(import.meta.url)(module)));
}
