import { type BodyLine, type BodySection, findSection, tableRows } from './body.ts';
import type { AcceptanceCriterion, AffectedFile } from './ticket.ts';

/** The ids of tickets in a text, in order. */
export function ticketIdsIn(text: string): string[] {
  return text.match(/\b[A-Z][A-Z0-9]*-[0-9]{1,9}\b/g) ?? [];
}

/** Whether the whole text is a ticket id. */
export function isTicketId(text: string): boolean {
  return /^[A-Z][A-Z0-9]*-[0-9]{1,9}$/.test(text);
}

/** `- [ ] AC-1: …` lines of the section "Acceptance Criteria". */
export function criteriaOf(sections: readonly BodySection[]): AcceptanceCriterion[] {
  return textLines(sections, 'Acceptance Criteria').flatMap(({ text, line }) => {
    const found = /^[-*+] \[([ xX])\] (.*)$/.exec(text.trim());
    if (!found) return [];
    const content = (found[2] ?? '').trim();
    const named = /^(?:\*\*)?(AC-[0-9]+)(?:\*\*)?(?::(?:\*\*)?)?(?: +(.*))?$/.exec(content);
    return [
      {
        id: named?.[1] ?? '',
        text: named ? (named[2] ?? '').trim() : content,
        checked: found[1] !== ' ',
        line,
      },
    ];
  });
}

/** Rows of the table File | Action | Description in "Affected Files". */
export function affectedFileRows(sections: readonly BodySection[]): AffectedFile[] {
  return tableRows(findSection(sections, 'Affected Files')?.lines ?? []).flatMap(({ cells, line }) => {
    const file = cleanPath(cells[0] ?? '');
    if (file === '' || file.toLowerCase() === 'file') return [];
    return [{ path: file, action: actionOf(cells[1] ?? ''), description: cells[2] ?? '', line }];
  });
}

/** Ids in the first column of the table in "Dependencies". */
export function dependencyRows(sections: readonly BodySection[]): string[] {
  return tableRows(findSection(sections, 'Dependencies')?.lines ?? []).flatMap(({ cells }) =>
    ticketIdsIn(cells[0] ?? ''),
  );
}

/** The commands in the shell blocks under "Verification Commands", wherever it stands and however it is marked as a title. */
export function verificationCommandsOf(lines: readonly BodyLine[]): string[] {
  const commands: string[] = [];
  let under = false;
  let shell = false;
  let open = false;
  let continued = '';
  for (const one of lines) {
    if (one.kind === 'fence') {
      open = !open;
      shell = open && shells.has(one.language ?? '');
      continued = '';
    } else if (one.kind === 'code') {
      if (!under || !shell) continue;
      const text = one.text.trim();
      if (continued === '' && (text === '' || text.startsWith('#'))) continue;
      if (text.endsWith('\\')) {
        continued += `${text.slice(0, -1).trim()} `;
        continue;
      }
      const command = `${continued}${text}`.replace(/^\$ +/, '').trim();
      continued = '';
      if (command !== '') commands.push(command);
    } else if (one.kind === 'text') {
      if (isTitle(one)) under = titleText(one) === 'verification commands';
    }
  }
  return commands;
}

const shells = new Set(['', 'bash', 'sh', 'shell', 'zsh', 'console', 'shell-session']);

function isTitle(line: BodyLine): boolean {
  const text = line.text.trim();
  return line.heading !== undefined || (text.startsWith('**') && /\*\*:?$/.test(text));
}

function titleText(line: BodyLine): string {
  return (line.heading?.title ?? line.text).replaceAll(/[*:]/g, '').trim().toLowerCase();
}

/** A path as a ticket names it: without code marks and a leading `./`, with forward slashes. */
export function cleanPath(text: string): string {
  const plain = text.replaceAll('`', '').trim().replaceAll('\\', '/');
  return plain.startsWith('./') ? plain.slice(2) : plain;
}

export function actionOf(text: string): AffectedFile['action'] {
  const word = text.replaceAll(/[`*]/g, '').trim().toLowerCase();
  return (['create', 'modify', 'delete'] as const).find((one) => one === word);
}

function textLines(sections: readonly BodySection[], title: string): readonly BodyLine[] {
  return (findSection(sections, title)?.lines ?? []).filter(({ kind }) => kind === 'text');
}
