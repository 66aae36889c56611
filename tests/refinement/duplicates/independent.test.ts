import { expect, it } from 'vitest';
import { qualityOver, readLabelled } from './labelled.ts';

/**
 * The pairs of an author who wrote and labelled them before seeing the rules: 64 duplicates and 67 look-alikes, as one backlog.
 *
 * The bar of the whole labelled set (duplicates.test.ts) is a precision of 0.95 and a recall of 0.9. This set stands far below it:
 * 0.774 (24 of 31 named pairs are duplicates) and 0.375 (24 of 64 duplicates are named). Of the 36 duplicates that share an affected
 * file 21 are named, of the 28 in which a ticket names no file only 3. The floors hold what was measured, rounded down to 0.01, so
 * that it gets no worse; they do not say that it is good. A search that was fitted to these pairs would make them worthless: fit on
 * the tuning files, then raise the floors to what is measured here.
 */
const LEAST_PRECISION = 0.77;
const LEAST_RECALL = 0.37;

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
