import { describe, it } from 'vitest';
import { generated, large, playThrough, seeded, splits } from './exchanges.ts';

// The other nine tenths, and other seeds, are in tests/soak.
describe('both sides of the gateway see the same bytes', () => {
  it('a stream that is split at each of its bytes', () => playThrough(splits()));

  it('a thousand generated exchanges', () => {
    const random = seeded(20_261_121);
    return playThrough(Array.from({ length: 1000 }, () => generated(random)));
  });

  it('bodies of 20 MiB', () => playThrough(large(seeded(7)), 2));
});
