import { describe, expect, it } from 'vitest';
import { readEvidence } from '../../src/gates/evidence.ts';
import { matchingLines } from '../../src/gates/matching-lines.ts';
import { requestReview } from '../../src/gates/review-request.ts';
import { runGate } from '../../src/gates/run.ts';
import { startWork } from '../../src/gates/start.ts';
import { backlog } from '../support/cli.ts';
import { writeFiles } from '../support/temp.ts';
import { atTerminal } from './support/journey.ts';
import { callIn, configText, project } from './support/project.ts';

const ticketId = 'FEAT-001';
const qualityGates = { testCommand: 'node --test test/' };
const base = { 'src/long.js': 'a();\n'.repeat(10), 'src/old.js': 'eval("old");\n' };

/** The lint gate for a change under some rules. */
async function lint(codeRules: object, change: Readonly<Record<string, string>>) {
  const root = project({
    config: { profile: 'light', qualityGates, codeRules },
    files: base,
    ticket: { tests: 'existing' },
  });
  await startWork(callIn(root), { ticketId, worktree: false, rebase: false });
  writeFiles(root, change);
  await runGate(callIn(root), { ticketId, gate: 'implement' });
  const outcome = await runGate(callIn(root), { ticketId, gate: 'lint' });
  return { root, outcome };
}

const noEval = { rule: 'no eval', pattern: '\\beval\\(' };

describe('a hard rule', () => {
  it.each<[string, object, Record<string, string>, object[]]>([
    [
      'a pattern on an added line',
      noEval,
      { 'src/new.js': 'let a;\neval("a");\n' },
      [{ file: 'src/new.js', line: 2, rule: 'no eval', message: 'eval("a");' }],
    ],
    [
      'a pattern at the end of a long line',
      noEval,
      { 'src/new.js': `${'x;'.repeat(10_000)}eval("a");\n` },
      [{ file: 'src/new.js', line: 1 }],
    ],
    [
      'a pattern that never ends',
      { rule: 'slow', pattern: '^(a+)+$' },
      { 'src/new.js': `"${'a'.repeat(5)}";\n${'a'.repeat(60)}!\n` },
      [{ file: '', rule: 'slow', message: expect.stringContaining('takes too long') }],
    ],
    [
      'a file that is too long now',
      { rule: 'short files', maxFileLines: 3 },
      { 'src/new.js': 'a();\n'.repeat(4) },
      [{ file: 'src/new.js', line: 4, rule: 'short files', message: '4 lines, at most 3' }],
    ],
    [
      'a file that was too long and is longer now',
      { rule: 'short files', maxFileLines: 3 },
      { 'src/long.js': 'a();\n'.repeat(11) },
      [{ file: 'src/long.js', message: '11 lines, at most 3' }],
    ],
    [
      'a change that is too large',
      { rule: 'small changes', maxLines: 3, files: ['src/**'] },
      { 'src/new.js': 'a();\n'.repeat(4) },
      [{ file: 'src/new.js', line: 1, message: '4 added lines, at most 3' }],
    ],
    [
      'a command of the user that names the place',
      { rule: 'no tabs', command: '! grep -Hn "\t" src/*.js | sed "s/:\t/: /" | grep .' },
      { 'src/new.js': 'a();\n\tb();\n' },
      [{ file: 'src/new.js', line: 2 }],
    ],
  ])('blocks at lint: %s', async (_what, rule, change, findings) => {
    const { outcome } = await lint({ hardGates: [rule] }, change);
    expect(outcome).toMatchObject({ result: 'fail', findings });
  });

  it.each<[string, object, Record<string, string>]>([
    ['what the base has already', noEval, { 'src/old.js': 'eval("old");\nlet a;\n' }],
    ['a line that only moved', noEval, { 'src/old.js': 'let a;\n', 'src/new.js': '  eval("old");\n' }],
    ['files that it is not for', { ...noEval, files: ['lib/**'] }, { 'src/new.js': 'eval("a");\n' }],
    [
      'a file that was too long and is not longer',
      { rule: 'short files', maxFileLines: 3 },
      { 'src/long.js': 'b();\n'.repeat(10) },
    ],
    ['a command that passes', { rule: 'fine', command: 'test -e src/new.js' }, { 'src/new.js': 'a();\n' }],
  ])('lets pass: %s', async (_what, rule, change) => {
    const { outcome } = await lint({ hardGates: [rule] }, change);
    expect(outcome).toMatchObject({ result: 'pass', findings: [] });
  });

  it('cannot be taken away by the change that it judges', async () => {
    const hardGates = [noEval];
    const { root } = await lint({ hardGates }, { 'src/new.js': 'eval("a");\n' });
    writeFiles(root, { 'backlog.config.json': configText({ profile: 'light', qualityGates }) });
    await expect(runGate(callIn(root), { ticketId, gate: 'lint' })).rejects.toMatchObject({
      code: 'gate-config-changed',
      message: expect.stringContaining('codeRules.hardGates'),
    });
  });

  it('stands in the way of the quick lane too', async () => {
    const root = project({ config: { qualityGates, codeRules: { hardGates: [noEval] } } });
    writeFiles(root, { 'src/new.js': 'eval("a");\n' });
    expect(await backlog(['quick', 'try something'], { cwd: root })).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('src/new.js:1: no eval'),
    });
  });
});

describe('a soft rule', () => {
  it('is reported and does not block, whatever form it has', async () => {
    const softGates = [noEval, { rule: 'no new.js', command: 'test ! -e src/new.js' }, 'short names'];
    const { root, outcome } = await lint({ softGates }, { 'src/new.js': 'eval("a");\n' });
    expect(outcome).toMatchObject({
      result: 'pass',
      message: expect.stringContaining('soft rules, which do not block: src/new.js:1: eval("a"); (no eval)'),
      remarks: [{ file: 'src/new.js', line: 1, rule: 'no eval' }, { rule: 'no new.js' }],
    });
    const record = readEvidence(callIn(root).paths.opsDir, ticketId).at(-1)?.record;
    expect(record).toMatchObject({ gate: 'lint', result: 'pass', details: { remarks: [{}, {}] } });
  });
});

describe('rules in words', () => {
  it('go to the reviewers, numbered; what a program checks does not', async () => {
    const codeRules = { hardGates: ['no magic numbers', noEval], softGates: ['short names', noEval] };
    const { root } = await lint(codeRules, { 'src/new.js': 'let a;\n' });
    const { codeRules: shown } = await requestReview(atTerminal(root), ticketId);
    expect(shown).toEqual(['(a breach blocks) no magic numbers', '(a breach is a remark) short names']);
  });
});

describe('a pattern', () => {
  it('is ended when it takes too long', async () => {
    expect(await matchingLines('^(a+)+$', [`${'a'.repeat(60)}!`], 200)).toBeUndefined();
    expect(await matchingLines('a', ['b', 'a'])).toEqual([1]);
  });
});
