import { expect, it } from 'vitest';
import { agreeing } from '../../../src/refinement/duplicates/agreement.ts';

const never = (): boolean => false;
const named = (pairs: readonly { x: number; y: number }[]) => pairs.map(({ x, y }) => `${x} ${y}`);

it('names a pair that two better ones link, with the score of both', () => {
  const pairs = [
    { x: 0, y: 1, score: 0.9 },
    { x: 1, y: 2, score: 0.8 },
    { x: 0, y: 2, score: 0.2 },
  ];
  expect(agreeing(pairs, 0.5, never).find(({ x, y }) => x === 0 && y === 2)?.score).toBeCloseTo(0.72);
  expect(named(agreeing(pairs, 0.75, never))).toEqual(['0 1', '1 2']);
});

it('does not link tickets that contradict each other', () => {
  const pairs = [
    { x: 0, y: 1, score: 0.9 },
    { x: 1, y: 2, score: 0.9 },
    { x: 0, y: 2, score: 0.2 },
  ];
  const contradict = (x: number, y: number): boolean => x + y === 2 && x !== y;
  expect(named(agreeing(pairs, 0.5, contradict))).not.toContain('0 2');
});

it('takes a pair back when a surer double of one contradicts the other', () => {
  const pairs = [
    { x: 0, y: 1, score: 0.9 },
    { x: 1, y: 2, score: 0.6 },
  ];
  const contradict = (x: number, y: number): boolean => Math.min(x, y) === 0 && Math.max(x, y) === 2;
  expect(named(agreeing(pairs, 0.5, contradict))).toEqual(['0 1']);
});
