import { ownText } from '../platform/own-text.ts';

/** A ticket of another program, in that program's words. */
export interface ForeignTicket {
  /** As the source names it; empty when it does not. */
  readonly id: string;
  /** Where it stands, for people: `tasks/back-1 - Login.md`, `issues.jsonl:7`. */
  readonly place: string;
  readonly title: string;
  readonly status: string;
  readonly priority: string;
  /** `bug`, `feature`, …; empty when the source has no such thing. */
  readonly type: string;
  readonly labels: readonly string[];
  readonly assignees: readonly string[];
  /** As written: a day, or a time. */
  readonly created: string;
  readonly updated: string;
  readonly closed: string;
  /** Ids as the source names them. */
  readonly dependsOn: readonly string[];
  readonly parent: string;
  readonly files: readonly string[];
  readonly criteria: readonly { readonly text: string; readonly checked: boolean }[];
  readonly sections: readonly { readonly title: string; readonly text: string }[];
  /** What has no place in a ticket of ours; it is kept in `imported_fields`. */
  readonly more: Readonly<Record<string, unknown>>;
  /** What was read with a repair, or left out, in words. */
  readonly notes: readonly string[];
  /** Front matter and body of a ticket that this program exported. */
  readonly own?: { readonly fields: Readonly<Record<string, unknown>>; readonly body: string };
}

/** Something in the source that could not be read as a ticket. */
export interface Refused {
  readonly place: string;
  /** 1-based. */
  readonly line: number;
  readonly reason: string;
  readonly fix: string;
}

/** Not meant as a ticket: a README, a milestone, a pull request. */
export interface Ignored {
  readonly place: string;
  readonly reason: string;
}

/** What of a foreign ticket is held, where there are thousands. */
export type ForeignFacts = Pick<ForeignTicket, 'id' | 'place' | 'title' | 'type' | 'labels'> & {
  /** This program exported it. */
  readonly isOwn: boolean;
};

/** Everything that the source holds, each thing in one of the lists. */
export interface Source {
  readonly tickets: readonly ForeignFacts[];
  readonly refused: readonly Refused[];
  readonly ignored: readonly Ignored[];
  /** The tickets whole, in their order: each is read, handed out and let go. */
  whole(): Iterable<ForeignTicket>;
}

/** One thing in a source. */
export type Read =
  | { readonly ticket: ForeignTicket }
  | { readonly refused: Refused }
  | { readonly ignored: Ignored };

/** @param read goes over the source from its beginning, each time in the same way */
export function sourceOf(read: () => Iterable<Read>): Source {
  const tickets: ForeignFacts[] = [];
  const refused: Refused[] = [];
  const ignored: Ignored[] = [];
  for (const one of read()) {
    if ('ticket' in one) tickets.push(factsOf(one.ticket));
    else if ('refused' in one) refused.push(one.refused);
    else ignored.push(one.ignored);
  }
  return {
    tickets,
    refused,
    ignored,
    *whole() {
      for (const one of read()) if ('ticket' in one) yield one.ticket;
    },
  };
}

function factsOf({ id, place, title, type, labels, own }: ForeignTicket): ForeignFacts {
  return ownText({ id, place, title, type, labels, isOwn: own !== undefined });
}

export const importForms = ['backlog-md', 'task-master', 'beads', 'github-json', 'csv', 'json'] as const;
export type ImportForm = (typeof importForms)[number];

const blank: ForeignTicket = {
  id: '',
  place: '',
  title: '',
  status: '',
  priority: '',
  type: '',
  labels: [],
  assignees: [],
  created: '',
  updated: '',
  closed: '',
  dependsOn: [],
  parent: '',
  files: [],
  criteria: [],
  sections: [],
  more: {},
  notes: [],
};

export function foreign(parts: Partial<ForeignTicket>): ForeignTicket {
  return { ...blank, ...parts };
}

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text, number or truth value as text; anything else is none. */
export function word(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** A list, or one value, as texts that are not empty; of objects their `name`, `login` or `id`. */
export function words(value: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list
    .map((one) => (isFields(one) ? word(one.name) || word(one.login) || word(one.id) : word(one)).trim())
    .filter((one) => one !== '');
}

/** The fields that none of `known` names and that say anything. */
export function rest(fields: Fields, known: readonly string[]): Fields {
  const names = new Set(known);
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([key, value]) =>
        !names.has(key) &&
        value !== null &&
        value !== '' &&
        !(Array.isArray(value) && value.length === 0) &&
        !(isFields(value) && Object.keys(value).length === 0),
    ),
  );
}

/** `- [x] AC-1: text`, `- [ ] #1 text`, `* text` as criteria; lines that are no list items are left to the second list. */
export function criteriaIn(text: string): {
  readonly criteria: ForeignTicket['criteria'];
  readonly other: string;
} {
  const criteria: { text: string; checked: boolean }[] = [];
  const other: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const item = /^[-*+] +(?:\[([ xX])\] *)?(?:\*{0,2}(?:AC-|#)[0-9]{1,4}:?\*{0,2}:? +)?(\S.*)$/.exec(line);
    if (item) criteria.push({ text: item[2]?.trim() ?? '', checked: (item[1] ?? ' ') !== ' ' });
    else other.push(line);
  }
  return { criteria, other: other.join('\n').trim() };
}
