import { requestReview } from '../../../src/gates/review-request.ts';
import { runGate } from '../../../src/gates/run.ts';
import { startWork } from '../../../src/gates/start.ts';
import { atTerminal, id } from '../../gates/support/journey.ts';
import { callIn, discount, inOneProcess } from '../../gates/support/project.ts';
import { writeFiles } from '../../support/temp.ts';
import type { Proof } from './proof.ts';

const light = {
  profile: 'light',
  qualityGates: { testCommand: inOneProcess, minNewTests: { FEAT: 1 } },
};
const one = { name: 'one', agent: 'reviewer', focus: 'everything' };
const risky = {
  'src/basket.js': `${discount['src/basket.js']}export const ask = (url) => fetch(url);\n`,
  'test/discount.test.js': discount['test/discount.test.js'],
};
/** Enough files for a ticket that is complex. */
const complex = { files: ['src/basket.js', 'test/discount.test.js', 'a.md', 'b.md'] };

/** How a change is reviewed, and by whom: what the key says of the first reviewer, or their names. */
const review =
  (shown: (round: Awaited<ReturnType<typeof requestReview>>) => unknown, change: object = discount) =>
  async (root: string): Promise<unknown> => {
    await startWork(callIn(root), { ticketId: id, worktree: false, rebase: false });
    writeFiles(root, { ...change });
    for (const gate of ['implement', 'lint'] as const) await runGate(callIn(root), { ticketId: id, gate });
    return shown(await requestReview(atTerminal(root), id));
  };
const names = review(({ plan }) => plan.reviewers.map(({ name }) => name));
const ofRisky = review(({ plan }) => plan.reviewers.map(({ name }) => name), risky);
const frontier = { ...light, reviewPipeline: { frontierReview: { enabled: true } } };

/** Keys that decide who reviews. */
export const reviewProofs: Readonly<Record<string, Proof>> = {
  'reviewPipeline.reviewers[].name': {
    values: ['one', 'another'],
    around: { ...light, reviewPipeline: { reviewers: [one] } },
    see: names,
    shows: [['one'], ['another']],
  },
  'reviewPipeline.reviewers[].agent': {
    values: ['reviewer', 'auditor'],
    around: { ...light, reviewPipeline: { reviewers: [one] } },
    see: review(({ plan }) => plan.reviewers[0]?.agent),
    shows: ['reviewer', 'auditor'],
  },
  'reviewPipeline.reviewers[].focus': {
    values: ['tests', 'names'],
    around: { ...light, reviewPipeline: { reviewers: [one] } },
    see: review(({ plan }) => plan.reviewers[0]?.focus),
    shows: ['tests', 'names'],
  },
  'reviewPipeline.reviewers[].required': {
    values: [true, false],
    around: { ...light, reviewPipeline: { reviewers: [one] } },
    ticket: complex,
    see: names,
    shows: [['one'], ['reviewer', 'one']],
  },
  'reviewPipeline.trivial': {
    values: ['call', 'none'],
    around: light,
    ticket: { files: ['src/basket.js'] },
    see: review(({ plan }) => plan.manner),
    shows: ['call', 'none'],
  },
  'reviewPipeline.frontierReview.enabled': {
    values: [undefined, true],
    around: light,
    see: ofRisky,
    shows: [['reviewer'], ['reviewer', 'frontier']],
  },
  'reviewPipeline.frontierReview.triggerPatterns': {
    values: [['external_api'], ['auth']],
    around: frontier,
    see: ofRisky,
    shows: [['reviewer', 'frontier'], ['reviewer']],
  },
  'reviewPipeline.frontierReview.skipForComplexity': {
    values: [[], ['simple']],
    around: frontier,
    see: ofRisky,
    shows: [['reviewer', 'frontier'], ['reviewer']],
  },
  'agentRouting.overrides.*.reviewers': {
    values: [1, 3],
    name: 'FEAT',
    around: light,
    ticket: complex,
    see: names,
    shows: [['spec-compliance'], ['spec-compliance', 'code-quality', 'security']],
  },
};
