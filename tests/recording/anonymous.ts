import type { Wire } from './tap.ts';

/** Strings of a request that are longer are prose of the client: system prompt, tool descriptions, reminders. */
const PROSE = 48;

/**
 * Exchanges without what tells of a machine, a person or a moment, and without the client's own prose. Each replacement is as
 * long as what it replaces and stands for one thing throughout: lengths, escapes, signs beyond ASCII, order and framing stay.
 */
export function anonymous(taken: readonly Wire[], folders: readonly string[]): Wire[] {
  const names = new Map<string, string>();
  const named = (text: string) => {
    const known = names.get(text) ?? numbered(text, names.size + 1);
    names.set(text, known);
    return known;
  };
  const scrub = (text: string): string => {
    let clean = text;
    for (const folder of folders) {
      clean = clean.replaceAll(folder, placeOf(folder));
      clean = clean.replaceAll(folder.replaceAll('/', '-'), placeOf(folder).replaceAll('/', '-'));
    }
    return clean
      .replaceAll(/sk-[\w-]+/g, (key) => 'k'.repeat(key.length))
      .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, named)
      .replaceAll(/(?<![0-9a-z])a?[0-9a-f]{16,64}(?![0-9a-z])/g, named)
      .replaceAll(/(?<=_test_)[0-9a-f]{8}(?=_)/g, named)
      .replaceAll(/127\.0\.0\.1:\d+/g, (host) => host.replaceAll(/(?<=:\d*)\d/g, '1'))
      .replaceAll(/\d{4}-\d\d-\d\d([T ])\d\d:\d\d:\d\d/g, '2026-01-01$100:00:00')
      .replaceAll(/(?<="created":)\d{10}/g, '1767225600');
  };
  const lines = (headers: readonly string[]) =>
    headers.map((text, index) => {
      const name = index % 2 === 1 ? (headers[index - 1] ?? '').toLowerCase() : '';
      if (name === 'date') return 'Thu, 01 Jan 2026 00:00:00 GMT';
      // Figures of this run, and of this machine.
      if (/duration|timing|overhead|response-cost|-spend$/.test(name)) return text.replaceAll(/[1-9]/g, '1');
      return scrub(text);
    });
  return taken.map(({ method, target, headers, body, answer }) => ({
    method,
    target: scrub(target),
    headers: lines(headers),
    body: withoutProse(scrub(body)),
    answer: {
      ...answer,
      headers: lines(answer.headers),
      parts: cutLike(scrub(answer.parts.join('')), answer.parts),
    },
  }));
}

/** The same form with a number in it: hyphens, and the letter in front of an agent's id, stay. */
function numbered(text: string, number: number): string {
  const digits = text.replaceAll(/[0-9a-f]/gi, '0');
  const tail = number.toString(16).padStart(6, '0').slice(-6);
  const kept = /^a[0-9a-f]{16}$/.test(text) ? `a${digits.slice(1)}` : digits;
  return `${kept.slice(0, -6)}${tail}`;
}

function placeOf(folder: string): string {
  return `/srv/${'recorded'.repeat(20)}`.slice(0, folder.length);
}

function withoutProse(body: string): string {
  return body.replaceAll(/"(?:[^"\\]|\\.)*"/gs, (text) =>
    text.length <= PROSE || text.includes('device_id')
      ? text
      : text.replaceAll(/\\u[0-9a-f]{4}|\\.|[a-z]|[A-Z]|[0-9]/g, masked),
  );
}

function masked(sign: string): string {
  if (sign.startsWith('\\')) return sign;
  if (/[0-9]/.test(sign)) return '0';
  return /[A-Z]/.test(sign) ? 'X' : 'x';
}

function cutLike(text: string, parts: readonly string[]): string[] {
  let at = 0;
  return parts.map(({ length }) => {
    at += length;
    return text.slice(at - length, at);
  });
}
