import { rmSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { commitWork } from '../../src/gates/commit.ts';
import { completeTicket } from '../../src/gates/complete.ts';
import { BacklogError } from '../../src/platform/errors.ts';
import { gitIn, writeFiles } from '../support/temp.ts';
import { id, reviewed } from './support/journey.ts';
import { callIn, discount } from './support/project.ts';

const basket = discount['src/basket.js'];
const spending = async () => ({ requests: 0, cost_usd: 0, unpriced: 0, input_tokens: 0, output_tokens: 0 });

type Step = 'edit' | 'stage' | 'undo' | 'commit' | 'complete' | 'weaken-test' | 'new-file' | 'raw-commit';
const steps: readonly Step[] = [
  'edit',
  'stage',
  'undo',
  'commit',
  'complete',
  'weaken-test',
  'new-file',
  'raw-commit',
];

/** The code as git sees it: everything outside the books. */
function codeOf(root: string, treeish?: string): string {
  if (treeish !== undefined)
    return gitIn(root, 'ls-tree', '-r', treeish, '--', 'src', 'test', 'lint.js', 'package.json');
  gitIn(root, 'add', '-A', '--', 'src', 'test', 'lint.js', 'package.json');
  return gitIn(
    root,
    'ls-tree',
    '-r',
    gitIn(root, 'write-tree'),
    '--',
    'src',
    'test',
    'lint.js',
    'package.json',
  );
}

async function take(root: string, step: Step): Promise<boolean> {
  switch (step) {
    case 'edit':
      writeFiles(root, { 'src/basket.js': `${basket}export const more = 1;\n` });
      return false;
    case 'weaken-test':
      writeFiles(root, { 'test/discount.test.js': '// nothing\n' });
      return false;
    case 'new-file':
      writeFiles(root, { 'src/extra.js': 'export const extra = 1;\n' });
      return false;
    case 'undo':
      rmSync(path.join(root, 'src/extra.js'), { force: true });
      writeFiles(root, discount);
      return false;
    case 'stage':
      gitIn(root, 'add', '-A', 'src', 'test');
      return false;
    case 'raw-commit':
      gitIn(root, 'commit', '-q', '--allow-empty', '-am', `chore: around the gates\n\nTicket: ${id}`);
      return false;
    case 'commit':
      await commitWork(callIn(root), {
        ticketId: id,
        type: 'feat',
        area: '',
        summary: 'discount',
        include: [],
        reason: '',
      });
      return true;
    default:
      await completeTicket(callIn(root), { ticketId: id, spending });
      return true;
  }
}

it('never commits or completes code that no evidence is for, in whatever order things are edited', async () => {
  let done = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...steps), { minLength: 1, maxLength: 5 }),
      fc.constantFrom<Step>('commit', 'complete'),
      async (some, last) => {
        const root = await reviewed();
        const proven = codeOf(root);
        gitIn(root, 'reset', '-q');
        for (const step of [...some, last]) {
          try {
            if (!(await take(root, step))) continue;
          } catch (error) {
            if (step !== 'commit' && step !== 'complete') throw error;
            expect(error).toBeInstanceOf(BacklogError);
            continue;
          }
          done += 1;
          const commit =
            step === 'commit' ? 'HEAD' : gitIn(root, 'log', '-1', '--format=%H', '--', 'src', 'test');
          expect(codeOf(root, commit)).toBe(proven);
          if (step === 'complete') return;
        }
      },
    ),
    {
      numRuns: 8,
      examples: [
        [['commit', 'edit'], 'complete'],
        [['edit', 'commit', 'undo', 'commit'], 'complete'],
        [['weaken-test', 'stage', 'commit'], 'complete'],
        [['new-file', 'raw-commit'], 'complete'],
      ],
    },
  );
  expect(done).toBeGreaterThan(0);
}, 180_000);
