import { describe, expect, it } from 'vitest';
import type { Evidence, EvidenceLine } from '../../src/gates/evidence.ts';
import { recordedReviewers, requiredReviewers, reviewPlan } from '../../src/gates/reviewers.ts';
import { parseConfig } from '../../src/project/config.ts';
import { readTicketFile } from '../../src/tickets/file.ts';
import { configText, ticketText } from './support/project.ts';

interface Given {
  readonly id?: string;
  readonly files?: readonly string[];
  /** What was changed; the ticket's files without it. */
  readonly changed?: readonly string[];
  readonly front?: string;
  /** The same as it was committed. */
  readonly committed?: string | null;
  readonly diff?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly lines?: readonly Partial<Evidence>[];
}

const four = ['spec-compliance', 'code-quality', 'security', 'history'];
const two = four.slice(0, 2);
const oneFile = ['src/basket.js'];
const twoFiles = ['src/basket.js', 'test/basket.test.js'];
const manyFiles = ['a.js', 'b.js', 'c.js', 'd.js'];
const adding = (line: string, file = 'src/basket.js') =>
  `--- a/${file}\n+++ b/${file}\n@@ -1 +1,2 @@\n one\n+${line}\n`;
const failed = (gate: 'lint' | 'review', request_id = 'r'): Partial<Evidence> => ({
  gate,
  result: 'fail',
  holds_for: { kind: 'diff', diff: 'd', tree: 't' },
  details: { request_id },
});

function change({
  id = 'FEAT-001',
  files = twoFiles,
  changed = files,
  front = '',
  committed = front,
  diff = '',
  config = {},
  lines = [],
}: Given) {
  const read = (more: string) =>
    readTicketFile(ticketText({ id, files }).replace('phase: one', `phase: one${more}`), 'x.md');
  return {
    ticket: read(front),
    committed: committed === null ? undefined : read(committed),
    config: parseConfig(configText(config)).config,
    diff: {
      text: diff,
      files: changed.map((path) => ({ path, status: 'M' as const, mode: '100644', blob: '' })),
    },
    lines: lines.map(
      (record, index): EvidenceLine => ({
        line: index + 1,
        sha256: String(index),
        record: Object.assign({ details: {} } as Evidence, record),
      }),
    ),
  };
}
const planned = (given: Given) => {
  const { pipeline, manner, reviewers } = reviewPlan(change(given));
  return [pipeline, manner, reviewers.map(({ name, required }) => (required ? name : `(${name})`))];
};

describe('who reviews', () => {
  it.each<[string, Given, ReturnType<typeof planned>]>([
    ['a simple ticket', {}, ['fast', 'agents', ['reviewer']]],
    ['a trivial one', { files: oneFile }, ['fast', 'call', ['reviewer']]],
    [
      'a trivial one with the tests that were asked for',
      { files: oneFile, changed: [...oneFile, 'test/a.test.js', 'test/b.test.js'] },
      ['fast', 'call', ['reviewer']],
    ],
    [
      'a trivial one that changes more code than it says',
      { files: oneFile, changed: [...oneFile, 'src/other.js'] },
      ['fast', 'agents', ['reviewer']],
    ],
    [
      'a trivial one, by an agent',
      { files: oneFile, config: { reviewPipeline: { trivial: 'agent' } } },
      ['fast', 'agents', ['reviewer']],
    ],
    [
      'a trivial one, by nobody',
      { files: oneFile, config: { reviewPipeline: { trivial: 'none' } } },
      ['fast', 'none', ['reviewer']],
    ],
    ['a complex one', { files: manyFiles }, ['full', 'agents', two]],
    [
      'prefix SEC, even when it says trivial',
      { id: 'SEC-001', front: '\ncomplexity: trivial' },
      ['full', 'agents', four],
    ],
    [
      'a complex one that was committed as a trivial one',
      { files: manyFiles, front: '\ncomplexity: trivial' },
      ['fast', 'call', ['reviewer']],
    ],
    [
      'a complex one that its own worker calls trivial',
      { files: manyFiles, front: '\ncomplexity: trivial', committed: '' },
      ['full', 'agents', two],
    ],
    [
      'a complex one that says trivial and was never committed',
      { files: manyFiles, front: '\ncomplexity: trivial', committed: null },
      ['full', 'agents', two],
    ],
    [
      'a small one that its own worker calls complex',
      { files: oneFile, front: '\ncomplexity: complex', committed: '' },
      ['full', 'agents', two],
    ],
    [
      'a tag that was taken off since it was committed',
      { files: oneFile, committed: '\ntags: [security]' },
      ['full', 'agents', four],
    ],
    [
      'a tag that was taken off since the plan',
      { files: oneFile, lines: [{ gate: 'plan', result: 'pass', details: { tags: ['security'] } }] },
      ['full', 'agents', four],
    ],
    ['tag security', { files: oneFile, front: '\ntags: [security]' }, ['full', 'agents', four]],
    ['a payment file', { files: ['src/billing/a.js'] }, ['full', 'agents', four]],
    ['a line about sign-in', { files: oneFile, diff: adding('jwt.sign(x)') }, ['full', 'agents', four]],
    [
      'nobody’s choice is not asked for a sensitive change',
      { files: oneFile, diff: adding('jwt.sign(x)'), config: { reviewPipeline: { trivial: 'none' } } },
      ['full', 'agents', four],
    ],
    [
      'a text about passwords',
      { diff: adding('the password', 'docs/a.md') },
      ['fast', 'agents', ['reviewer']],
    ],
    [
      'as many as the override for its prefix asks for',
      { config: { agentRouting: { overrides: { FEAT: { reviewers: 3 } } } } },
      ['full', 'agents', four.slice(0, 3)],
    ],
    [
      'never fewer than four where it is sensitive',
      { id: 'SEC-001', config: { agentRouting: { overrides: { SEC: { reviewers: 1 } } } } },
      ['full', 'agents', four],
    ],
    [
      'the configured ones, unneeded ones beside them',
      {
        files: manyFiles,
        config: {
          reviewPipeline: {
            reviewers: [
              { name: 'Quality!', agent: 'q' },
              { name: 'quality', agent: 'q' },
              { name: 'style', agent: 's', required: false },
            ],
          },
        },
      },
      ['full', 'agents', ['quality', 'quality-2', '(style)']],
    ],
    [
      'one all the same where none is configured',
      { files: manyFiles, config: { reviewPipeline: { reviewers: [] } } },
      ['full', 'agents', ['reviewer']],
    ],
    [
      'one all the same where none is required',
      { config: { reviewPipeline: { reviewers: [{ name: 'a', agent: 'a', required: false }] } } },
      ['fast', 'agents', ['reviewer']],
    ],
    ['one failure at lint stays fast', { lines: [failed('lint')] }, ['fast', 'agents', ['reviewer']]],
    ['two failures at lint', { lines: [failed('lint'), failed('lint')] }, ['full', 'agents', two]],
    [
      'one at lint and one at review',
      { files: oneFile, lines: [failed('lint'), failed('review')] },
      ['full', 'agents', two],
    ],
    [
      'two verdicts of one round are one failure',
      { lines: [failed('review'), failed('review')] },
      ['fast', 'agents', ['reviewer']],
    ],
  ])('%s', (_what, given, expected) => {
    expect(planned(given)).toEqual(expected);
  });

  it('does not change when a planned ticket is made out to be smaller', () => {
    const lines = [{ gate: 'plan', result: 'pass', details: { complexity: 'complex' } }] as const;
    expect(planned({ files: oneFile, lines })).toEqual(['full', 'agents', two]);
  });

  it('asks the strongest model only where the configuration wants it', () => {
    const diff = adding('await fetch(url);');
    const config = (frontierReview: object) => ({ reviewPipeline: { frontierReview } });
    const names = (given: Given) => reviewPlan(change(given)).reviewers.map(({ name, tier }) => [name, tier]);
    const alone = [['reviewer', 'cheap']];
    const withFrontier = [...alone, ['frontier', 'frontier']];
    expect(names({ diff })).toEqual(alone);
    expect(names({ diff, config: config({ enabled: true }) })).toEqual(withFrontier);
    expect(names({ diff: adding('x'), config: config({ enabled: true }) })).toEqual(alone);
    expect(names({ diff, config: config({ enabled: true, triggerPatterns: ['concurrency'] }) })).toEqual(
      alone,
    );
    expect(names({ diff, config: config({ enabled: true, skipForComplexity: ['simple'] }) })).toEqual(alone);
  });

  it('never is a model on this machine', () => {
    const config = { llmOps: { routing: { entryModelReview: 'free' } } };
    expect(reviewPlan(change({ config })).reviewers[0]?.tier).toBe('cheap');
  });
});

describe('who had to review, for verify', () => {
  it('is who was asked, as long as they are as many', () => {
    const line = (reviewers: readonly string[]) =>
      [{ gate: 'review', result: 'pass', details: { reviewers } }] as const;
    expect(recordedReviewers(change({ files: manyFiles, lines: line(['x', 'y', 'z']) }))).toEqual([
      'x',
      'y',
      'z',
    ]);
    expect(recordedReviewers(change({ files: manyFiles, lines: line(['x']) }))).toEqual(two);
    const none = { reviewPipeline: { trivial: 'none' } };
    expect(requiredReviewers(reviewPlan(change({ files: oneFile, config: none })))).toEqual([]);
    expect(recordedReviewers(change({ files: oneFile, config: none, lines: line(['x']) }))).toEqual([]);
  });
});
