import { expect, it } from 'vitest';
import { Postings } from '../../src/retrieval/postings.ts';

it('gives back every posting in the order in which it was added, of any number and over many segments', () => {
  // Around each power of 128, where a number needs one byte more, and enough of them for several MiB.
  const edges = [0, 1, 127, 128, 16_383, 16_384, 2 ** 21 - 1, 2 ** 21, 2 ** 28 - 1, 2 ** 28, 2 ** 31 - 1];
  const added = Array.from(
    { length: 700_000 },
    (_, at) => [edges[at % edges.length] ?? 0, at % 256] as const,
  );
  const postings = new Postings();
  for (const [term, weight] of added) postings.add(term, weight);
  for (let round = 0; round < 2; round += 1) {
    let at = 0;
    let wrong = 0;
    postings.each((term, weight) => {
      if (term !== added[at]?.[0] || weight !== added[at]?.[1]) wrong += 1;
      at += 1;
    });
    expect([at, wrong]).toEqual([added.length, 0]);
  }
});

it('has none when none was added', () => {
  new Postings().each(() => {
    throw new Error('there is one');
  });
});
