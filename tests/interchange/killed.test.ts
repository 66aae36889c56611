import { it } from 'vitest';
import { killed, manyTickets } from './kills.ts';

/** In ms: each kill takes away work that is done again, and a machine may be busy with other tests. */
const LIMIT_MS = 400_000;

it.each(manyTickets)(
  '$name, killed at any moment, is done or never was',
  (command) => killed(command, 120, 4, 1),
  LIMIT_MS,
);
