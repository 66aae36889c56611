/** Readers of foreign JSON. Each gives the value when it has the expected form. */
export type Fields = Readonly<Record<string, unknown>>;

/** An object's own fields; `undefined` for anything else, text that is no JSON included. */
export function parseObject(text: string): Fields | undefined {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export function objectOf(value: unknown): Fields | undefined {
  return isFields(value) ? value : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text with something in it. */
export function textIn(fields: Fields | undefined, name: string): string | null {
  const value = fields?.[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The first of these fields that is a text with something in it. */
export function firstTextIn(fields: Fields, names: readonly string[]): string | null {
  for (const name of names) {
    const value = textIn(fields, name);
    if (value !== null) return value;
  }
  return null;
}

/** The first of these fields that is a finite number from 0 up. */
export function amountIn(fields: Fields | undefined, ...names: readonly string[]): number | null {
  for (const name of names) {
    const value = fields?.[name];
    if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  }
  return null;
}

/** A point in time as RFC 3339 in UTC; without a zone it is UTC, a bare day its first moment. `undefined`: it is none. */
export function utcTime(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)\s?(Z|[+-]\d\d:?\d\d)?)?$/i.exec(
    value,
  );
  if (!match) return undefined;
  const [, day = '', time = '00:00', zone = 'Z'] = match;
  const moment = new Date(`${day}T${time}${zone.toUpperCase()}`);
  if (Number.isNaN(moment.getTime())) return undefined;
  const text = moment.toISOString();
  // Months have their own ends: 30 February would become 2 March.
  return text === value || new Date(`${day}T00:00Z`).toISOString().startsWith(day) ? text : undefined;
}
