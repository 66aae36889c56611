import type { Allocated } from './allocate.ts';
import type { ImportForm } from './foreign.ts';

export interface References {
  /** The id here of what the source calls `name`. */
  readonly idFor: (name: string) => string | undefined;
  /** Puts the ids of this backlog for those of the source that a text names. */
  readonly rewrite: (text: string) => string;
}

/**
 * Translates ids. Names are compared without case; Backlog.md keeps old prefixes in dependencies (`task-7` for `BACK-7`), which
 * are found by their number when only one ticket has it.
 */
export function referenceRewriter(known: readonly Allocated[], form: ImportForm): References {
  const byName = new Map<string, string>();
  const byNumber = new Map<string, string | null>();
  for (const { ticket, id } of known) {
    const name = ticket.id.toLowerCase();
    if (name === '' || byName.has(name)) continue;
    byName.set(name, id);
    // Drafts are numbered by themselves.
    const number = name.startsWith('draft-') ? undefined : numberIn(name);
    if (number !== undefined) byNumber.set(number, byNumber.has(number) ? null : id);
  }
  const idFor = (name: string): string | undefined => {
    const plain = name.trim().toLowerCase().replace(/^#/, '');
    const exact = byName.get(plain) ?? byName.get(plain.replace(/-0+(?=[0-9])/, '-'));
    if (exact !== undefined || form !== 'backlog-md') return exact;
    return byNumber.get(numberIn(plain) ?? '') ?? undefined;
  };
  return { idFor, rewrite: (text) => rewritten(text, byName, form) };
}

/** `24.2` of `back-24.02`. */
function numberIn(name: string): string | undefined {
  const digits = /^[a-z][a-z0-9]*-([0-9]{1,9}(?:\.[0-9]{1,9})*)$/.exec(name)?.[1];
  return digits?.split('.').map(Number).join('.');
}

function rewritten(text: string, byName: ReadonlyMap<string, string>, form: ImportForm): string {
  if (form === 'github-json')
    return text.replaceAll(
      /(?<![A-Za-z0-9_/&#-])#([0-9]{1,9})(?![A-Za-z0-9_])/g,
      (all, number: string) => byName.get(number) ?? all,
    );
  if (form === 'task-master') return text;
  return text.replaceAll(
    /(?<![A-Za-z0-9_./-])[A-Za-z][A-Za-z0-9]{0,30}-[A-Za-z0-9]{1,20}(?:\.[0-9]{1,9})*(?![A-Za-z0-9_-])/g,
    (found) => byName.get(found.toLowerCase()) ?? found,
  );
}
