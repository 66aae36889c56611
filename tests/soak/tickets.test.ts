import { it } from 'vitest';
import { readHostile } from '../tickets/hostile-files.ts';

const seed = Number(process.env.SOAK_SEED ?? Math.floor(Math.random() * 2 ** 31));

it(`reads 50,000 hostile ticket files (SOAK_SEED=${seed})`, () => readHostile(50_000, seed));
