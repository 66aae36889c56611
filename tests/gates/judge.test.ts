import { describe, expect, it } from 'vitest';
import { readEvidence } from '../../src/gates/evidence.ts';
import { scriptsOf } from '../../src/gates/package-scripts.ts';
import { runGate } from '../../src/gates/run.ts';
import { startWork } from '../../src/gates/start.ts';
import { writeFiles } from '../support/temp.ts';
import { callIn, configText, discount, project, shop } from './support/project.ts';

const id = 'FEAT-001';
const light = { profile: 'light' };
const run = (root: string, allow?: string, confirm?: () => Promise<boolean>) =>
  runGate(callIn(root, { confirm }), { ticketId: id, gate: 'implement', allow });

async function started(config: Record<string, unknown> = light): Promise<string> {
  const root = project({ config });
  await startWork(callIn(root), { ticketId: id, worktree: false, rebase: false });
  writeFiles(root, discount);
  return root;
}

describe('the judged change does not choose its judge', () => {
  it.each<[string, Record<string, string>, RegExp]>([
    [
      'the test command',
      { 'backlog.config.json': configText({ ...light, qualityGates: { testCommand: 'node --version' } }) },
      /qualityGates\.testCommand: node --test test\/ → node --version/,
    ],
    ['the required gates', { 'backlog.config.json': configText() }, /profile: light → standard/],
    [
      'the data folder',
      {
        'backlog.config.json': configText({ ...light, backlog: { dataDir: 'src' } }),
        'src/pending/x.md': '',
        'src/completed/x': '',
      },
      /backlog\.dataDir/,
    ],
    [
      'where tests are looked for',
      {
        'backlog.config.json': configText({
          ...light,
          qualityGates: {
            testCommand: 'node --test test/',
            lintCommand: 'node lint.js',
            testFiles: ['src/**'],
          },
        }),
      },
      /qualityGates\.testFiles/,
    ],
  ])('a change of %s blocks', async (_what, files, change) => {
    const root = await started();
    writeFiles(root, files);
    const call = callIn(root, { config: callIn(project({ config: light })).config });
    await expect(runGate(call, { ticketId: id, gate: 'implement' })).rejects.toMatchObject({
      code: 'gate-config-changed',
      exitCode: 1,
      message: expect.stringMatching(change),
    });
  });

  it('and so does a change of a package script that a gate command runs', async () => {
    const root = await started({
      ...light,
      qualityGates: { testCommand: 'npm test', minNewTests: { FEAT: 1 } },
    });
    writeFiles(root, { 'package.json': shop['package.json'].replace('node --test test/', 'true') });
    await expect(run(root)).rejects.toMatchObject({
      code: 'gate-config-changed',
      message: expect.stringContaining('package.json scripts.test: node --test test/ → true'),
    });
    writeFiles(root, {
      'package.json': shop['package.json'].replace('"name":"shop"', '"name":"shop","version":"2.0.0"'),
    });
    expect(await run(root)).toMatchObject({ result: 'pass' });
  });

  it('until a person allows exactly that; then the new commands count', async () => {
    const root = await started();
    const changed = configText({
      ...light,
      qualityGates: { testCommand: 'node --test "test/"', minNewTests: { FEAT: 1 } },
    });
    writeFiles(root, { 'backlog.config.json': changed });
    await expect(run(root, 'quoted')).rejects.toMatchObject({ code: 'person-needed' });
    await expect(run(root, 'quoted', async () => false)).rejects.toMatchObject({ code: 'person-declined' });
    await expect(run(root)).rejects.toMatchObject({ code: 'gate-config-changed' });
    expect(await run(root, 'quoted', async () => true)).toMatchObject({ result: 'pass' });
    const lines = readEvidence(callIn(root).paths.opsDir, id).map(({ record }) => record);
    expect(lines[0]).toMatchObject({ result: 'allowed', details: { what: 'gate-config', reason: 'quoted' } });
    expect(lines.at(-1)?.command).toBe('node --test "test/"');
    writeFiles(root, {
      'backlog.config.json': configText({ ...light, qualityGates: { testCommand: 'true' } }),
    });
    await expect(run(root)).rejects.toMatchObject({ code: 'gate-config-changed' });
  });

  it('other keys may change: they judge nobody’s exit code', async () => {
    const root = await started();
    writeFiles(root, {
      'backlog.config.json': configText({ ...light, waves: { merge: 'squash' } }),
    });
    expect(await run(root)).toMatchObject({ result: 'pass' });
  });
});

describe('package scripts', () => {
  const scripts = {
    test: 'npm run -s unit && npm run e2e',
    pretest: 'node build.js',
    unit: 'vitest run',
    e2e: 'run-s "e2e:*"',
    'e2e:a': 'a',
    'e2e:b': 'b',
    lint: 'eslint .',
    posttest: 'pnpm lint',
    deploy: 'rm -rf /',
  };
  const text = JSON.stringify({ scripts });

  it.each([
    ['npm test', ['e2e', 'e2e:a', 'e2e:b', 'lint', 'posttest', 'pretest', 'test', 'unit']],
    ['npm t', ['e2e', 'e2e:a', 'e2e:b', 'lint', 'posttest', 'pretest', 'test', 'unit']],
    ['cd app && yarn lint', ['lint']],
    ['npx --no -- vitest run unit', ['unit']],
    ['pytest test', []],
  ])('%s runs %j', (command, names) => {
    expect(Object.keys(scriptsOf([command], text)).sort()).toEqual(names);
  });

  it.each([
    ['no package.json', undefined],
    ['no JSON', '{'],
    ['no scripts', '[]'],
  ])('%s has none', (_what, broken) => {
    expect(scriptsOf(['npm test'], broken)).toEqual({});
  });
});
