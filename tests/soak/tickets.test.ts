import { describe, it } from 'vitest';
import { readHostile } from '../tickets/hostile-files.ts';

const seed = Number(process.env.SOAK_SEED ?? Math.floor(Math.random() * 2 ** 31));

describe(`50,000 hostile ticket files (SOAK_SEED=${seed})`, () => {
  // In parts, each with a time of its own.
  it.each(Array.from({ length: 10 }, (_, part) => part))('part %i', (part) => readHostile(5000, seed + part));
});
