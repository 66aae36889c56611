import { readBody } from '../../tickets/parse.ts';
import type { Ticket } from '../../tickets/ticket.ts';

/** Something that a ticket points to. */
export interface Reference {
  readonly kind: 'path' | 'ticket' | 'anchor' | 'url';
  /** As it is written, without a line number and an anchor. */
  readonly text: string;
  /** 1-based, in the ticket's file. */
  readonly line: number;
  /** The line number of `path:line`. */
  readonly at: number | undefined;
  /** Of a link to a heading, without `#`. */
  readonly anchor: string | undefined;
  /** It stands in Affected Files or its field: the work depends on it. */
  readonly isAffected: boolean;
}

const records = new Set(['history', 'cost estimate', 'actual cost', 'refinement status']);

/** Paths, tickets, anchors and addresses that a ticket names, outside its code blocks and its records. */
export function referencesIn(ticket: Ticket): Reference[] {
  const rows = ticket.text.split('\n');
  const found = ticket.affectedFiles.flatMap(({ path: text, line }): Reference[] => {
    // A path of the front matter alone is found there, at its own line.
    if (!rows[line - 1]?.includes(text)) return [];
    return [{ kind: 'path', text, line, at: undefined, anchor: undefined, isAffected: true }];
  });
  let section = '';
  for (const { text, line, kind, heading } of readBody(ticket.text).lines) {
    if (heading !== undefined && heading.level <= 2) section = heading.title.trim().toLowerCase();
    if (kind !== 'text' || records.has(section)) continue;
    found.push(...inLine(text, line, section === 'affected files'));
  }
  for (const file of fieldPaths(ticket)) found.push(file);
  return found;
}

/** Most lines hold none of what these look for, and a look for a character or two costs a hundredth of what they do. */
function inLine(text: string, line: number, isTable: boolean): Reference[] {
  const found: Reference[] = [];
  // Its keys are written out: an object that another one is spread into leaves more than itself for a full collection.
  const add = (kind: Reference['kind'], name: string, at?: number, anchor?: string): void => {
    found.push({ kind, text: name, line, at, anchor, isAffected: false });
  };
  if (text.includes(':') || text.includes('//'))
    for (const [url] of text.matchAll(/\b(?:https?|htpp|htps|hhttp|ftp):?\/{0,3}[^\s)>\]"'`|]{1,500}/gi))
      if (/^[a-z]{3,5}:|\/\//i.test(url)) add('url', url);
  if (text.includes(']('))
    for (const [, target = ''] of text.matchAll(/\]\(([^()\s]{1,300})\)/g)) {
      const [file = '', anchor] = target.split('#', 2);
      if (/^[a-z][a-z0-9+.-]*:/i.test(target)) continue;
      if (file !== '' || anchor !== undefined) add('anchor', file, undefined, anchor);
    }
  if (text.includes('-'))
    for (const [id] of text
      .replaceAll(/`[^`]*`/g, '')
      .matchAll(/(?<![A-Za-z0-9_./#-])[A-Z][A-Z0-9]*-\d{1,9}(?![A-Za-z0-9_])/g))
      add('ticket', id);
  if (!text.includes('`')) return found;
  // The path of a row is among the affected files already.
  const marked = isTable && text.trim().startsWith('|') ? text.replace(/^\s*\|[^|]*\|/, '') : text;
  for (const [, inside = ''] of marked.matchAll(/`([^`\n]{1,300})`/g)) {
    const named = /^(?:\.\/)?([\p{L}\p{N}_@][\p{L}\p{M}\p{N}_@./+-]*?)(?::(\d{1,7})(?:[-:]\d{1,7})?)?$/u.exec(
      inside.trim(),
    );
    const file = named?.[1] ?? '';
    if (/\.[A-Za-z][A-Za-z0-9]{0,7}$/.test(file))
      add('path', file, named?.[2] === undefined ? undefined : Number(named[2]));
  }
  return found;
}

/** Paths in the lists of the front matter, each at the line where it stands. */
function fieldPaths({ fields, text }: Ticket): Reference[] {
  const lines = text.split('\n', 2000);
  return ['affected_files', 'shared_files', 'related_docs'].flatMap((key) => {
    const value = fields[key];
    if (!Array.isArray(value)) return [];
    const start = Math.max(
      0,
      lines.findIndex((line) => line.startsWith(`${key}:`)),
    );
    return value.flatMap((one: unknown): Reference[] => {
      const { path: named, file }: Readonly<Record<string, unknown>> = Object(one);
      const path = [one, named, file].find((each) => typeof each === 'string');
      if (typeof path !== 'string' || !/^[\w@.][\w@./+ -]*\.[A-Za-z0-9]{1,8}$/.test(path)) return [];
      const at = lines.findIndex((line, index) => index >= start && line.includes(path));
      const isAffected = key === 'affected_files';
      return [
        {
          kind: 'path',
          text: path,
          line: Math.max(start, at) + 1,
          at: undefined,
          anchor: undefined,
          isAffected,
        },
      ];
    });
  });
}
