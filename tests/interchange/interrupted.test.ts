import { it } from 'vitest';
import { interrupted, manyTickets } from './kills.ts';

/** In ms: a machine may be busy with other tests. */
const LIMIT_MS = 120_000;

it.each(manyTickets)(
  '$name, asked to end at any moment, is done or takes everything back',
  (command) => interrupted(command, 40, 6),
  LIMIT_MS,
);
