import { formatId, idNumber, LAST_NUMBER, nextNumber } from '../tickets/ids.ts';
import type { ForeignFacts } from './foreign.ts';
import { prefixFor } from './vocabulary.ts';

/** A foreign ticket and the id that it gets here. */
export interface Allocated {
  readonly ticket: ForeignFacts;
  readonly id: string;
}

export interface IdRules {
  /** Ids and file names that are in use. */
  readonly taken: readonly string[];
  /** Those of the configuration. */
  readonly prefixes: readonly string[];
  /** For ids that are not of our form; without it, by the kind of ticket. */
  readonly prefix: string | undefined;
}

/** The id in our form: as it is, or in upper case. */
function fitting(id: string): string | undefined {
  const upper = id.toUpperCase();
  return /^[A-Z][A-Z0-9]{0,19}-[0-9]{1,9}$/.test(upper) ? upper : undefined;
}

/**
 * Keeps ids that have our form, and the numbers of those that are numbers, where they are free; all others get the next free
 * number of their prefix.
 */
export function allocate(tickets: readonly ForeignFacts[], rules: IdRules): Allocated[] {
  const used = new Map<string, Set<number>>();
  const numbers = (prefix: string): Set<number> => {
    let own = used.get(prefix);
    if (own === undefined) {
      own = new Set(rules.taken.flatMap((name) => idNumber(prefix, name) ?? []));
      used.set(prefix, own);
    }
    return own;
  };
  const claim = (prefix: string, number: number): boolean => {
    const own = numbers(prefix);
    if (own.has(number)) return false;
    own.add(number);
    return true;
  };
  const own = new Set([...rules.prefixes, ...tickets.flatMap(({ id }) => prefixIn(fitting(id) ?? '') ?? [])]);
  const prefixOf = (ticket: ForeignFacts): string => {
    const written = prefixIn(ticket.id.toUpperCase());
    return written !== undefined && own.has(written) ? written : prefixFrom(ticket, rules);
  };
  const ids = new Map<ForeignFacts, string>();
  for (const ticket of tickets) {
    const fits = fitting(ticket.id);
    const [prefix, number] =
      fits !== undefined
        ? [prefixOf(ticket), Number(fits.slice(fits.lastIndexOf('-') + 1))]
        : [
            prefixOf(ticket),
            /^#?[0-9]{1,9}$/.test(ticket.id) ? Number(ticket.id.replace('#', '')) : Number.NaN,
          ];
    if (!Number.isNaN(number) && claim(prefix, number)) ids.set(ticket, fits ?? formatId(prefix, number));
  }
  const last = new Map<string, number>();
  for (const ticket of tickets) {
    if (ids.has(ticket)) continue;
    const prefix = prefixOf(ticket);
    const own = numbers(prefix);
    let number = (last.get(prefix) ?? nextNumber(own) - 1) + 1;
    while (own.has(number)) number += 1;
    if (number > LAST_NUMBER) number = nextNumber(own);
    own.add(number);
    last.set(prefix, number);
    ids.set(ticket, formatId(prefix, number));
  }
  return tickets.map((ticket) => ({ ticket, id: ids.get(ticket) ?? '' }));
}

/** `BACK` of `BACK-24.02`: a part of a task stays beside it. */
function prefixIn(id: string): string | undefined {
  return /^([A-Z][A-Z0-9]{0,19})-[0-9.]+$/.exec(id)?.[1];
}

function prefixFrom(ticket: ForeignFacts, { prefix, prefixes }: IdRules): string {
  const named = prefix ?? prefixFor([ticket.type, ...ticket.labels], prefixes);
  if (named !== undefined) return named;
  return prefixes.find((one) => one === 'TASK') ?? prefixes[0] ?? 'TASK';
}
