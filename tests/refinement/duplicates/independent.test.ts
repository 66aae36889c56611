import { expect, it } from 'vitest';
import { qualityOver, readLabelled } from './labelled.ts';

/**
 * The pairs of an author who wrote and labelled them before seeing the rules: 64 duplicates and 67 look-alikes, as one backlog.
 *
 * The bar of the whole labelled set (duplicates.test.ts) is a precision of 0.95 and a recall of 0.9. This set stands below it: 0.902
 * (37 of 41 named pairs are duplicates) and 0.578 (37 of 64 duplicates are named). The search was changed with the odd-numbered pairs
 * in sight (0.920 and 0.719); the even-numbered ones were only measured (0.895 and 0.531) and say how well it does on others. The
 * floors hold what was measured, rounded down to 0.01, so that it gets no worse; they do not say that it is good.
 */
const LEAST_PRECISION = 0.9;
const LEAST_RECALL = 0.57;

const labelled = readLabelled('independent');

it('holds 64 duplicates and 67 look-alikes', () => {
  expect(labelled.duplicates.size).toBe(64);
  expect(labelled.traps).toHaveLength(67);
});

it('finds no fewer duplicates and raises no more false alarms than were measured', () => {
  const { precision, recall, wrong, missed } = qualityOver(labelled);
  const told = JSON.stringify({ wrong, missed }, undefined, 2);
  expect(precision, told).toBeGreaterThanOrEqual(LEAST_PRECISION);
  expect(recall, told).toBeGreaterThanOrEqual(LEAST_RECALL);
});
