import {
  ARCHIVED,
  activeBullets,
  type Bullet,
  type BulletKind,
  bulletsIn,
  playbookSections,
  uses,
} from './playbook.ts';

/** What a ticket that was given a bullet says of it. */
export const bulletTags = ['helpful', 'harmful', 'neutral'] as const;
export type BulletTag = (typeof bulletTags)[number];

// All edits change lines of their own; every other byte stays, line ends too.

/**
 * Adds advice at the end of its section, under the next number of its kind; the section is made when it is missing.
 * @returns the id; that of the bullet which says the same already, and then nothing changes
 */
export function addBullet(
  playbook: string,
  kind: BulletKind,
  text: string,
): { readonly playbook: string; readonly id: string; readonly added: boolean } {
  const all = bulletsIn(playbook);
  const same = activeBullets(playbook).find((one) => one.text === text && one.id.startsWith(`${kind}-`));
  if (same !== undefined) return { playbook, id: same.id, added: false };
  const numbers = all.filter(({ id }) => id.startsWith(`${kind}-`)).map(({ id }) => Number(id.split('-')[1]));
  const id = `${kind}-${String(Math.max(0, ...numbers) + 1).padStart(5, '0')}`;
  const line = `[${id}] helpful=0 harmful=0 :: ${text}`;
  return { playbook: withLine(playbook, playbookSections[kind], line), id, added: true };
}

/** One more use of a bullet; `neutral` counts for nothing. `undefined` when there is no such bullet. */
export function tagBullet(playbook: string, id: string, tag: BulletTag): string | undefined {
  const bullet = bulletsIn(playbook).find((one) => one.id === id);
  if (bullet === undefined) return undefined;
  if (tag === 'neutral') return playbook;
  const counts = { helpful: bullet.helpful, harmful: bullet.harmful, [tag]: bullet[tag] + 1 };
  return onLine(playbook, bullet.line, (text) =>
    text.replace(/helpful=\d+ harmful=\d+/, `helpful=${counts.helpful} harmful=${counts.harmful}`),
  );
}

/** Moves what did more harm than good in more than five uses to the archive, with the reason behind it. */
export function pruneBullets(playbook: string): {
  readonly playbook: string;
  readonly archived: readonly Bullet[];
} {
  const archived = activeBullets(playbook).filter((one) => one.harmful > one.helpful && uses(one) > 5);
  let text = playbook;
  // From the last one up, so that the lines above keep their numbers.
  for (const { line } of archived.toReversed()) text = onLine(text, line, () => undefined);
  for (const { id, helpful, harmful, text: advice } of archived)
    text = withLine(
      text,
      ARCHIVED,
      `[${id}] helpful=${helpful} harmful=${harmful} :: ${advice} (archived: harmful ${harmful} > helpful ${helpful})`,
    );
  return { playbook: text, archived };
}

function withLine(playbook: string, section: string, line: string): string {
  const end = endOf(playbook);
  const lines = playbook === '' ? ['# Playbook', ''] : playbook.split(/\r?\n/);
  const heading = lines.findIndex((text) => /^##\s+(.+?)\s*#*$/.exec(text)?.[1] === section);
  if (heading < 0) {
    const trimmed = playbook === '' ? lines.slice(0, 1) : withoutBlankEnd(lines);
    return [...trimmed, '', `## ${section}`, '', line, ''].join(end);
  }
  const next = lines.findIndex((text, index) => index > heading && /^#{1,2}\s/.test(text));
  const body = lines.slice(0, next < 0 ? lines.length : next);
  const filled = withoutBlankEnd(body);
  const blank = filled.length === heading + 1 ? [''] : [];
  const rest = lines.slice(filled.length);
  return splice(playbook, filled.length, [...blank, line], rest.length === 0, end);
}

/** Puts lines before line `at`, and touches no other line, whatever ends it has. */
function splice(playbook: string, at: number, added: readonly string[], last: boolean, end: string): string {
  const place = startOf(playbook, at);
  const before = playbook.slice(0, place);
  const torn = before !== '' && !before.endsWith('\n');
  return `${before}${torn ? end : ''}${added.join(end)}${last && torn ? '' : end}${playbook.slice(place)}`;
}

/** `change` gets the line without its end; `undefined` takes it away. */
function onLine(playbook: string, line: number, change: (text: string) => string | undefined): string {
  const [from, to] = [startOf(playbook, line), startOf(playbook, line + 1)];
  const found = playbook.slice(from, to);
  const text = found.replace(/\r?\n$/, '');
  const changed = change(text);
  return `${playbook.slice(0, from)}${changed === undefined ? '' : changed + found.slice(text.length)}${playbook.slice(to)}`;
}

/** Where line `line` (0-based) begins; the end of the text when it has fewer. */
function startOf(playbook: string, line: number): number {
  let place = 0;
  for (let index = 0; index < line; index++) {
    const next = playbook.indexOf('\n', place);
    if (next < 0) return playbook.length;
    place = next + 1;
  }
  return place;
}

function endOf(playbook: string): string {
  return playbook.includes('\r\n') ? '\r\n' : '\n';
}

function withoutBlankEnd(lines: readonly string[]): string[] {
  const last = lines.findLastIndex((text) => text.trim() !== '');
  return lines.slice(0, last + 1);
}
