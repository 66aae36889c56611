/** Header lines as Node gives and takes them: name, value, name, value, … in their order and spelling. */
export type RawHeaders = readonly string[];

/** Between neighbours only (RFC 9110, 7.6.1); `expect` is answered by our own server. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

/** Headers under this name are ours; a client's copies are claims. */
const OUR_PREFIX = 'x-backlog-';

const noNames: ReadonlySet<string> = new Set();

/** The header lines that go on: without those of the connection, ours, and those that `also` names. */
export function forwarded(headers: RawHeaders, also: ReadonlySet<string> = noNames): string[] {
  const named = connectionNames(headers);
  const kept: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] ?? '';
    const lower = name.toLowerCase();
    if (hopByHop.has(lower) || named.has(lower) || lower.startsWith(OUR_PREFIX) || also.has(lower)) continue;
    kept.push(name, headers[index + 1] ?? '');
  }
  return kept;
}

/** The first value of a header. */
export function firstOf(headers: RawHeaders, name: string): string | undefined {
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const found = headers[index];
    if (found?.length === name.length && found.toLowerCase() === name) return headers[index + 1];
  }
  return undefined;
}

/** All values of a header, in their order. */
export function valuesOf(headers: RawHeaders, name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const found = headers[index];
    if (found?.length === name.length && found.toLowerCase() === name) values.push(headers[index + 1] ?? '');
  }
  return values;
}

function connectionNames(headers: RawHeaders): ReadonlySet<string> {
  const values = valuesOf(headers, 'connection');
  // What nearly every message says; the names themselves are hop-by-hop already.
  if (values.every((value) => value === 'keep-alive' || value === 'close')) return noNames;
  return new Set(
    values.flatMap((value) =>
      value
        .toLowerCase()
        .split(',')
        .map((name) => name.trim()),
    ),
  );
}
