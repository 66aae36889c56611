/** The current time. Passed in, so that a test says what time it is. */
export type Clock = () => Date;
export declare const systemClock: Clock;
/** RFC 3339 in UTC with milliseconds, as every record of ours has it: `2026-11-21T04:13:00.000Z`. */
export declare function timestamp(clock?: Clock): string;
/** A time in the form of {@link timestamp}. It is asked for several times within a millisecond, and written once for it. */
export declare function isoOf(date: Date): string;
/** The UTC day, `2026-11-21`. */
export declare function utcDay(clock?: Clock): string;
