import { describe, expect, it } from 'vitest';
import type { Evidence, EvidenceLine } from '../../src/gates/evidence.ts';
import { firstUnmet, type GateFacts, gateStatus } from '../../src/gates/status.ts';

const facts: GateFacts = {
  ticketId: 'FEAT-001',
  base: 'base',
  promise: 'promise',
  tree: 'tree',
  diff: 'diff',
  testBlobs: { 'test/a.js': 'blob' },
  tests: 'new',
  required: ['plan', 'implement', 'lint', 'review', 'commit'],
  reviewers: ['reviewer'],
};

const one = (
  gate: Evidence['gate'],
  holds_for: Evidence['holds_for'],
  changes: Partial<Evidence> = {},
): Evidence => ({
  v: 1,
  ticket_id: 'FEAT-001',
  gate,
  result: 'pass',
  command: null,
  exit_code: null,
  started_at: '2026-11-21T04:13:00.000Z',
  duration_ms: 1,
  holds_for,
  base_commit: 'base',
  output_sha256: null,
  output_tail: '',
  agent_id: null,
  session_id: null,
  previous_sha256: null,
  ...changes,
});

const plan = one('plan', { kind: 'promise', promise: 'promise' });
const red = one(
  'implement',
  { kind: 'red', base: 'base', blobs: facts.testBlobs },
  { phase: 'red', command: 'test', exit_code: 1 },
);
const green = one(
  'implement',
  { kind: 'tree', tree: 'tree' },
  { phase: 'green', command: 'test', exit_code: 0 },
);
const lint = one('lint', { kind: 'tree', tree: 'tree' }, { command: 'lint', exit_code: 0 });
const review = one('review', { kind: 'diff', diff: 'diff', tree: 'tree' }, { details: { reviewer: 'a1b2' } });
const commit = one('commit', { kind: 'commit', commit: 'c', tree: 'tree' });
const all = [plan, red, green, lint, review, commit];

const lines = (records: readonly Evidence[]): EvidenceLine[] =>
  records.map((record, index) => ({ line: index + 1, sha256: String(index), record }));
const verdicts = (records: readonly Evidence[], changes: Partial<GateFacts> = {}) =>
  Object.fromEntries(
    gateStatus(lines(records), { ...facts, ...changes }).map(({ gate, verdict }) => [gate, verdict]),
  );

const holding = { plan: 'holds', implement: 'holds', lint: 'holds', review: 'holds', commit: 'holds' };

describe('gate status', () => {
  it('everything holds for exactly what was judged', () => {
    expect(verdicts(all)).toEqual(holding);
    expect(firstUnmet(gateStatus(lines(all), facts))).toBeUndefined();
  });

  it.each<[string, readonly Evidence[], Partial<GateFacts>, Record<string, string>]>([
    [
      'nothing ran',
      [],
      {},
      { plan: 'missing', implement: 'missing', lint: 'missing', review: 'missing', commit: 'missing' },
    ],
    ['the promise changed', all, { promise: 'other' }, { plan: 'stale', commit: 'stale' }],
    [
      'the code changed',
      all,
      { tree: 'other', diff: 'other' },
      { implement: 'stale', lint: 'stale', review: 'stale', commit: 'stale' },
    ],
    [
      'a test file changed',
      all,
      { testBlobs: { 'test/a.js': 'other' } },
      { implement: 'stale', commit: 'stale' },
    ],
    [
      'a test file was added',
      all,
      { testBlobs: { ...facts.testBlobs, 'test/b.js': 'b' } },
      { implement: 'stale', commit: 'stale' },
    ],
    [
      'the base moved and the change is the same: the review is carried over',
      all,
      { base: 'other' },
      { implement: 'stale', lint: 'stale', commit: 'stale' },
    ],
    ['without a red run', [plan, green, lint, review, commit], {}, { implement: 'missing', commit: 'stale' }],
    ['tests: existing needs no red run', [plan, green, lint, review, commit], { tests: 'existing' }, {}],
    [
      'the newest run of the same tree decides',
      [...all, { ...lint, result: 'fail' }],
      {},
      { lint: 'failed', commit: 'stale' },
    ],
    [
      'a failure of another tree does not count',
      [...all, one('lint', { kind: 'tree', tree: 'x' }, { result: 'fail' })],
      {},
      {},
    ],
    [
      'planned again after the review',
      [...all, { ...plan, details: { replanned: true } }],
      {},
      { review: 'stale', commit: 'stale' },
    ],
    ['planned again before the review', [{ ...plan, details: { replanned: true } }, ...all], {}, {}],
    [
      'waived',
      [
        plan,
        red,
        green,
        review,
        commit,
        one('lint', { kind: 'promise', promise: 'promise' }, { result: 'waived' }),
      ],
      {},
      { lint: 'waived' },
    ],
    [
      'waived for another promise',
      [
        plan,
        red,
        green,
        review,
        commit,
        one('lint', { kind: 'promise', promise: 'x' }, { result: 'waived' }),
      ],
      {},
      { lint: 'missing', commit: 'stale' },
    ],
    [
      'an allowance is no run',
      [plan, one('lint', { kind: 'allowance', digest: 'x' }, { result: 'allowed' })],
      {},
      { implement: 'missing', lint: 'missing', review: 'missing', commit: 'missing' },
    ],
  ])('%s', (_what, records, changes, different) => {
    expect(verdicts(records, changes)).toEqual({ ...holding, ...different });
  });

  it('says what a gate rests on, and what comes next', () => {
    const states = gateStatus(lines([plan, red, green, lint, review]), facts);
    expect(states.map(({ reason }) => reason)).toEqual([
      'passed at 2026-11-21T04:13:00.000Z',
      '`test` exited 0 at 2026-11-21T04:13:00.000Z',
      '`lint` exited 0 at 2026-11-21T04:13:00.000Z',
      'approved by a1b2 at 2026-11-21T04:13:00.000Z',
      'it has not run yet',
    ]);
    expect(firstUnmet(states)).toMatchObject({
      gate: 'commit',
      next: expect.stringContaining('backlog commit'),
    });
    expect(firstUnmet(states, 'commit')).toBeUndefined();
  });

  it('asks only for the gates that the profile requires', () => {
    const light = gateStatus(lines([red, green, lint, commit]), {
      ...facts,
      required: ['implement', 'lint', 'commit'],
    });
    expect(firstUnmet(light)).toBeUndefined();
    expect(light.find(({ gate }) => gate === 'plan')).toMatchObject({ required: false, holds: false });
  });
});
