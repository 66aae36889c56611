import { it } from 'vitest';
import { killed, manyTickets } from '../interchange/kills.ts';

const seed = Number(process.env.SOAK_SEED ?? Math.floor(Math.random() * 2 ** 20));

it.each(manyTickets)(`$name of 500, killed at 100 of its calls (SOAK_SEED=${seed})`, (command) =>
  killed(command, 500, 100, seed),
);
