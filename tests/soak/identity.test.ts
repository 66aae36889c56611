import { describe, expect, it } from 'vitest';
import { generated, large, playThrough, seeded, splits } from '../gateway/exchanges.ts';
import { recorded, recordedSplits } from '../gateway/recorded.ts';

const TOTAL = 10_000;
const seed = Number(process.env.SOAK_SEED ?? Math.floor(Math.random() * 2 ** 31));

describe(`both sides of the gateway see the same bytes (SOAK_SEED=${seed})`, () => {
  it('ten thousand exchanges: recorded, split at every byte, large, and all that can be generated', async () => {
    const random = seeded(seed);
    const big = large(random);
    const exchanges = [...recorded(), ...splits()];
    while (exchanges.length + big.length < TOTAL) exchanges.push(generated(random));
    expect(exchanges.length + big.length).toBe(TOTAL);
    for (let at = 0; at < exchanges.length; at += 1000) await playThrough(exchanges.slice(at, at + 1000));
    await playThrough(big, 2);
  });

  it('each recorded stream, split at each of its bytes', async () => {
    const exchanges = recordedSplits('bytes');
    expect(exchanges.length).toBeGreaterThan(TOTAL);
    for (let at = 0; at < exchanges.length; at += 1000) await playThrough(exchanges.slice(at, at + 1000));
  });
});
