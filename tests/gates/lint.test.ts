import { describe, expect, it } from 'vitest';
import { issueStamp } from '../../src/attribution/stamps.ts';
import { readEvidence } from '../../src/gates/evidence.ts';
import { runGate } from '../../src/gates/run.ts';
import { startWork } from '../../src/gates/start.ts';
import { writeFiles } from '../support/temp.ts';
import { callIn, callOfSession, project } from './support/project.ts';

const id = 'FEAT-001';
const testCommand = 'node --test test/';

async function started(
  qualityGates: Record<string, unknown> = { lintCommand: 'node lint.js' },
  files: Record<string, string> = {},
): Promise<string> {
  const root = project({
    config: { profile: 'light', qualityGates: { testCommand, ...qualityGates } },
    files,
    ticket: { tests: 'existing' },
  });
  await startWork(callIn(root), { ticketId: id, worktree: false, rebase: false });
  return root;
}

/** The gate implement first, as the order asks for. */
async function lint(root: string, call = callIn(root), allow?: string) {
  await runGate(callIn(root), { ticketId: id, gate: 'implement' });
  return runGate(call, { ticketId: id, gate: 'lint', allow });
}
const last = (root: string) => readEvidence(callIn(root).paths.opsDir, id).at(-1)?.record;

const debt = 'var a = 1;\nvar b = 2;\n';

describe('the lint gate', () => {
  it('passes on a clean project, and says what it rests on', async () => {
    const root = await started({
      lintCommand: 'node lint.js',
      typeCheckCommand: 'node --check src/basket.js',
      buildCommand: 'node --check lint.js',
    });
    expect(await lint(root)).toMatchObject({ result: 'pass' });
    expect(last(root)).toMatchObject({
      gate: 'lint',
      result: 'pass',
      exit_code: 0,
      command: 'node --check src/basket.js ; node lint.js ; node --check lint.js',
      holds_for: { kind: 'tree' },
      findings: { new: 0, debt: 0 },
      details: { commands: [{ exit_code: 0 }, { exit_code: 0 }, { exit_code: 0 }] },
    });
  });

  it.each([
    ['a script that is not there', 'npm run nothing'],
    ['a Python module that is not there', 'python3 -m nothing_of_this_name'],
    ['a file that is not there', 'node nothing.js'],
  ])('fails when it cannot start, although it cannot on the base either: %s', async (_what, lintCommand) => {
    const root = await started({ lintCommand });
    expect(await lint(root)).toMatchObject({
      result: 'fail',
      message: expect.stringContaining('could not be started'),
      fix: 'install the tool, or mend the command in qualityGates',
    });
  });

  it('counts findings of the base as debt, also when they moved, and blocks one more', async () => {
    const root = await started(undefined, { 'src/old.js': debt });
    writeFiles(root, { 'src/old.js': `// a comment\n\n${debt}` });
    expect(await lint(root)).toMatchObject({
      result: 'pass',
      message: expect.stringContaining('2 findings of the base'),
    });
    expect(last(root)).toMatchObject({ exit_code: 1, findings: { new: 0, debt: 2 } });
    writeFiles(root, { 'src/old.js': `${debt}var c = 3;\n` });
    const outcome = await lint(root);
    expect(outcome).toMatchObject({
      result: 'fail',
      findings: [{ file: 'src/old.js', line: 3, rule: 'no-var' }],
    });
    expect(last(root)).toMatchObject({ result: 'fail', findings: { new: 1, debt: 2 } });
  });

  it('demands zero with baseline: strict', async () => {
    const root = await started({ lintCommand: 'node lint.js', baseline: 'strict' }, { 'src/old.js': debt });
    expect(await lint(root)).toMatchObject({
      result: 'fail',
      message: expect.stringContaining('baseline: strict'),
    });
  });

  it.each([
    [
      'a tool that is not there',
      { lintCommand: 'no-such-linter .' },
      /^`no-such-linter \.`: it could not be started/,
    ],
    [
      'a failure that names nothing',
      { lintCommand: 'test ! -e src/new.js' },
      /it does not on the base commit/,
    ],
  ])('is never clean with %s', async (_what, qualityGates, message) => {
    const root = await started(qualityGates);
    writeFiles(root, { 'src/new.js': 'export {};\n' });
    expect(await lint(root)).toMatchObject({ result: 'fail', message: expect.stringMatching(message) });
  });

  it.each([
    ['passes when the base fails in the same words', 'echo "crashed after $(date +%N) ms"; exit 7', 'pass'],
    ['fails when the base fails in other words', 'ls src | sed "s/^/seen /"; exit 7', 'fail'],
    ['fails when the base fails with another exit code', 'echo crashed; exit "$(ls src | wc -l)"', 'fail'],
  ])('a failure that names nothing: %s', async (_what, lintCommand, result) => {
    const root = await started({ lintCommand });
    writeFiles(root, { 'src/new.js': 'export {};\n' });
    expect(await lint(root)).toMatchObject({ result });
  });

  it('says that nothing ran where nothing is configured', async () => {
    const root = await started({});
    expect(await lint(root)).toMatchObject({
      result: 'pass',
      message: expect.stringContaining('nothing ran'),
    });
    expect(last(root)).toMatchObject({ command: null, exit_code: null });
  });

  it('stores no evidence when the linter rewrites files', async () => {
    const root = await started({ lintCommand: 'echo "// fixed" >> src/basket.js' });
    await expect(lint(root)).rejects.toMatchObject({
      code: 'tree-changed',
      details: { files: ['src/basket.js'] },
    });
  });

  it('refuses to run before implement holds, and says what comes first', async () => {
    const root = await started();
    await expect(runGate(callIn(root), { ticketId: id, gate: 'lint' })).rejects.toMatchObject({
      code: 'gate-order',
      exitCode: 1,
      fix: `backlog gate run implement --ticket ${id}`,
    });
  });
});

describe('suppressions', () => {
  const silenced = {
    'src/basket.js': '// eslint-disable-next-line no-var\nexport const total = (items) => items.length;\n',
  };

  it('that the change adds block, until a person allows exactly those', async () => {
    const root = await started();
    writeFiles(root, silenced);
    expect(await lint(root)).toMatchObject({
      result: 'fail',
      message: 'new suppressions: src/basket.js:1: // eslint-disable-next-line no-var',
      fix: expect.stringContaining('--allow-suppression'),
    });
    const asked: string[] = [];
    const person = callIn(root, {
      confirm: async (question) => {
        asked.push(question);
        return true;
      },
    });
    expect(await lint(root, person, 'the rule is wrong here')).toMatchObject({ result: 'pass' });
    expect(asked).toHaveLength(1);
    const lines = readEvidence(person.paths.opsDir, id).map(({ record }) => record);
    expect(lines.find(({ result }) => result === 'allowed')).toMatchObject({
      gate: 'lint',
      details: { person: 'human:Ada', reason: 'the rule is wrong here', what: 'suppression' },
    });
    expect(await lint(root)).toMatchObject({ result: 'pass' });
    writeFiles(root, { 'src/more.js': '// @ts-ignore\nexport {};\n' });
    expect(await lint(root)).toMatchObject({ result: 'fail' });
  });

  it('an agent cannot allow: inside Claude Code only with a stamp, and that once', async () => {
    const root = await started();
    writeFiles(root, silenced);
    const held = callOfSession(root, 's1');
    const refused = { code: 'person-needed', exitCode: 1 };
    await startWork(held, { ticketId: id, worktree: false, rebase: false });
    await runGate(held, { ticketId: id, gate: 'implement' });
    await expect(runGate(held, { ticketId: id, gate: 'lint', allow: 'because' })).rejects.toMatchObject(
      refused,
    );
    const stamp = issueStamp(held.home, 's1', { purpose: 'allow', command_sha256: 'x' });
    const stamped = { ...held, caller: { ...held.caller, stamp } };
    expect(await runGate(stamped, { ticketId: id, gate: 'lint', allow: 'because' })).toMatchObject({
      result: 'pass',
    });
    writeFiles(root, { 'src/more.js': '// @ts-ignore\nexport {};\n' });
    await runGate(held, { ticketId: id, gate: 'implement' });
    await expect(runGate(stamped, { ticketId: id, gate: 'lint', allow: 'again' })).rejects.toMatchObject(
      refused,
    );
  });
});
