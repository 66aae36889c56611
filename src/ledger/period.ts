import { type Clock, utcDay } from '../platform/clock.ts';

export const periods = ['month', 'day', 'all'] as const;
export type Period = (typeof periods)[number];

/** Tells whether a record's `ts` (RFC 3339, UTC) lies in a period. A record without a time lies in `all` only. */
export type TimeFilter = (ts: string) => boolean;

export const always: TimeFilter = () => true;

/** The current UTC month or day. */
export function inPeriod(period: Period, clock: Clock): TimeFilter {
  if (period === 'all') return always;
  const prefix = utcDay(clock).slice(0, period === 'month' ? 7 : 10);
  return (ts) => ts.startsWith(prefix);
}

/** The last `days` UTC days, today included. */
export function inLastDays(days: number, clock: Clock): TimeFilter {
  const first = new Date(clock());
  first.setUTCDate(first.getUTCDate() - (days - 1));
  const from = utcDay(() => first);
  const until = utcDay(clock);
  return (ts) => ts.slice(0, 10) >= from && ts.slice(0, 10) <= until;
}
