import { existsSync } from 'node:fs';
import path from 'node:path';
import { submitReview } from '../../../src/gates/review.ts';
import { requestReview } from '../../../src/gates/review-request.ts';
import { runGate } from '../../../src/gates/run.ts';
import { startWork } from '../../../src/gates/start.ts';
import { ticketStatus } from '../../../src/gates/ticket-status.ts';
import { waiveGate } from '../../../src/gates/waive.ts';
import { messageOf } from '../../../src/platform/errors.ts';
import { anyAgent, atTerminal, id } from '../../gates/support/journey.ts';
import { callIn, discount, inOneProcess, testFile } from '../../gates/support/project.ts';
import { writeFiles } from '../../support/temp.ts';
import type { Proof } from './proof.ts';

const testCommand = 'node --test';
const lintCommand = 'node lint.js';
const light = { profile: 'light', qualityGates: { testCommand, lintCommand, minNewTests: { FEAT: 1 } } };
/** For keys that decide about what comes after the tests. */
const tested = { ...light, qualityGates: { ...light.qualityGates, testCommand: inOneProcess } };
/** Fails as soon as the ticket's new file is there, and not on the base. */
const refusesNewFile = 'test ! -f src/new.js || { echo src/new.js:1: error new; exit 1; }';

const started = (root: string, worktree = false) =>
  startWork(callIn(root), { ticketId: id, worktree, rebase: false });

/** The gate implement, for the discount unless other files are given. */
const implement =
  (change: Readonly<Record<string, string>> = discount) =>
  async (root: string): Promise<string> => {
    await started(root);
    writeFiles(root, change);
    return resultOf(runGate(callIn(root), { ticketId: id, gate: 'implement' }));
  };

/** The gate lint, for one more file. */
async function lint(root: string): Promise<string> {
  await implement({ ...discount, 'src/new.js': 'export {};\n' })(root);
  return resultOf(runGate(callIn(root), { ticketId: id, gate: 'lint' }));
}

/** `pass`, `fail`, or the code of the error. */
async function resultOf(work: Promise<{ readonly result: string }>): Promise<string> {
  try {
    return (await work).result;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : messageOf(error);
  }
}

/** What a reviewer is shown of a change that was implemented and linted. */
async function review(root: string) {
  await lint(root);
  return requestReview(atTerminal(root), id);
}

async function verdict(root: string, text: object): Promise<string> {
  const { request } = await review(root);
  const submitted = submitReview(atTerminal(root), {
    requestId: request.id,
    text: JSON.stringify(text),
    registry: anyAgent,
  });
  return resultOf(
    submitted.then(({ verdict: given, reviewBlocked }) => ({ result: `${given} ${reviewBlocked}` })),
  );
}

const important = { severity: 'Important', confidence: 85, file: 'src/basket.js', line: 2, message: 'wrong' };

/** Keys that decide what a gate asks for. The functions below the commands are called: each journey takes several. */
export const gateProofs: Readonly<Record<string, Proof>> = {
  profile: {
    values: ['light', 'strict'],
    see: async (root) => {
      await started(root);
      const { states } = await ticketStatus(callIn(root), id);
      const waiver = waiveGate(atTerminal(root), { ticketId: id, gate: 'lint', reason: 'no time' });
      return [
        states.filter(({ required }) => required).map(({ gate }) => gate),
        await resultOf(waiver.then(() => ({ result: 'waived' }))),
      ];
    },
    shows: [
      [['implement', 'lint', 'commit'], 'waived'],
      [['plan', 'implement', 'lint', 'review', 'commit'], 'waiver-not-allowed'],
    ],
  },
  'project.stack': {
    values: ['javascript', 'python'],
    around: { ...light, project: { name: 'shop' } },
    see: implement({
      'src/basket.js': discount['src/basket.js'],
      'src/basket.test.js': testFile('./basket.js', { 'takes 10 % off': 'basket.price(5000) === 4500' }),
    }),
    shows: ['pass', 'fail'],
  },
  'qualityGates.testCommand': {
    values: [undefined, testCommand],
    around: light,
    see: implement(),
    shows: ['gate-not-configured', 'pass'],
  },
  'qualityGates.lintCommand': {
    values: [lintCommand, refusesNewFile],
    around: tested,
    see: lint,
    shows: ['pass', 'fail'],
  },
  'qualityGates.typeCheckCommand': {
    values: [undefined, refusesNewFile],
    around: tested,
    see: lint,
    shows: ['pass', 'fail'],
  },
  'qualityGates.buildCommand': {
    values: [undefined, refusesNewFile],
    around: tested,
    see: lint,
    shows: ['pass', 'fail'],
  },
  'qualityGates.baseline': {
    values: ['new-only', 'strict'],
    around: tested,
    files: { 'src/old.js': 'var old = 1;\n' },
    see: lint,
    shows: ['pass', 'fail'],
  },
  'qualityGates.testFiles': {
    values: [['test/**'], ['spec/**']],
    around: light,
    see: implement(),
    shows: ['pass', 'fail'],
  },
  'qualityGates.minNewTests': {
    values: [{ FEAT: 1 }, { FEAT: 2 }],
    around: light,
    see: implement(),
    shows: ['pass', 'fail'],
  },
  'codeRules.source': {
    values: ['one.md', 'other.md'],
    around: tested,
    files: { 'one.md': 'No magic numbers.\n', 'other.md': 'Short names.\n' },
    see: async (root) => (await review(root)).codeRulesText,
    shows: ['No magic numbers.\n', 'Short names.\n'],
  },
  'codeRules.hardGates': {
    values: [['no new files'], [{ rule: 'no new files', maxLines: 1 }]],
    around: tested,
    see: lint,
    shows: ['pass', 'fail'],
  },
  'codeRules.softGates': {
    values: [undefined, [{ rule: 'short names', pattern: 'export' }]],
    around: tested,
    see: async (root) => {
      await lint(root);
      const { states } = await ticketStatus(callIn(root), id);
      const line = states.find(({ gate }) => gate === 'lint')?.evidence[0]?.record;
      return [line?.result, Array.isArray(line?.details?.remarks)];
    },
    shows: [
      ['pass', false],
      ['pass', true],
    ],
  },
  'ticketValidation.minTests': {
    values: [{ FEAT: 1 }, { FEAT: 2 }],
    around: { profile: 'light', qualityGates: { testCommand, lintCommand } },
    see: implement(),
    shows: ['pass', 'fail'],
  },
  'qualityGates.testReport': {
    values: ['one/*.xml', 'other/*.xml'],
    around: {
      profile: 'light',
      qualityGates: {
        testCommand: `${testCommand} --test-reporter=junit --test-reporter-destination=one/tests.xml test/`,
        minNewTests: { FEAT: 1 },
      },
    },
    files: { 'one/.gitignore': '*.xml\n' },
    see: implement(),
    shows: ['pass', 'fail'],
  },
  'worktrees.setupCommand': {
    values: [undefined, 'mkdir -p node_modules/set-up'],
    around: light,
    see: async (root) => {
      const { projectRoot } = await started(root, true);
      await runGate(callIn(projectRoot), { ticketId: id, gate: 'plan', plan: '1. tests\n' });
      return existsSync(path.join(projectRoot, 'node_modules/set-up'));
    },
    shows: [false, true],
  },
  'reviewPipeline.confidenceThreshold': {
    values: [80, 90],
    around: tested,
    see: (root) => verdict(root, { verdict: 'approved', findings: [important] }),
    shows: ['verdict-contradicts-itself', 'approved false'],
  },
  'reviewPipeline.maxReviewRounds': {
    values: [2, 1],
    around: tested,
    see: (root) => verdict(root, { verdict: 'changes-requested', findings: [important] }),
    shows: ['changes-requested false', 'changes-requested true'],
  },
};
