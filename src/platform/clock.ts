/** The current time. Passed in, so that a test says what time it is. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();

/** RFC 3339 in UTC with milliseconds, as every record of ours has it: `2026-11-21T04:13:00.000Z`. */
export function timestamp(clock: Clock = systemClock): string {
  return isoOf(clock());
}

let written = { time: Number.NaN, text: '' };

/** A time in the form of {@link timestamp}. It is asked for several times within a millisecond, and written once for it. */
export function isoOf(date: Date): string {
  const time = date.getTime();
  if (time !== written.time) written = { time, text: date.toISOString() };
  return written.text;
}

/** The UTC day, `2026-11-21`. */
export function utcDay(clock: Clock = systemClock): string {
  return timestamp(clock).slice(0, 10);
}
