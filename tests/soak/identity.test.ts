import { describe, expect, it } from 'vitest';
import { generated, large, playThrough, seeded, splits } from '../gateway/exchanges.ts';

const TOTAL = 10_000;
const seed = Number(process.env.SOAK_SEED ?? Math.floor(Math.random() * 2 ** 31));

describe(`both sides of the gateway see the same bytes (SOAK_SEED=${seed})`, () => {
  it('ten thousand exchanges: splits at every byte, large bodies, and all that can be generated', async () => {
    const random = seeded(seed);
    const big = large(random);
    const exchanges = splits();
    while (exchanges.length + big.length < TOTAL) exchanges.push(generated(random));
    expect(exchanges.length + big.length).toBe(TOTAL);
    for (let at = 0; at < exchanges.length; at += 1000) await playThrough(exchanges.slice(at, at + 1000));
    await playThrough(big, 2);
  });
});
